"""The cookie of a session, and the requests that a session may make: JSON, and from a page of this server only.

A browser sends a cookie along whoever made it ask. ``SameSite=Strict`` keeps it back for other sites; the origin is
checked all the same, since another port of the same host is the same site.
"""

from urllib.parse import urlsplit

from fastapi import Request, Response

from tocsin.people import People, Session, SignedIn

from .errors import Denied

# The prefix makes a browser refuse the cookie from a neighbour's host or without TLS (RFC 6265bis, 4.1.3.2). Browsers
# take http://localhost for a safe place.
COOKIE = "__Host-tocsin"
_SAFE = frozenset({"GET", "HEAD"})


def set_session(response: Response, signed_in: SignedIn) -> None:
    response.set_cookie(COOKIE, signed_in.token, path="/", secure=True, httponly=True, samesite="strict")


def clear_session(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")


def token_of(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def session_of(request: Request, people: People) -> Session:
    """Return whose session a request belongs to. Raises ``Denied`` with 401, 403 or 415."""
    check_origin(request)
    # A console asks by itself every few seconds; only what somebody does keeps the session open.
    ask = people.looking if request.method in ("GET", "HEAD") else people.session
    session = ask(token_of(request))
    if session is None:
        raise Denied(401, "signed_out", "nobody is signed in here, or not any more; sign in with your passkey")
    return session


def check_origin(request: Request) -> None:
    """Refuse what a page of another origin, or a form, made the browser send. Raises ``Denied`` with 403 or 415."""
    if request.method in _SAFE:
        return
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin" or not _is_of(origin, host):
        raise Denied(403, "origin_refused", f"a page of {origin[:100]!r} may not ask this; open the console itself")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Denied(415, "json_only", "the body must be application/json")


def _is_of(origin: str, host: str) -> bool:
    """Whether *origin* is the server that the request names. The scheme is a proxy's business."""
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and found.netloc != "" and found.netloc.lower() == host.strip().lower()
