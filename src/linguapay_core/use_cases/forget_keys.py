"""The worker forgets idempotency keys that nobody will repeat any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from linguapay_core.domain.stored_answer import KEPT
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.stored_answers import StoredAnswers


@dataclass(frozen=True, slots=True)
class ForgetKeys:
    """Those claimed longer ago than this; at most so many at once."""

    kept: timedelta = KEPT
    limit: int = 1000


def forget_keys(command: ForgetKeys, *, stored_answers: StoredAnswers, clock: Clock) -> int:
    """Forget old keys. Returns how many."""
    return stored_answers.forget(before=clock.now() - command.kept, limit=command.limit)
