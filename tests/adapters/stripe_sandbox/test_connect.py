"""Connected accounts, transfers to them and reversals."""

from datetime import timedelta

import pytest
import stripe

from tests.adapters.stripe_sandbox.shop import Shop


def test_an_account_can_receive_after_onboarding(shop: Shop) -> None:
    account = shop.stripe.accounts.create(
        {"type": "express", "country": "US", "capabilities": {"transfers": {"requested": True}}, "metadata": {"t": "1"}}
    )
    assert account.to_dict()["capabilities"] == {"transfers": "inactive"}
    assert not account.details_submitted
    link = shop.stripe.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "https://shop.example/again",
            "return_url": "https://shop.example/back",
        }
    )
    assert link.expires_at > link.created
    shop.sandbox.complete_onboarding(account.id)
    after = shop.stripe.accounts.retrieve(account.id)
    assert after.to_dict()["capabilities"] == {"transfers": "active"}
    assert (after.details_submitted, after.payouts_enabled) == (True, True)


def test_events_of_a_connected_account_name_it(shop: Shop) -> None:
    account = shop.teacher()
    shop.sandbox.disable_transfers(account.id)
    events = [
        stripe.Webhook.construct_event(one.payload, one.signature, "whsec_sandbox", tolerance=0)
        for one in shop.sandbox.pending_webhooks()
    ]
    assert [(event.type, event.account) for event in events] == [("account.updated", account.id)] * 2
    assert events[1].data.object["capabilities"]["transfers"] == "inactive"
    assert shop.stripe.events.list({}).data == []
    assert len(shop.stripe.events.list({}, {"stripe_account": account.id}).data) == 2


def test_our_own_account_is_known(shop: Shop) -> None:
    own = shop.stripe.accounts.retrieve_current()
    assert own.id == shop.stripe.accounts.retrieve(own.id).id
    assert own.charges_enabled


def test_a_foreign_account_is_not_ours_to_see(shop: Shop) -> None:
    with pytest.raises(stripe.PermissionError) as refused:
        shop.stripe.accounts.retrieve("acct_unknown")
    assert refused.value.error is not None
    assert refused.value.error.code == "account_invalid"
    with pytest.raises(stripe.PermissionError):
        shop.stripe.balance.retrieve({}, {"stripe_account": "acct_unknown"})


def test_accounts_are_changed_and_listed(shop: Shop) -> None:
    first, second = shop.teacher(), shop.teacher()
    shop.stripe.accounts.update(first.id, {"metadata": {"teacher": "t1"}})
    listed = shop.stripe.accounts.list({}).data
    assert [one.id for one in listed] == [second.id, first.id]
    assert listed[1].metadata is not None
    assert listed[1].metadata["teacher"] == "t1"


def test_a_transfer_from_a_charge_waits_for_its_funds(shop: Shop) -> None:
    teacher = shop.teacher()
    charge = shop.charge_of(shop.paid(2100, transfer_group="booking_1"))
    transfer = shop.stripe.transfers.create(
        {
            "amount": 2000,
            "currency": "usd",
            "destination": teacher.id,
            "source_transaction": charge.id,
            "metadata": {"transfer": "t1"},
        }
    )
    assert (transfer.transfer_group, transfer.reversed, transfer.amount_reversed) == ("booking_1", False, 0)
    movement = shop.stripe.balance_transactions.retrieve(str(transfer.balance_transaction))
    assert (movement.amount, movement.type, movement.source) == (-2000, "transfer", transfer.id)
    assert shop.balance() == (0, 9)
    theirs = shop.stripe.balance.retrieve({}, {"stripe_account": teacher.id})
    assert (theirs.available[0].amount, theirs.pending[0].amount) == (0, 2000)
    shop.clock.advance(timedelta(days=2))
    theirs = shop.stripe.balance.retrieve({}, {"stripe_account": teacher.id})
    assert (theirs.available[0].amount, theirs.pending[0].amount) == (2000, 0)
    assert [one.id for one in shop.stripe.transfers.list({"transfer_group": "booking_1"})] == [transfer.id]
    assert [one.id for one in shop.stripe.transfers.list({"destination": teacher.id})] == [transfer.id]
    assert shop.stripe.transfers.list({"transfer_group": "other"}).data == []


def test_transfers_never_exceed_their_charge(shop: Shop) -> None:
    teacher, charge = shop.teacher(), shop.charge_of(shop.paid(1000))
    draw = {"currency": "usd", "destination": teacher.id, "source_transaction": charge.id}
    shop.stripe.transfers.create({"amount": 700, **draw})  # type: ignore[typeddict-item]
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed the source amount"):
        shop.stripe.transfers.create({"amount": 301, **draw})  # type: ignore[typeddict-item]
    shop.stripe.transfers.create({"amount": 300, **draw})  # type: ignore[typeddict-item]
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        shop.stripe.transfers.create({"amount": 1, **draw, "currency": "eur"})  # type: ignore[typeddict-item]


