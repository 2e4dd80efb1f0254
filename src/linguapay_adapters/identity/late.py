"""Checking tokens only where somebody shows one: the libraries for it cost more than the rest of a start."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from linguapay_core.domain.principal import Principal
from linguapay_core.ports.identity import Identity


class LateIdentity:
    """Makes the identity that it stands for when it is first asked."""

    def __init__(self, make: Callable[[], Identity]) -> None:
        """``make`` is called once, at the first token."""
        self._make = make

    @cached_property
    def _made(self) -> Identity:
        return self._make()

    def read(self, token: str) -> Principal:
        """Who a token speaks for; raises as the identity does that it stands for."""
        return self._made.read(token)
