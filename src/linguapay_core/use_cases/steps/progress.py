"""How far long work is, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int], None]
"""Is told how much was done so far: of what, the command says."""


def unheard(_done: int) -> None:
    """Nobody wants to know how far it is."""
