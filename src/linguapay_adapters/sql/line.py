"""Waiting in line for a connection: whoever asked first is served first.

A pool gives a free connection to whoever asks at that moment. Under load that is the thread that has just given one
back, transaction after transaction, while others wait until their patience ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from sqlalchemy import Engine, QueuePool

from linguapay_core.domain.errors import Busy


class Line:
    """So many places, given in the order in which they were asked for."""

    def __init__(self, places: int, patience_seconds: float) -> None:
        """All places are free."""
        self._free = places
        self._patience_seconds = patience_seconds
        self._waiting: deque[Event] = deque()
        self._lock = Lock()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place. Raises ``Busy`` for whoever waited too long."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        mine = Event()
        with self._lock:
            if self._free:
                self._free -= 1
                return
            self._waiting.append(mine)
        if mine.wait(self._patience_seconds):
            return
        with self._lock:
            if not mine.is_set():  # or else it was handed over between the end of the wait and this look
                self._waiting.remove(mine)
                raise Busy("All connections to the database are in use.")

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class PoolWithLine(QueuePool):
    """A pool with a line in front of it, which has a place for each connection."""

    def __init__(self, creator: Any, *, pool_size: int, timeout: float, **named: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        """Take what the pool takes."""
        super().__init__(creator, pool_size=pool_size, timeout=timeout, **named)
        self.line = Line(pool_size, timeout)


def line_of(engine: Engine) -> Line:
    """The line in front of an engine's connections; engines that share connections share it."""
    assert isinstance(engine.pool, PoolWithLine), engine.pool
    return engine.pool.line