def test_what_was_reversed_may_be_drawn_from_the_charge_again(shop: Shop) -> None:
    teacher, charge = shop.teacher(), shop.charge_of(shop.paid(1000))
    draw = {"amount": 1000, "currency": "usd", "destination": teacher.id, "source_transaction": charge.id}
    transfer = shop.stripe.transfers.create(draw)  # type: ignore[arg-type]
    shop.stripe.transfers.reversals.create(transfer.id)
    assert shop.stripe.transfers.create(draw).amount == 1000  # type: ignore[arg-type]


def test_a_transfer_without_a_charge_needs_available_funds(shop: Shop) -> None:
    teacher = shop.teacher()
    shop.paid(2100, capture_method="automatic")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.transfers.create({"amount": 100, "currency": "usd", "destination": teacher.id})
    assert refused.value.code == "balance_insufficient"
    shop.clock.advance(timedelta(days=2))
    shop.stripe.transfers.create({"amount": 100, "currency": "usd", "destination": teacher.id})
    assert shop.balance() == (1909, 0)


@pytest.mark.parametrize("is_onboarded", [True, False])
def test_an_account_that_cannot_receive_is_refused(shop: Shop, is_onboarded: bool) -> None:
    shop.sandbox.adjust(1000)
    account = shop.stripe.accounts.create({"type": "express", "capabilities": {"transfers": {"requested": True}}})
    if is_onboarded:
        shop.sandbox.complete_onboarding(account.id)
        shop.sandbox.disable_transfers(account.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.transfers.create({"amount": 100, "currency": "usd", "destination": account.id})
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.transfers.create({"amount": 100, "currency": "usd", "destination": "acct_unknown"})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "destination")


def test_a_transfer_is_reversed_in_parts_and_no_further(shop: Shop) -> None:
    teacher = shop.teacher()
    shop.sandbox.adjust(1000)
    transfer = shop.stripe.transfers.create({"amount": 1000, "currency": "usd", "destination": teacher.id})
    first = shop.stripe.transfers.reversals.create(transfer.id, {"amount": 400, "metadata": {"why": "refund"}})
    movement = shop.stripe.balance_transactions.retrieve(str(first.balance_transaction))
    assert (movement.amount, movement.type, movement.source) == (400, "transfer_refund", first.id)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unreversed"):
        shop.stripe.transfers.reversals.create(transfer.id, {"amount": 601})
    second = shop.stripe.transfers.reversals.create(transfer.id)
    after = shop.stripe.transfers.retrieve(transfer.id)
    assert (after.amount_reversed, after.reversed) == (1000, True)
    assert [one.id for one in after.reversals.data] == [second.id, first.id]
    assert [one.id for one in shop.stripe.transfers.reversals.list(transfer.id)] == [second.id, first.id]
    assert shop.stripe.transfers.reversals.retrieve(transfer.id, first.id).amount == 400
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        shop.stripe.transfers.reversals.create(transfer.id)
    assert shop.balance() == (1000, 0)


def test_a_reversal_needs_the_connected_accounts_balance(shop: Shop) -> None:
    teacher = shop.teacher()
    shop.sandbox.adjust(1000)
    transfer = shop.stripe.transfers.create({"amount": 1000, "currency": "usd", "destination": teacher.id})
    shop.stripe.payouts.create({"amount": 800, "currency": "usd"}, {"stripe_account": teacher.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.transfers.reversals.create(transfer.id)
    assert refused.value.code == "balance_insufficient"
    assert shop.stripe.transfers.retrieve(transfer.id).amount_reversed == 0
    shop.stripe.transfers.reversals.create(transfer.id, {"amount": 200})
    assert shop.balance() == (200, 0)


def test_the_platform_does_not_see_a_connected_accounts_objects(shop: Shop) -> None:
    teacher = shop.teacher()
    shop.sandbox.adjust(1000)
    transfer = shop.stripe.transfers.create(
        {"amount": 1000, "currency": "usd", "destination": teacher.id, "expand": ["destination_payment", "destination"]}
    )
    assert isinstance(transfer.destination_payment, stripe.Charge)
    assert isinstance(transfer.destination, stripe.Account)
    payment = transfer.destination_payment.id
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.charges.retrieve(payment)
    assert shop.stripe.charges.retrieve(payment, {}, {"stripe_account": teacher.id}).amount == 1000
