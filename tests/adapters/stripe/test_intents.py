"""Customers, PaymentIntents and refunds, through the real SDK against the sandbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain.answer import Answered, Postponed, Rejected, Unknown
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.seen import Declined, IntentStatus, RefundStatus, SeenCash, SeenCharge
from tests.adapters.stripe.desk import BOOKING, PAYMENT, REFUND, STUDENT, Desk, usd, value_of


def test_a_customer_carries_our_key_and_whose_it_is(desk: Desk) -> None:
    made = value_of(desk.gateway.create_customer(key="customer:1", student_id=STUDENT))
    metadata = desk.client.v1.customers.retrieve(made).metadata
    assert metadata is not None
    assert metadata.to_dict() == {"linguapay_key": "customer:1", "student_id": STUDENT}


def test_an_intent_is_created_unconfirmed_and_carries_what_it_is_for(desk: Desk) -> None:
    order = desk.order(desk.customer())
    seen = value_of(desk.gateway.create_intent(order))
    assert isinstance(seen.client_secret, Secret)
    assert seen.client_secret.reveal().startswith(f"{seen.id}_secret_")
    assert replace(seen, id="", client_secret=None) == replace(
        seen,
        id="",
        client_secret=None,
        status=IntentStatus.REQUIRES_METHOD,
        amount=usd(2625),
        received=usd(0),
        live=False,
        customer_id=order.customer_id,
        payment_id=PAYMENT,
        key=order.key,
        charge=None,
        declined=None,
        action_url="",
    )
    at_stripe = desk.client.v1.payment_intents.retrieve(seen.id)
    assert at_stripe.transfer_group == BOOKING
    assert at_stripe.metadata["booking_id"] == BOOKING
    assert at_stripe["allowed_payment_method_types"] == ["card"]


def test_the_same_key_makes_the_same_intent(desk: Desk) -> None:
    order = desk.order(desk.customer())
    assert value_of(desk.gateway.create_intent(order)).id == value_of(desk.gateway.create_intent(order)).id


def test_a_key_used_for_something_else_is_unknown(desk: Desk) -> None:
    order = desk.order(desk.customer())
    value_of(desk.gateway.create_intent(order))
    assert isinstance(desk.gateway.create_intent(replace(order, amount=usd(100))), Unknown)


def test_an_intent_with_a_saved_card_waits_for_its_confirmation(desk: Desk) -> None:
    customer = desk.customer()
    order = desk.order(customer, method_id=desk.saved_card(customer))
    assert value_of(desk.gateway.create_intent(order)).status is IntentStatus.REQUIRES_CONFIRMATION


def test_a_card_that_is_to_be_saved_is_saved_by_paying(desk: Desk) -> None:
    customer = desk.customer()
    intent = value_of(desk.gateway.create_intent(desk.order(customer, save_method=True)))
    value_of(desk.gateway.confirm_intent(intent.id, key="c", method_id="pm_card_visa"))
    assert [method.last4 for method in value_of(desk.gateway.methods_of(customer))] == ["4242"]


def test_an_intent_of_an_unknown_customer_is_rejected(desk: Desk) -> None:
    answer = desk.gateway.create_intent(desk.order("cus_nobody"))
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.param) == ("resource_missing", "customer")


def test_an_amount_below_stripes_minimum_is_rejected(desk: Desk) -> None:
    answer = desk.gateway.create_intent(desk.order(desk.customer(), 49))
    assert isinstance(answer, Rejected)
    assert answer.code == "amount_too_small"


def test_a_payment_in_kronur_counts_as_stripe_counts_and_comes_back_as_we_count(desk: Desk) -> None:
    kronur = Money(2625, CURRENCIES["ISK"])
    seen = value_of(desk.gateway.create_intent(replace(desk.order(desk.customer()), amount=kronur)))
    assert seen.amount == kronur
    assert desk.client.v1.payment_intents.retrieve(seen.id).amount == 262500


def test_a_confirmed_intent_has_succeeded_and_its_cash_comes_later(desk: Desk) -> None:
    intent = desk.intent()
    seen = value_of(desk.gateway.confirm_intent(intent.id, key="c", method_id="pm_card_visa"))
    assert (seen.status, seen.received) == (IntentStatus.SUCCEEDED, usd(2625))
    assert seen.charge is not None
    assert seen.charge == SeenCharge(seen.charge.id, usd(2625), "visa", "4242", cash=None)
    desk.clock.advance(timedelta(seconds=5))
    later = value_of(desk.gateway.intent(intent.id)).charge
    assert later is not None
    assert later.cash is not None
    assert later.cash == SeenCash(
        later.cash.id, "charge", usd(2625), usd(106), later.id, desk.clock.now().replace(second=2)
    )
    assert later.cash.net == usd(2519)


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    ],
)
def test_a_decline_is_an_answer_that_later_looks_confirm(desk: Desk, token: str, code: str, decline_code: str) -> None:
    intent = desk.intent()
    seen = value_of(desk.gateway.confirm_intent(intent.id, key="c", method_id=token))
    assert (seen.status, seen.received, seen.charge) == (IntentStatus.REQUIRES_METHOD, usd(0), None)
    assert isinstance(seen.declined, Declined)
    assert (seen.declined.code, seen.declined.decline_code) == (code, decline_code)
    assert seen.declined.card_brand == "visa"
    assert seen.declined.message
    assert value_of(desk.gateway.intent(intent.id)) == seen
    assert value_of(desk.gateway.confirm_intent(intent.id, key="c", method_id=token)) == seen


def test_a_declined_intent_takes_another_card_and_forgets_the_decline(desk: Desk) -> None:
    intent = desk.intent()
    value_of(desk.gateway.confirm_intent(intent.id, key="c:1", method_id="pm_card_chargeDeclined"))
    seen = value_of(desk.gateway.confirm_intent(intent.id, key="c:2", method_id="pm_card_visa"))
    assert (seen.status, seen.declined) == (IntentStatus.SUCCEEDED, None)


@pytest.mark.parametrize(
    ("succeeds", "status"), [(True, IntentStatus.SUCCEEDED), (False, IntentStatus.REQUIRES_METHOD)]
)
def test_three_d_secure_is_asked_for_and_its_end_is_seen(desk: Desk, succeeds: bool, status: IntentStatus) -> None:
    intent, back = desk.intent(), "https://example.com/back"
    asked = desk.gateway.confirm_intent(intent.id, key="c", method_id="pm_card_authenticationRequired", return_url=back)
    seen = value_of(asked)
    assert seen.status is IntentStatus.REQUIRES_ACTION
    assert seen.action_url.startswith("https://hooks.stripe.com/")
    desk.sandbox.complete_action(intent.id, succeeds=succeeds)
    ended = value_of(desk.gateway.intent(intent.id))
    assert (ended.status, ended.action_url) == (status, "")
    assert (ended.declined is None) is succeeds


def test_confirming_what_succeeded_is_rejected(desk: Desk) -> None:
    answer = desk.gateway.confirm_intent(desk.paid().id, key="again", method_id="pm_card_visa")
    assert isinstance(answer, Rejected)
    assert answer.code == "payment_intent_unexpected_state"


def test_an_intent_is_cancelled_and_cancelling_again_says_so(desk: Desk) -> None:
    intent = desk.intent()
    assert value_of(desk.gateway.cancel_intent(intent.id, key="x:1")).status is IntentStatus.CANCELLED
    assert value_of(desk.gateway.cancel_intent(intent.id, key="x:2")).status is IntentStatus.CANCELLED


def test_cancelling_what_succeeded_answers_how_it_stands(desk: Desk) -> None:
    paid = desk.paid()
    seen = value_of(desk.gateway.cancel_intent(paid.id, key="x"))
    assert seen == paid
    assert seen.status is IntentStatus.SUCCEEDED


@pytest.mark.parametrize("intent_id", ["pi_nobody", "", "pi_1/confirm", "../customers", "pi 1?x=y", "pí"])
def test_an_intent_that_doesnt_exist_is_no_answer(desk: Desk, intent_id: str) -> None:
    for answer in (desk.gateway.intent(intent_id), desk.gateway.cancel_intent(intent_id, key="x")):
        assert isinstance(answer, Rejected | Unknown)


def test_a_refund_carries_its_key_and_its_cash(desk: Desk) -> None:
    paid = desk.paid()
    order = desk.refund_order(paid.id, 1000)
    seen = value_of(desk.gateway.create_refund(order))
    assert (seen.intent_id, seen.status, seen.amount, seen.key) == (
        paid.id,
        RefundStatus.SUCCEEDED,
        usd(1000),
        order.key,
    )
    assert seen.cash is not None
    assert (seen.cash.kind, seen.cash.amount, seen.cash.source) == ("refund", usd(-1000), seen.id)
    assert value_of(desk.gateway.refund(seen.id)) == seen
    assert desk.client.v1.refunds.retrieve(seen.id).to_dict()["metadata"]["refund_id"] == REFUND


def test_all_refunds_of_an_intent_are_listed_and_none_of_another(desk: Desk) -> None:
    paid, other = desk.paid(), desk.paid()
    value_of(desk.gateway.create_refund(desk.refund_order(other.id, 100)))
    made = [value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 100 + n))) for n in range(3)]
    assert list(value_of(desk.gateway.refunds_of(paid.id))) == made[::-1]


def test_a_list_longer_than_a_page_is_read_whole(desk: Desk) -> None:
    paid = desk.paid(amount_minor=20_000)
    for _ in range(101):
        value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 100)))
    found = value_of(desk.gateway.refunds_of(paid.id))
    assert len({refund.id for refund in found}) == 101


def test_refunding_more_than_is_left_is_rejected(desk: Desk) -> None:
    paid = desk.paid()
    assert isinstance(desk.gateway.create_refund(desk.refund_order(paid.id, 2626)), Rejected)
    value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 2625)))
    answer = desk.gateway.create_refund(desk.refund_order(paid.id, 1))
    assert isinstance(answer, Rejected)
    assert answer.code == "charge_already_refunded"


def test_a_pending_refund_succeeds_later(desk: Desk) -> None:
    paid = desk.paid("pm_card_pendingRefund")
    made = value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 500)))
    assert made.status is RefundStatus.PENDING
    desk.clock.advance(timedelta(hours=4))
    assert value_of(desk.gateway.refund(made.id)).status is RefundStatus.SUCCEEDED


def test_a_refund_that_fails_later_gives_its_money_back(desk: Desk) -> None:
    paid = desk.paid("pm_card_refundFail")
    made = value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 500)))
    assert (made.status, made.returned) == (RefundStatus.SUCCEEDED, None)
    desk.clock.advance(timedelta(hours=4))
    failed = value_of(desk.gateway.refund(made.id))
    assert failed.status is RefundStatus.FAILED
    assert failed.failure_reason
    assert failed.cash is not None
    assert failed.returned is not None
    assert failed.returned.amount == -failed.cash.amount


@pytest.mark.parametrize(
    ("fault", "outcome", "happened"),
    [
        ("dropped_before", Unknown, 0),
        ("dropped_after", Unknown, 1),
        ("error_500_before", Unknown, 0),
        ("error_500_after", Unknown, 1),
        ("error_500_stored_without_effect", Unknown, 0),
        ("rate_limited", Postponed, 0),
        ("conflict", Unknown, 0),
        ("slow", Answered, 1),
        ("truncated_body", Unknown, 1),
        ("foreign_body", Unknown, 1),
    ],
)
def test_a_fault_is_told_for_what_it_is_and_a_look_tells_the_rest(
    desk: Desk, fault: str, outcome: type, happened: int
) -> None:
    paid = desk.paid()
    desk.fail(fault, "POST", "/v1/refunds")
    order = desk.refund_order(paid.id, 1000)
    assert isinstance(desk.gateway.create_refund(order), outcome)
    assert [refund.key for refund in value_of(desk.gateway.refunds_of(paid.id))] == [order.key] * happened


@pytest.mark.parametrize("fault", ["dropped_after", "truncated_body", "foreign_body"])
def test_the_same_key_asked_again_after_a_lost_answer_doesnt_do_it_twice(desk: Desk, fault: str) -> None:
    paid = desk.paid()
    desk.fail(fault, "POST", "/v1/refunds")
    order = desk.refund_order(paid.id, 1000)
    assert isinstance(desk.gateway.create_refund(order), Unknown)
    assert list(value_of(desk.gateway.refunds_of(paid.id))) == [value_of(desk.gateway.create_refund(order))]
