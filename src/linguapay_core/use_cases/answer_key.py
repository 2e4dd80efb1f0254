"""The request under an idempotency key has ended."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.stored_answer import KeyClaim, StoredAnswer
from linguapay_core.ports.stored_answers import StoredAnswers


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """This claim, with this status, and with what the answer can be presented from again."""

    claim: KeyClaim
    status: int
    reference: str = ""


def answer_key(command: AnswerKey, *, stored_answers: StoredAnswers) -> None:
    """Store the answer for whoever repeats the request. A second time changes nothing.

    Raises ``Stale`` where the claim's lease ended and another request took over: that one answers.
    """
    stored_answers.answer(command.claim, StoredAnswer(command.status, command.reference))
