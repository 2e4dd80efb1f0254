"""Memory counts everything at each reading, and keeps no counts."""

from __future__ import annotations

from datetime import tzinfo


class MemoryProjections:
    """Nothing is counted ahead, so nothing can be wrong."""

    def fold(self, _zone: tzinfo, *, limit: int) -> int:  # noqa: ARG002 - as any store is asked
        """Nothing is left to count."""
        return 0

    def begin_anew(self) -> None:
        """Nothing was counted."""
