"""Idempotency keys in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from linguapay_core.domain.errors import Stale
from linguapay_core.domain.stored_answer import LEASE, KeyClaim, KeyUse, StoredAnswer, still_running, used_otherwise

Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What stands under a key. Without a fingerprint it was given back."""

    fingerprint: str
    fence: int
    claimed_at: datetime
    answer: StoredAnswer | None = None


class MemoryStoredAnswers:
    """Keeps idempotency keys in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._rows: dict[Name, Row] = {}
        self._lock = Lock()

    def claim(self, use: KeyUse, *, at: datetime) -> KeyClaim | StoredAnswer:
        """The right to answer, or the answer that was given. Raises ``Invalid`` and ``InFlight``."""
        with self._lock:
            there = self._rows.get(_name(use))
            if there is not None and there.fingerprint:
                if there.fingerprint != use.fingerprint:
                    raise used_otherwise()
                if there.answer is not None:
                    return there.answer
                if there.claimed_at + LEASE > at:
                    raise still_running()
            fence = 1 if there is None else there.fence + 1
            self._rows[_name(use)] = Row(use.fingerprint, fence, at)
            return KeyClaim(use.principal, use.route, use.key, fence)

    def answer(self, claim: KeyClaim, answer: StoredAnswer) -> None:
        """Store how the request ended, once. Raises ``Stale`` where the key was given back or taken over."""
        with self._lock:
            there = self._held(claim)
            if there is None:
                raise Stale(f"The key {claim.key} was given back, or another request took over.")
            self._rows[_name(claim)] = replace(there, answer=there.answer or answer)

    def release(self, claim: KeyClaim) -> None:
        """Let the key be free again, unless somebody else has it or it was answered."""
        with self._lock:
            there = self._held(claim)
            if there is not None and there.answer is None:
                self._rows[_name(claim)] = replace(there, fingerprint="")

    def forget(self, *, before: datetime, limit: int) -> int:
        """Forget keys that were last claimed before then, the oldest first."""
        with self._lock:
            old = sorted((row.claimed_at, name) for name, row in self._rows.items() if row.claimed_at < before)
            for _, name in old[:limit]:
                del self._rows[name]
            return len(old[:limit])

    def _held(self, claim: KeyClaim) -> Row | None:
        there = self._rows.get(_name(claim))
        return there if there is not None and there.fingerprint and there.fence == claim.fence else None


def _name(one: KeyUse | KeyClaim) -> Name:
    return one.principal, one.route, one.key
