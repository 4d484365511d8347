"""One table of settings: name, default, environment variable, one line of meaning.

``tocsin settings`` prints it with where each value comes from. What is bad stops the start with one line each.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ENVIRONMENT_PREFIX = "TOCSIN_"
_HOST_NAME = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")


class SettingsError(Exception):
    """Settings that cannot be used; one line for each."""

    code = "settings"

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """How one server runs."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True)

    data: Path = Field(Path("tocsin-data"), description="folder of the authority: keys, journal, atlas")
    host: str = Field("127.0.0.1", description="address to listen on; a public one needs TLS")
    port: int = Field(8750, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    tls_cert: Path | None = Field(None, description="certificate chain (PEM) for TLS in the process")
    tls_key: Path | None = Field(None, description="private key (PEM) of the certificate")
    hosts: str = Field(
        "", description="host names that requests may name, separated by commas; besides the address listened on"
    )
    atlas: Path | None = Field(None, description="atlas file of `tocsin regions import`; the built-in one is Ukraine's")
    sources: Path | None = Field(
        None,
        description="list of CAP feeds to take alerts from (docs/sources.md); else sources.json in the data folder",
    )
    log: Literal["auto", "text", "json"] = Field("auto", description="log form; auto is text on a terminal, else json")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        faults = [*self._faults_of_address(), *self._faults_of_files()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _faults_of_address(self) -> Iterator[str]:
        for name in self._named_hosts:
            if not _HOST_NAME.fullmatch(name):
                yield f"hosts: {name!r} is no host name; write names as in a Host header, without scheme and port"
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            yield f"host {self.host!r} is no IP address; 127.0.0.1 serves this machine"
            return
        if not address.is_loopback and self.tls_cert is None:
            yield (
                f"host {self.host} is public and there is no TLS; give --tls-cert and --tls-key, or listen on "
                "127.0.0.1 behind a proxy (docs/proxy.md)"
            )

    def _faults_of_files(self) -> Iterator[str]:
        if (self.tls_cert is None) != (self.tls_key is None):
            yield "tls_cert and tls_key go together; give both or neither"
        for name in ("tls_cert", "tls_key", "atlas", "sources"):
            file = getattr(self, name)
            if file is not None and not file.is_file():
                yield f"{name}: there is no file {file}"

    @property
    def public(self) -> bool:
        return not ipaddress.ip_address(self.host).is_loopback

    @property
    def allowed_hosts(self) -> list[str]:
        """Return the names that a Host header may hold, so that no other site can be resolved to this server."""
        return [*self._named_hosts, self.host, "localhost", "127.0.0.1", "::1"]

    @property
    def _named_hosts(self) -> list[str]:
        return [name.strip() for name in self.hosts.split(",") if name.strip()]


def read_settings(**given: Any) -> Settings:
    """Return the settings from what is *given* on the command line, then the environment, then the defaults.

    Raises ``SettingsError``. What is None counts as not given.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as why:
        raise SettingsError([line for error in why.errors() for line in _lines(error)]) from None


def _lines(error: Any) -> list[str]:
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message.splitlines()
    name = str(error["loc"][0])
    return [f"{name} ({ENVIRONMENT_PREFIX}{name.upper()}): {message}; found {error.get('input')!r}"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    default: str
    variable: str
    meaning: str
    value: str
    origin: str


def table(settings: Settings, environment: dict[str, str]) -> list[Row]:
    """Return every setting with its value and where that comes from."""
    rows = []
    for name, field in Settings.model_fields.items():
        variable = ENVIRONMENT_PREFIX + name.upper()
        in_environment = variable in {key.upper() for key in environment}
        origin = "environment" if in_environment else "command line" if name in settings.model_fields_set else "default"
        default, value = field.default, getattr(settings, name)
        rows.append(Row(name, _shown(default), variable, field.description or "", _shown(value), origin))
    return rows


def _shown(value: object) -> str:
    return "" if value is None else str(value)
