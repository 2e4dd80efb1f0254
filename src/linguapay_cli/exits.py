"""How a command ends: one number for each class of errors, and one sentence for a person.

0 is success, 1 says that something was checked and doesn't hold, 2 to 8 are the errors below, 70 is a bug of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
    Unauthenticated,
)

OFF: Final = 1
"""What was checked doesn't hold: a breach in the books, a story that went another way."""

BUG: Final = 70
"""An assertion of ours failed (``EX_SOFTWARE`` of sysexits.h)."""

EXITS: Final[Mapping[type[LinguaPayError], tuple[int, str]]] = {
    Invalid: (2, "Invalid"),
    Refused: (3, "Refused"),
    NotFound: (4, "Not found"),
    Stale: (5, "Changed meanwhile"),
    InFlight: (5, "Under way"),
    GatewayUnreachable: (6, "Stripe is silent"),
    InDoubt: (6, "In doubt"),
    Unauthenticated: (7, "Who are you?"),
    NotAllowed: (7, "Not allowed"),
    Busy: (8, "Busy"),
}
"""The number that a command ends with, and how its sentence begins. ``TooMany`` is an answer of HTTP alone."""


def ending(error: LinguaPayError) -> tuple[int, str, str]:
    """The number, the kind of error in a word or two, and one line that says what, which field, and the way out."""
    assert type(error) in EXITS, f"{type(error).__name__} is no error of the command line"
    code, called = EXITS[type(error)]
    line = " ".join(str(error).split())
    if isinstance(error, Refused | NotFound | Invalid | Unauthenticated):
        return code, called, line
    stop = "" if line.endswith((".", "?", "!")) else "."
    return code, called, f"{line}{stop} {error.next_move.capitalize()}."
