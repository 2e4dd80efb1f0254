"""Idempotency keys, and how the requests under them ended."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from linguapay_core.domain.stored_answer import KeyClaim, KeyUse, StoredAnswer


class StoredAnswers(Protocol):
    """One row per principal, route and key. Of many simultaneous claims exactly one succeeds."""

    def claim(self, use: KeyUse, *, at: datetime) -> KeyClaim | StoredAnswer:
        """The right to answer, or the answer that was given.

        Raises ``Invalid`` where the key was used for another body, ``InFlight`` while the first request runs, until its
        lease ends.
        """
        ...

    def answer(self, claim: KeyClaim, answer: StoredAnswer) -> None:
        """Store how the request ended; a second answer changes nothing.

        Raises ``Stale`` where the key was given back, or a later claim took over.
        """
        ...

    def release(self, claim: KeyClaim) -> None:
        """Nothing happened: the key is free again, for any body. A claim that was taken over or answered is let be."""
        ...

    def forget(self, *, before: datetime, limit: int) -> int:
        """Forget keys that were last claimed before then, at most so many. Returns how many."""
        ...
