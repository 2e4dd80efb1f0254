"""Ports that are made when they are first asked: the libraries behind them cost more than the rest of a start."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar, cast

PortT = TypeVar("PortT")


def late(make: Callable[[], PortT], **known: Callable[[], object]) -> PortT:
    """Stands for a port, which is made at its first call. The questions that are ``known`` are answered without it."""
    return cast("PortT", _Late(make, known))


class _Late(Generic[PortT]):
    def __init__(self, make: Callable[[], PortT], known: dict[str, Callable[[], object]]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: PortT | None = None
        vars(self).update(known)

    def __getattr__(self, call: str) -> object:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, call)
