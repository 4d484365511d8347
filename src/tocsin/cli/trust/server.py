"""A server as ``tocsin trust`` asks it: plain HTTP of the standard library, so that the base install has all it needs.

Nothing that comes from there is believed here; it is held against roots that the caller has.
"""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tocsin.cli.console import ExitStatus, Failure
from tocsin.notice import Domain, Magic, Refused, Trust, from_b64

TIMEOUT_S = 15.0
# Rosters of both domains with every change of a root, and the history of a long alarm, stay far below.
ANSWER_SIZE_BYTES_MAX = 8 * 1024 * 1024
_PATHS = {Magic.ROSTER: "/v1/rosters", Magic.REVOCATION: "/v1/revocations"}


def get(url: str, path: str) -> Any:
    """Return the JSON at *path*. Raises ``Failure``."""
    return _answered(Request(_address(url) + path, headers={"Accept": "application/json"}))  # noqa: S310, checked


def publish(url: str, magic: Magic, data: bytes) -> Any:
    """Hand in a signed roster or revocation list. Raises ``Failure``."""
    headers = {"Content-Type": "application/octet-stream"}
    return _answered(Request(_address(url) + _PATHS[magic], data=data, headers=headers, method="POST"))  # noqa: S310, the address was checked to be http


def learned(trust: Trust, told: Any, whence: str) -> Trust:
    """Return *trust* with the rosters and lists of ``GET /v1/authority``. Raises ``Failure`` if one is not believed."""
    try:
        if told["authority"] != trust.authority:
            raise Failure(f"{whence} serves {told['authority']!r}, not {trust.authority!r}", ExitStatus.REFUSED)
        rosters = [from_b64(text) for domain in Domain for text in told["rosters"].get(domain, [])]
        lists = [from_b64(text) for text in told.get("revocations", {}).values()]
    except (KeyError, TypeError, AttributeError, ValueError) as why:
        raise Failure(f"{whence} does not answer as a Tocsin: {why!r}", ExitStatus.UNREACHABLE) from None
    for data in rosters:
        trust = _believed(trust.learn(data), whence)
    for data in lists:
        trust = _believed(trust.revoke(data), whence)
    return trust


def _believed(found: Trust | Refused, whence: str) -> Trust:
    if isinstance(found, Refused):
        raise Failure(f"What {whence} tells is not to be believed: {found.message}", ExitStatus.REFUSED)
    return found


def _address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise Failure(f"{url!r} is no address like https://alerts.example", ExitStatus.WRONG_USE)
    return url.rstrip("/")


def _answered(request: Request) -> Any:
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310, only http and https come this far
            return json.loads(answer.read(ANSWER_SIZE_BYTES_MAX))
    except HTTPError as why:
        raise Failure(_refusal(why), ExitStatus.REFUSED) from None
    except (URLError, OSError, ValueError) as why:
        raise Failure(f"No answer from {request.full_url}: {why}", ExitStatus.UNREACHABLE) from None


def _refusal(answer: HTTPError) -> str:
    try:
        error = json.loads(answer.read(ANSWER_SIZE_BYTES_MAX))["error"]
        return f"Refused ({error['code']}): {error['message']}"
    except (ValueError, KeyError, TypeError):
        return f"Refused: HTTP {answer.code} from {answer.url}"
