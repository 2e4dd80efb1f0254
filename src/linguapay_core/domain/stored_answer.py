"""Idempotency keys: a client repeats a request under its key, and is answered as it was the first time.

The first request under a key claims it, does its work, and answers; what is stored is the status and a reference from
which the answer is presented again (IETF: The Idempotency-Key HTTP Header Field).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from linguapay_core.domain.errors import InFlight, Invalid

FIELD: Final = "Idempotency-Key"

LEASE: Final = timedelta(minutes=2)
"""How long a request may work before another one under its key takes over: longer than requests live, as a rule. Where
Stripe is so slow that one lives longer, what was promised under natural names is found again, and done once."""

KEPT: Final = timedelta(days=30)
"""How long a key is remembered, unless the settings say otherwise."""

_PRINTABLE: Final = re.compile(r"[ -~]{1,255}")


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A request under a key: who asks, at which route, and the hash of the body. Keys of others are other keys."""

    principal: str
    route: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """The right to do the work of a key and to answer. A later claim has a higher ``fence`` and ends this one."""

    principal: str
    route: str
    key: str
    fence: int


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """How a request ended: the HTTP status, and what names the object that is presented. Never a secret."""

    status: int
    reference: str = ""


def checked_key(text: str) -> str:
    """A key as a client sent it. Raises ``Invalid``."""
    if not _PRINTABLE.fullmatch(text):
        raise Invalid(FIELD, "a key is 1 to 255 printable ASCII characters; a UUID is a good one.")
    return text


def used_otherwise() -> Invalid:
    """Why a key is no good for another body."""
    return Invalid(FIELD, "this key was used for another request. Send that one again, or take a new key.")


def still_running() -> InFlight:
    """Why a key can't be answered yet."""
    return InFlight("The first request under this Idempotency-Key is still running.")
