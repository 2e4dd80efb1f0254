"""A part of a list that is too long for one answer: how much of it is wanted, and where the next part begins."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from linguapay_core.domain.errors import Invalid

LONGEST_CURSOR: Final = 500

LARGEST_NUMBER: Final = 2**63 - 1
"""The largest number that a store can count to."""

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """A part of a list, and where the next part begins: empty at the end."""

    items: tuple[ItemT, ...]
    next_cursor: str = ""


def limited(limit: int, largest: int) -> int:
    """How much is read at once. Raises ``Invalid`` for a limit below 1 or above the largest."""
    if isinstance(limit, bool) or not 1 <= limit <= largest:
        raise Invalid("limit", f"a page holds 1 to {largest}.")
    return limit


def sealed(place: str) -> str:
    """A cursor of a place, so written that nobody is tempted to make one up."""
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def opened(cursor: str) -> str | None:
    """The place of which ``sealed`` made a cursor; ``None`` of what can't be one."""
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        return b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
