"""What may be reached: which addresses, ports and schemes. Pure; the network is in ``network``.

A name says nothing: it may lead to this machine today and did not yesterday. So every address that a name has is looked
at, in whatever form it hides another one, and the one that is connected to is one of those.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from tocsin.ports.fetch import Forbidden

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DEFAULT_PORTS = {"https": 443, "http": 80}

# Longer ones are attacks on whoever has to show or store them.
URL_CHARACTERS_MAX = 2048

# The standard library counts the first as private and the rest as global; inside a house all of them may lead home.
_NEVER = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # between a provider and its customers
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # relays of 6to4
            "fec0::/10",  # site-local, given up and still routed in places
            "64:ff9b:1::/48",  # translation inside one network
        ),
    )
)

# An address of version 4 inside one of version 6: where it begins, counted in bytes.
_CARRIERS = {
    ip_network("::ffff:0:0/96"): 12,  # mapped
    ip_network("::/96"): 12,  # compatible, given up
    ip_network("64:ff9b::/96"): 12,  # NAT64
    ip_network("2002::/16"): 2,  # 6to4
}
_TEREDO = ip_network("2001::/32")

# 0177.0.0.1, 0x7f.1 and 2130706433 are this machine to the system's resolver. Nobody names a server so.
_ODD_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be reached: public addresses, and the networks of *also*, which somebody has named on purpose."""

    ports: frozenset[int] = frozenset(DEFAULT_PORTS.values())
    schemes: frozenset[str] = frozenset(DEFAULT_PORTS)
    also: tuple[Network, ...] = ()

    def allows(self, address: str) -> bool:
        """Tell whether *address*, as the resolver writes it, may be connected to."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if any(parsed in network for network in self.also):
            return True
        return all(map(_is_public, (parsed, *_carried(parsed))))

    def refusal(self, url: httpx.URL) -> Forbidden | None:
        """Return why *url* is not asked for before any name is looked up, or ``None``."""
        if len(str(url)) > URL_CHARACTERS_MAX:
            return Forbidden("url-too-long", f"The address has more than {URL_CHARACTERS_MAX} characters.")
        if url.scheme not in self.schemes or not url.host:
            allowed = " or ".join(sorted(self.schemes))
            return Forbidden("scheme", f"The address begins with {url.scheme or 'nothing'}: use {allowed}.")
        if url.userinfo:
            return Forbidden("user-in-url", "The address has a user name in it: give one without.")
        if port_of(url) not in self.ports:
            allowed = ", ".join(map(str, sorted(self.ports)))
            return Forbidden("port", f"Port {port_of(url)} is not asked; allowed are {allowed}.")
        if _is_odd_number(url.host):
            return Forbidden("odd-address", f"{url.host} is an address in disguise: write a name, or four numbers.")
        return None


PUBLIC = Reach()


def port_of(url: httpx.URL) -> int:
    return url.port or DEFAULT_PORTS.get(url.scheme, 0)


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER)


def _carried(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return []
    carried: list[Address] = [
        IPv4Address(address.packed[begin : begin + 4]) for network, begin in _CARRIERS.items() if address in network
    ]
    if address in _TEREDO and address.teredo:
        carried += address.teredo
    return carried


def _is_odd_number(host: str) -> bool:
    if ":" in host or _ODD_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is None:
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False
