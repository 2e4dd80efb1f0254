"""The request under an idempotency key was refused before anything happened."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.stored_answer import KeyClaim
from linguapay_core.ports.stored_answers import StoredAnswers


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """This claim."""

    claim: KeyClaim


def release_key(command: ReleaseKey, *, stored_answers: StoredAnswers) -> None:
    """Give the key back: the same request, or a corrected one, may come under it. A second time changes nothing."""
    stored_answers.release(command.claim)
