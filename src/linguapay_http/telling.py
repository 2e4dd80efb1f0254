"""What the doors tell of themselves to whoever counts."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Telling(Protocol):
    """Counts what the doors answer, and tells the counts. All of it is called from several threads at once."""

    def request(self, method: str, traceparent: str) -> AbstractContextManager[str]:
        """While a request is answered, in the trace that it names (W3C Trace Context). Gives its id, or none."""
        ...

    def answered(self, door: str, method: str, status: int, seconds: float) -> None:
        """A door, by its permanent name, gave an answer after so long. Raises nothing but bugs."""
        ...

    def exposition(self) -> bytes:
        """All that is measured, in Prometheus' text format (Prometheus: Exposition formats, version 0.0.4)."""
        ...


class Untold:
    """Counts nothing, where nobody asked for it."""

    def request(self, method: str, traceparent: str) -> AbstractContextManager[str]:  # noqa: ARG002
        """Part of no trace."""
        return nullcontext("")

    def answered(self, door: str, method: str, status: int, seconds: float) -> None:
        """Let it pass."""

    def exposition(self) -> bytes:
        """One comment, which says so."""
        return b"# Nothing is counted here.\n"
