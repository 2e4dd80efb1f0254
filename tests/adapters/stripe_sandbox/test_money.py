"""Captures, refunds, the balance and its transactions."""

from datetime import timedelta

import pytest
import stripe

from linguapay_adapters.stripe_sandbox.money_movements import charge_fee_minor
from tests.adapters.stripe_sandbox.shop import Shop


@pytest.mark.parametrize(
    ("amount", "fee"),
    [(50, 31), (100, 33), (500, 45), (1000, 59), (2100, 91), (17, 30), (18, 31), (99_999_999, 2_900_030)],
)
def test_a_charge_costs_2_9_percent_half_up_and_thirty_cents(amount: int, fee: int) -> None:
    assert charge_fee_minor(amount) == fee


def test_the_balance_transaction_arrives_two_seconds_after_the_charge(shop: Shop) -> None:
    intent = shop.paid(2100)
    assert shop.charge_of(intent).balance_transaction is None
    due = shop.sandbox.next_due()
    assert due is not None
    assert (due - shop.clock.now()).total_seconds() == 2
    shop.clock.advance(timedelta(seconds=1))
    assert shop.charge_of(intent).balance_transaction is None
    shop.clock.advance(timedelta(seconds=1))
    charge = shop.stripe.charges.retrieve(str(intent.latest_charge), {"expand": ["balance_transaction"]})
    movement = charge.balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (movement.amount, movement.fee, movement.net, movement.type) == (2100, 91, 2009, "charge")
    assert (movement.source, movement.reporting_category, movement.status) == (charge.id, "charge", "pending")
    assert movement.available_on - movement.created == 2 * 24 * 3600
    assert shop.event_types()[-1] == "charge.updated"
    update = shop.stripe.events.list({"type": "charge.updated"}).data[0].to_dict()
    assert update["data"]["previous_attributes"] == {"balance_transaction": None}


def test_a_synchronous_capture_has_its_balance_transaction_at_once(shop: Shop) -> None:
    assert shop.charge_of(shop.paid(capture_method="automatic")).balance_transaction is not None


def test_funds_become_available_after_two_days_or_at_once(shop: Shop) -> None:
    shop.paid(2100)
    shop.paid(1000, "pm_card_bypassPending")
    shop.clock.advance(timedelta(seconds=2))
    assert shop.balance() == (941, 2009)
    shop.clock.advance(timedelta(days=2))
    assert shop.balance() == (2950, 0)
    assert {one.status for one in shop.stripe.balance_transactions.list({})} == {"available"}


def test_a_refund_takes_the_amount_and_gives_no_fee_back(shop: Shop) -> None:
    shop.sandbox.adjust(10_000)
    intent = shop.paid(2100)
    refund = shop.stripe.refunds.create(
        {"payment_intent": intent.id, "amount": 600, "reason": "requested_by_customer", "metadata": {"refund": "r1"}}
    )
    assert (refund.status, refund.amount, refund.charge) == ("succeeded", 600, intent.latest_charge)
    movement = shop.stripe.balance_transactions.retrieve(str(refund.balance_transaction))
    assert (movement.amount, movement.fee, movement.net, movement.type) == (-600, 0, -600, "refund")
    charge = shop.charge_of(intent)
    assert (charge.amount_refunded, charge.refunded) == (600, False)
    shop.stripe.refunds.create({"charge": charge.id})
    charge = shop.charge_of(intent)
    assert (charge.amount_refunded, charge.refunded) == (2100, True)
    assert [one.amount for one in shop.stripe.refunds.list({"payment_intent": intent.id})] == [1500, 600]
    assert [one.amount for one in shop.stripe.refunds.list({"charge": charge.id})] == [1500, 600]
    assert sum(shop.balance()) == 10_000 - 91


def test_over_refunds_are_refused(shop: Shop) -> None:
    shop.sandbox.adjust(10_000)
    intent = shop.paid(2100)
    shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 2000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount") as refused:
        shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 101})
    assert refused.value.param == "amount"
    shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 100})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert refused.value.code == "charge_already_refunded"
    assert sum(one.amount for one in shop.stripe.refunds.list({"payment_intent": intent.id})) == 2100


def test_what_was_not_paid_is_not_refunded(shop: Shop) -> None:
    intent = shop.intent()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "payment_intent_unexpected_state"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.refunds.create({"amount": 5})
    assert refused.value.code == "parameter_missing"


