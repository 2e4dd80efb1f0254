"""A request comes under an idempotency key."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.stored_answer import KeyClaim, KeyUse, StoredAnswer, checked_key
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.stored_answers import StoredAnswers
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """By whom, at which route, under which key; ``fingerprint`` is a hash of the body."""

    principal: str
    route: str
    key: str
    fingerprint: str


@until_fresh
def claim_key(command: ClaimKey, *, stored_answers: StoredAnswers, clock: Clock) -> KeyClaim | StoredAnswer:
    """The right to do the request's work, which ends with ``answer_key`` or ``release_key``; or its stored answer.

    Raises ``Invalid`` for what is no key, and for a key that was used for another body; ``InFlight`` while the first
    request under it runs.
    """
    use = KeyUse(command.principal, command.route, checked_key(command.key), command.fingerprint)
    return stored_answers.claim(use, at=clock.now())
