"""When Stripe is asked again about something, if no webhook comes before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import Transfer

LookedT = TypeVar("LookedT", Payment, Refund, Transfer)


def look_next(
    before: LookedT, decision: Decision[LookedT], next_look: datetime | None, *, at: datetime
) -> Decision[LookedT]:
    """Note when the next look is, if anything was decided or the time for a look had come."""
    now = decision.record
    due = before.look_at is not None and at >= before.look_at
    if now == before and not due:
        return decision
    return decision + changed(replace(now, look_at=next_look))
