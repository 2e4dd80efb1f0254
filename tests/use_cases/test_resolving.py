"""What an operator found at Stripe is fetched and compared before it is believed, and written down once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Answered, Unknown
from linguapay_core.domain.decision import changed
from linguapay_core.domain.effect import EffectKind, EffectState
from linguapay_core.domain.errors import GatewayUnreachable, Refused
from linguapay_core.domain.identifiers import BookingId
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.transfer import TransferState
from tests.use_cases.answering import answering
from tests.use_cases.owed import EACH, Owed, a_confirmation, a_refund, a_transfer, an_intent, effect_of
from tests.use_cases.stage import ADMIN, HOUR, SECOND_ADMIN, at_stripe


def unanswered(lp: Rehearsal, owed: Owed) -> BookingId:
    """A call that Stripe carried out, and whose answer was lost."""
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path=owed.path)
    lp.deliver_effects()
    return booking_id


def made_by(lp: Rehearsal, kind: EffectKind) -> str:
    """The identifier of the only object at Stripe that such a call makes or changes."""
    stripe = at_stripe(lp)
    lists = {EffectKind.CREATE_REFUND: stripe.refunds, EffectKind.CREATE_TRANSFER: stripe.transfers}
    (made,) = lists.get(kind, stripe.payment_intents).list().data  # type: ignore[attr-defined]
    return str(made.id)


def handled(lp: Rehearsal, booking_id: BookingId) -> list[tuple[str, str]]:
    """Who took an effect in hand, and what was found."""
    moments = lp.explain(booking_id).moments
    return [(str(moment.by), moment.why) for moment in moments if moment.what == "effect.handled"]


@EACH
def test_what_a_call_did_is_written_down_and_who_found_it(lp: Rehearsal, owed: Owed) -> None:
    booking_id = unanswered(lp, owed)
    effect = effect_of(lp, booking_id, owed.kind)
    assert effect.state is EffectState.UNKNOWN
    stripe_id = made_by(lp, owed.kind)
    assert lp.resolve_effect(effect.id, stripe_id, ADMIN).state is EffectState.SUCCEEDED
    assert lp.resolve_effect(effect.id, stripe_id, SECOND_ADMIN).state is EffectState.SUCCEEDED
    ((by, why),) = handled(lp, booking_id)
    assert (ADMIN in by, stripe_id in why) == (True, True)
    story = lp.ports.reports.story(booking_id)
    match owed.kind:
        case EffectKind.CREATE_REFUND:
            assert (story.refunds[0].state, story.refunds[0].stripe_id) == (RefundState.SUCCEEDED, stripe_id)
        case EffectKind.CREATE_TRANSFER:
            assert (story.transfers[0].state, story.transfers[0].stripe_id) == (TransferState.CREATED, stripe_id)
        case EffectKind.CREATE_INTENT:
            assert (story.payments[0].state, story.payments[0].intent_id) == (PaymentState.OPEN, stripe_id)
        case EffectKind.CONFIRM_INTENT:
            assert story.payments[0].state is PaymentState.SUCCEEDED
        case EffectKind.CANCEL_INTENT:
            assert story.payments[0].state is PaymentState.CANCELLED
    lp.clock.advance(HOUR)
    lp.deliver_effects()
    assert owed.made(lp) == 1


def test_a_refund_that_is_anothers_or_differs_isnt_believed(lp: Rehearsal) -> None:
    booking_id = a_refund(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/refunds")
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CREATE_REFUND)
    intent_id = lp.ports.reports.story(booking_id).payments[0].intent_id
    by_hand = at_stripe(lp).refunds.create({"payment_intent": intent_id, "amount": 1000})
    seen = lp.ports.gateway.refund(by_hand.id)
    assert isinstance(seen, Answered)
    ours = replace(seen.value, key=effect.key)
    others = (seen.value, replace(ours, amount=ours.amount + ours.amount), replace(ours, intent_id="pi_other"))
    for one in others:
        with pytest.raises(Refused) as refused:
            answering(lp, refund=lambda _, one=one: Answered(one)).resolve_effect(effect.id, by_hand.id, ADMIN)
        assert refused.value.rule == "not_what_was_asked"
    assert effect_of(lp, booking_id, EffectKind.CREATE_REFUND) == effect
    assert handled(lp, booking_id) == []


def test_an_identifier_that_stripe_doesnt_know_is_refused(lp: Rehearsal) -> None:
    booking_id = a_transfer(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/transfers")
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CREATE_TRANSFER)
    with pytest.raises(Refused) as refused:
        lp.resolve_effect(effect.id, "tr_nothing", ADMIN)
    assert refused.value.rule == "stripe_resource_missing"


def test_a_confirmation_is_resolved_by_its_own_intent_alone(lp: Rehearsal) -> None:
    booking_id = a_confirmation(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/payment_intents/*/confirm")
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CONFIRM_INTENT)
    intent_id = lp.ports.reports.story(booking_id).payments[0].intent_id
    for one, rule in (("pi_another", "not_what_was_asked"), (intent_id, "nothing_came_of_it")):
        with pytest.raises(Refused) as refused:
            lp.resolve_effect(effect.id, one, ADMIN)
        assert refused.value.rule == rule


@EACH
def test_who_found_it_is_told_also_if_the_process_died_before_it_could_be(lp: Rehearsal, owed: Owed) -> None:
    """What was found is written down by then, and the effect has succeeded."""
    booking_id = unanswered(lp, owed)
    effect = effect_of(lp, booking_id, owed.kind)
    stripe_id = made_by(lp, owed.kind)
    with lp.ports.transactions.begin() as transaction:
        transaction.keep(changed(replace(transaction.effect(effect.id), state=EffectState.SUCCEEDED)))
    for _ in range(2):
        assert lp.resolve_effect(effect.id, stripe_id, ADMIN).state is EffectState.SUCCEEDED
    ((by, why),) = handled(lp, booking_id)
    assert (ADMIN in by, stripe_id in why) == (True, True)


def test_an_object_of_another_kind_isnt_what_was_asked(lp: Rehearsal) -> None:
    """A gateway that answers an intent where a transfer was asked for is a bug that moves nothing."""
    booking_id = a_transfer(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/transfers")
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CREATE_TRANSFER)
    stripe_id = made_by(lp, effect.kind)
    intent_id = lp.ports.reports.story(booking_id).payments[0].intent_id
    odd = answering(lp, transfer=lambda _: lp.ports.gateway.intent(intent_id))
    with pytest.raises(Refused):
        odd.resolve_effect(effect.id, stripe_id, ADMIN)


def test_while_stripe_is_silent_nothing_is_believed(lp: Rehearsal) -> None:
    booking_id = a_refund(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/refunds")
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CREATE_REFUND)
    deaf = answering(lp, refund=lambda _: Unknown("no answer"))
    with pytest.raises(GatewayUnreachable):
        deaf.resolve_effect(effect.id, "re_1", ADMIN)
    assert effect_of(lp, booking_id, EffectKind.CREATE_REFUND) == effect


def test_what_nobody_asked_for_yet_cant_have_been_found(lp: Rehearsal) -> None:
    effect = effect_of(lp, an_intent(lp), EffectKind.CREATE_INTENT)
    with pytest.raises(Refused) as refused:
        lp.resolve_effect(effect.id, "pi_1", ADMIN)
    assert refused.value.rule == "effect_retry"
