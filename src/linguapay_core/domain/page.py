"""A part of a list that is too long for one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """A part of a list, and where the next part begins: empty at the end."""

    items: tuple[ItemT, ...]
    next_cursor: str = ""