def test_a_refund_ends_the_wait_for_the_capture(shop: Shop) -> None:
    shop.sandbox.adjust(1000)
    intent = shop.paid(2100)
    shop.stripe.refunds.create({"payment_intent": intent.id})
    shop.clock.advance(timedelta(seconds=5))
    assert len(shop.stripe.balance_transactions.list({"type": "charge"}).data) == 1


def test_a_refund_beyond_the_balance_waits_until_funds_suffice(shop: Shop) -> None:
    intent = shop.paid(2100)
    refund = shop.stripe.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.balance_transaction) == ("pending", None)
    assert refund.to_dict()["pending_reason"] == "insufficient_funds"
    assert sum(shop.balance()) == 2009
    shop.sandbox.adjust(91)
    paid = shop.stripe.refunds.retrieve(refund.id)
    assert (paid.status, "pending_reason" in paid) == ("succeeded", False)
    assert sum(shop.balance()) == 0
    assert shop.event_types()[-1] == "refund.updated"


def test_a_pending_refund_succeeds_after_three_hours(shop: Shop) -> None:
    shop.sandbox.adjust(1000)
    refund = shop.stripe.refunds.create({"payment_intent": shop.paid(card="pm_card_pendingRefund").id})
    assert refund.status == "pending"
    assert refund.balance_transaction is not None
    shop.clock.advance(timedelta(hours=2, minutes=59))
    assert shop.stripe.refunds.retrieve(refund.id).status == "pending"
    shop.clock.advance(timedelta(minutes=1))
    shop.sandbox.settle()
    assert shop.event_types()[-1] == "refund.updated"
    assert shop.stripe.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_that_fails_later_gives_the_money_back(shop: Shop) -> None:
    shop.sandbox.adjust(1000)
    intent = shop.paid(card="pm_card_refundFail")
    refund = shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 700})
    before = sum(shop.balance())
    assert refund.status == "succeeded"
    shop.clock.advance(timedelta(hours=3))
    failed = shop.stripe.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    movement = failed.failure_balance_transaction
    assert isinstance(movement, stripe.BalanceTransaction)
    assert (failed.status, movement.type, movement.amount) == ("failed", "refund_failure", 700)
    assert failed.balance_transaction == refund.balance_transaction
    assert sum(shop.balance()) == before + 700
    assert shop.charge_of(intent).amount_refunded == 0
    assert "refund.failed" in shop.event_types()


def test_a_payout_leaves_the_available_balance_and_arrives(shop: Shop) -> None:
    shop.sandbox.adjust(1000)
    payout = shop.stripe.payouts.create({"amount": 600, "currency": "usd"})
    assert (payout.status, shop.balance()) == ("pending", (400, 0))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.payouts.create({"amount": 401, "currency": "usd"})
    assert refused.value.code == "balance_insufficient"
    shop.clock.advance(timedelta(days=1))
    assert shop.stripe.payouts.retrieve(payout.id).status == "paid"
    assert shop.event_types() == ["payout.created", "payout.paid"]


def test_a_payout_that_fails_comes_back(shop: Shop) -> None:
    shop.sandbox.adjust(1000)
    payout = shop.stripe.payouts.create({"amount": 600, "currency": "usd"})
    shop.sandbox.fail_payout(payout.id)
    shop.clock.advance(timedelta(days=2))
    assert (shop.stripe.payouts.retrieve(payout.id).status, shop.balance()) == ("failed", (1000, 0))


def test_movements_that_no_object_explains_can_be_made(shop: Shop) -> None:
    adjustment = shop.sandbox.adjust(500, "usd", "A gift")
    fee = shop.sandbox.charge_stripe_fee(200, "usd", "Connect")
    listed = [(one.id, one.type, one.net, one.source) for one in shop.stripe.balance_transactions.list({})]
    assert listed == [(fee, "stripe_fee", -200, None), (adjustment, "adjustment", 500, None)]


def test_balance_transactions_are_listed_by_time_type_and_source(shop: Shop) -> None:
    shop.sandbox.adjust(5000)
    shop.clock.advance(timedelta(hours=1))
    charge = shop.charge_of(shop.paid(capture_method="automatic"))
    since = int(shop.clock.now().timestamp())
    newer = shop.stripe.balance_transactions.list({"created": {"gte": since}}).data
    assert [one.type for one in newer] == ["charge"]
    assert [one.type for one in shop.stripe.balance_transactions.list({"type": "adjustment"})] == ["adjustment"]
    assert [one.source for one in shop.stripe.balance_transactions.list({"source": charge.id})] == [charge.id]
    assert shop.stripe.balance_transactions.list({"created": {"lt": since}, "type": "charge"}).data == []
