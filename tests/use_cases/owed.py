"""Calls that are owed to Stripe and that nobody has made, one of each kind, and how each comes about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.effect import Effect, EffectKind
from linguapay_core.domain.errors import GatewayUnreachable
from linguapay_core.domain.identifiers import BookingId
from tests.use_cases.stage import (
    ADMIN,
    HOUR,
    MINUTE,
    STUDENT,
    TEACHER,
    VISA,
    approved,
    at_stripe,
    completed,
    confirmed,
    paying,
    ready,
    transfer_of,
    until,
)

SILENCES = 9
"""Three calls under each of three keys."""


@dataclass(frozen=True)
class Owed:
    """A call that is owed and that nobody has made: how it comes about, and what Stripe has when it is made once."""

    kind: EffectKind
    path: str
    look: str
    promise: Callable[[Rehearsal], BookingId]
    made: Callable[[Rehearsal], int]


def unanswered(lp: Rehearsal, path: str, ask: Callable[[], object]) -> None:
    """Ask for something while Stripe takes no requests: it is promised, and not done."""
    lp.stripe.faults.add("rate_limited", method="POST", path=path)
    with pytest.raises(GatewayUnreachable, match="nothing happened"):
        ask()
    lp.stripe.faults.clear()
    lp.clock.advance(MINUTE)


def an_intent(lp: Rehearsal) -> BookingId:
    booking = confirmed(lp)
    unanswered(lp, "/v1/payment_intents", lambda: paying(lp, booking))
    return booking.id


def a_confirmation(lp: Rehearsal) -> BookingId:
    card = lp.save_payment_method(STUDENT, lp.browser.enter_card(VISA)).id
    booking = confirmed(lp)
    confirm = "/v1/payment_intents/*/confirm"
    unanswered(lp, confirm, lambda: lp.create_payment_intent(booking.id, STUDENT, card))
    return booking.id


def a_cancelling(lp: Rehearsal) -> BookingId:
    checkout = paying(lp)
    lp.work()
    lp.cancel_booking(checkout.booking.id, TEACHER)
    return checkout.booking.id


def a_refund(lp: Rehearsal) -> BookingId:
    request = approved(lp)
    unanswered(lp, "/v1/refunds", lambda: lp.process_refund_request(request.id, ADMIN))
    return request.booking_id


def a_transfer(lp: Rehearsal) -> BookingId:
    ready(lp)
    payment = completed(lp)
    until(lp, transfer_of(lp, payment).pay_at)
    lp.pass_deadlines()
    return payment.booking_id


def intents_there(lp: Rehearsal) -> int:
    return len(at_stripe(lp).payment_intents.list().data)


def paid_there(lp: Rehearsal) -> int:
    return sum(one.status == "succeeded" for one in at_stripe(lp).payment_intents.list().data)


def cancelled_there(lp: Rehearsal) -> int:
    return sum(one.status == "canceled" for one in at_stripe(lp).payment_intents.list().data)


def refunds_there(lp: Rehearsal) -> int:
    return len(at_stripe(lp).refunds.list().data)


def transfers_there(lp: Rehearsal) -> int:
    return len(at_stripe(lp).transfers.list().data)


INTENTS, INTENT = "/v1/payment_intents", "/v1/payment_intents/*"
OWED_INTENT = Owed(EffectKind.CREATE_INTENT, INTENTS, "", an_intent, intents_there)
OWED_CONFIRMATION = Owed(EffectKind.CONFIRM_INTENT, f"{INTENT}/confirm", INTENT, a_confirmation, paid_there)
OWED_CANCELLING = Owed(EffectKind.CANCEL_INTENT, f"{INTENT}/cancel", INTENT, a_cancelling, cancelled_there)
OWED_REFUND = Owed(EffectKind.CREATE_REFUND, "/v1/refunds", "/v1/refunds", a_refund, refunds_there)
OWED_TRANSFER = Owed(EffectKind.CREATE_TRANSFER, "/v1/transfers", "/v1/transfers", a_transfer, transfers_there)
OWED = (OWED_INTENT, OWED_CONFIRMATION, OWED_CANCELLING, OWED_REFUND, OWED_TRANSFER)

EACH = pytest.mark.parametrize("owed", OWED, ids=lambda owed: owed.kind)


def effect_of(lp: Rehearsal, booking_id: BookingId, kind: EffectKind) -> Effect:
    """The effect of this kind in a booking's story."""
    return next(one for one in reversed(lp.ports.reports.story(booking_id).effects) if one.kind is kind)


def silent(lp: Rehearsal, owed: Owed, calls: int = SILENCES) -> BookingId:
    """A call that got no answer so often, and that Stripe never saw."""
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path=owed.path, times=calls)
    for _ in range(3 * calls):
        lp.deliver_effects()
        lp.clock.advance(HOUR)
    return booking_id
