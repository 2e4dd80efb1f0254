"""What a person who waits is told when Stripe doesn't simply answer."""

from __future__ import annotations

from typing import TypeVar

from linguapay_core.domain.answer import Answer, Answered, Postponed, Rejected, Unknown
from linguapay_core.domain.errors import GatewayUnreachable, Refused

ValueT = TypeVar("ValueT")


def definite(answer: Answer[ValueT]) -> ValueT:
    """The value of an answer. Raises ``Refused`` where Stripe said no, ``GatewayUnreachable`` where it said nothing."""
    match answer:
        case Answered(value):
            return value
        case Rejected(code, message):
            raise Refused(f"stripe_{code}", f"Stripe refused: {message}")
        case Postponed(_, retry_after):
            seconds = max(1, int(retry_after.total_seconds()))
            raise GatewayUnreachable("Stripe can't take this now; nothing happened.", retry_after_seconds=seconds)
        case Unknown():
            raise GatewayUnreachable("Stripe gave no definite answer; we go on finding out.")
