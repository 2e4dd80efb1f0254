"""What went wrong, as problem details (RFC 9457). The type is stable; its page says what to do.

The classes of errors and what the caller does next are the core's; here they get their status. ``rule`` names the rule
that refused, ``way_out`` what would make it possible, ``field`` what to correct.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from linguapay_core.domain.errors import (
    Busy,
    GatewayUnreachable,
    InDoubt,
    InFlight,
    Invalid,
    LinguaPayError,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    TooMany,
    Unauthenticated,
)

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/problems/"
"""Where each type's page is: the type is a reference to it, with the full path."""
AT_ONCE: Final = 1
IN_A_WHILE: Final = 5
"""After how many seconds to try again, where the error itself doesn't say."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A type of problems: its name in URLs, its status, its title, and what the caller does next."""

    slug: str
    status: int
    title: str
    next_move: str

    @property
    def type(self) -> str:
        """The stable reference that tells one type from another."""
        return f"{TYPES}{self.slug}"


def _of(error: type[LinguaPayError], slug: str, status: int, title: str) -> Problem:
    return Problem(slug, status, title, error.next_move)


OURS: Final[Mapping[type[LinguaPayError], Problem]] = {
    Refused: _of(Refused, "refused", 409, "A rule says no"),
    NotFound: _of(NotFound, "not-found", 404, "No such object"),
    Invalid: _of(Invalid, "invalid", 422, "A field isn't what it must be"),
    Stale: _of(Stale, "changed-meanwhile", 409, "Somebody changed it meanwhile"),
    InFlight: _of(InFlight, "in-flight", 409, "The same is being done right now"),
    Unauthenticated: _of(Unauthenticated, "unauthenticated", 401, "Who are you?"),
    NotAllowed: _of(NotAllowed, "not-allowed", 403, "Your role may not do this"),
    GatewayUnreachable: _of(GatewayUnreachable, "outcome-unknown", 503, "Stripe gave no definite answer"),
    Busy: _of(Busy, "busy", 503, "Busy right now"),
    InDoubt: _of(InDoubt, "in-doubt", 503, "It may have happened"),
    TooMany: _of(TooMany, "too-many-requests", 429, "Too many requests"),
}
"""The errors of the core, by class."""

MALFORMED: Final = Problem("malformed", 400, "That isn't JSON as it must be", "mend the request")
NO_ROUTE: Final = Problem("no-route", 404, "Nothing is here", "read /schema for the routes that there are")
NO_METHOD: Final = Problem("method-not-allowed", 405, "This route has other methods", "use a method that Allow names")
TOO_SLOW: Final = Problem("too-slow", 408, "The request took too long to arrive", "send it again, at once")
TOO_LARGE: Final = Problem("too-large", 413, "The body is too large", "send a smaller one")
NOT_JSON: Final = Problem("not-json", 415, "The body must be application/json", "set Content-Type: application/json")
BUG: Final = Problem("bug", 500, "A mistake of ours", "tell us the request id")

OF_HTTP: Final = {one.status: one for one in (MALFORMED, NO_ROUTE, NO_METHOD, TOO_SLOW, TOO_LARGE, NOT_JSON, BUG)}
"""What can go wrong before a use case is asked, by status."""

PROBLEMS: Final = (*OURS.values(), *OF_HTTP.values())


class Malformed(Exception):
    """The request can't be read. ``problem`` says of which kind, the text what was seen."""

    def __init__(self, problem: Problem, detail: str) -> None:
        """Name the kind, and say what was seen."""
        super().__init__(detail)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as it is answered."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


def tell(problem: Problem, detail: str, *, request_id: str, status: int | None = None, **members: Any) -> Told:  # noqa: ANN401 - extension members are any JSON
    """The answer for a problem."""
    status = status or problem.status
    seconds = members.get("retry_after_seconds")
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    if status == 401:  # noqa: PLR2004 - RFC 9110, section 15.5.2: a 401 names the scheme
        headers["WWW-Authenticate"] = 'Bearer realm="linguapay"'
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{request_id}",
    } | {name: value for name, value in members.items() if value not in (None, "")}
    return Told(status, body, headers)


def told(error: LinguaPayError, *, request_id: str, promised: bool) -> Told:
    """The answer for an error of the core. ``promised`` says that what was asked goes on without the caller."""
    problem = next(problem for kind, problem in OURS.items() if isinstance(error, kind))
    detail, status, members = str(error), problem.status, dict[str, Any]()
    match error:
        case Refused():
            detail, members = error.reason, {"rule": error.rule, "way_out": error.way_out}
        case Invalid():
            detail, members = error.reason, {"field": error.field}
        case Stale():
            detail = "It was changed by somebody else; read it again and repeat."
            members = {"retry_after_seconds": AT_ONCE}
        case GatewayUnreachable():
            status = 202 if promised else status
            members = {"retry_after_seconds": error.retry_after_seconds}
        case Busy():
            detail = "The service can't do this right now; nothing happened. Repeat it in a moment."
            members = {"retry_after_seconds": error.retry_after_seconds}
        case InDoubt():
            detail = "The database was lost while it stored this. Repeat it: whatever was stored is found."
            members = {"retry_after_seconds": error.retry_after_seconds}
        case InFlight():
            members = {"retry_after_seconds": error.retry_after_seconds}
        case TooMany():
            members = {"retry_after_seconds": IN_A_WHILE}
        case _:
            pass
    return tell(problem, detail, request_id=request_id, status=status, **members)
