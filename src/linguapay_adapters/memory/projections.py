"""Memory counts everything at each reading, and keeps no counts."""

from __future__ import annotations

from datetime import tzinfo

from linguapay_core.ports.projections import Folded


class MemoryProjections:
    """Nothing is counted ahead, so nothing can be wrong."""

    def fold(self, _zone: tzinfo, *, limit: int, waits: bool = False) -> Folded:  # noqa: ARG002 - as any store is asked
        """Nothing is left to count."""
        return Folded()

    def begin_anew(self) -> None:
        """Nothing was counted."""
