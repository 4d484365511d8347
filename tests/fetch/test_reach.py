"""What may be reached. Every form in which an address of this house was ever hidden is refused."""

import asyncio
from ipaddress import ip_network

import pytest

from tocsin.fetch import PUBLIC, GuardedClient, Reach
from tocsin.ports.fetch import Failed, Forbidden

INSIDE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1",
    "2001:0:7f00:1::", "2001:db8::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_reached(address: str) -> None:
    assert not PUBLIC.allows(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
)
def test_a_public_address_is_reached(address: str) -> None:
    assert PUBLIC.allows(address)


def test_a_network_is_opened_by_name_and_no_further() -> None:
    reach = Reach(also=(ip_network("127.0.0.0/8"),))
    assert reach.allows("127.0.0.1")
    assert not reach.allows("10.0.0.1")
    assert not reach.allows("::ffff:127.0.0.1")


REFUSED = {
    "ftp://example.org/": "scheme",
    "file:///etc/hostname": "scheme",
    "gopher://example.org/": "scheme",
    "//example.org/": "scheme",
    "https:///path": "scheme",
    "https://user:word@example.org/": "user-in-url",
    "https://example.org:22/": "port",
    "http://example.org:6379/": "port",
    "http://2130706433/": "odd-address",
    "http://0177.0.0.1/": "bad-url",
    "http://017700000001/": "odd-address",
    "http://0x7f.0.0.1/": "odd-address",
    "http://0x7f000001/": "odd-address",
    "http://127.1/": "odd-address",
    "http://127.0.0.1/": "out-of-reach",
    "http://[::1]/": "out-of-reach",
    "http://[::ffff:127.0.0.1]/": "out-of-reach",
    "http://169.254.169.254/latest/meta-data": "out-of-reach",
    "http://[fe80::1]/": "out-of-reach",
    "https://exa mple.org:x/": "bad-url",
    "https://example.org/" + "x" * 3000: "url-too-long",
}


@pytest.mark.parametrize(("url", "code"), REFUSED.items(), ids=lambda text: text[:40])
def test_such_an_address_is_refused_and_says_why(url: str, code: str) -> None:
    outcome = asyncio.run(GuardedClient().get(url))
    assert isinstance(outcome, Forbidden)
    assert outcome.code == code
    assert outcome.why.endswith(".")


def names(**addresses: list[str]) -> GuardedClient:
    async def look_up(host: str, port: int) -> list[str]:
        return addresses[host.partition(".")[0]]

    return GuardedClient(look_up=look_up)


def test_a_name_that_leads_inside_is_refused() -> None:
    client = names(rebound=["127.0.0.1"], mixed=["93.184.216.34", "10.0.0.1"], hidden=["::ffff:192.168.0.1"])
    for name in ("rebound", "mixed", "hidden"):
        outcome = asyncio.run(client.get(f"https://{name}.example.org/"))
        assert isinstance(outcome, Forbidden), name
        assert outcome.code == "out-of-reach"


def test_a_name_that_nobody_knows_is_a_failure_of_the_moment() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    outcome = asyncio.run(GuardedClient(look_up=unknown).get("https://example.org/"))
    assert isinstance(outcome, Failed)
    assert outcome.code == "unreachable"
    nothing = asyncio.run(names(example=[]).get("https://example.org/"))
    assert isinstance(nothing, Failed)
