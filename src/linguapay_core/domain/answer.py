"""How a call to Stripe ends: an answer, a refusal before any effect, nothing done yet, or unknown.

A decline is an answer. Unknown is never treated as failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

ValueT_co = TypeVar("ValueT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Answered(Generic[ValueT_co]):
    """Stripe did it, or told us what we asked."""

    value: ValueT_co


@dataclass(frozen=True, slots=True)
class Rejected:
    """Stripe refused before any effect, and would again. ``code`` is Stripe's error code, ``param`` the field named."""

    code: str
    message: str
    param: str = ""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Stripe did nothing and asks us to come again (too many requests, or never reached at all)."""

    reason: str
    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class KeyNotTaken(Postponed):
    """Stripe did nothing, because it doesn't take our key for this; somebody has to mend the key first."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """We asked, and no definite answer came. It may have happened."""

    reason: str


Answer = Answered[ValueT_co] | Rejected | Postponed | Unknown
