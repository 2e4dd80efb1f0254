"""Connected accounts, transfers and reversals, through the real SDK against the sandbox."""

import pytest

from linguapay_core.domain.answer import Answered, Rejected, Unknown
from linguapay_core.domain.seen import SeenAccount, SeenTransfer
from tests.adapters.stripe.desk import BOOKING, TEACHER, TRANSFER, Desk, usd, value_of


def sent(desk: Desk, amount_minor: int = 2500) -> SeenTransfer:
    """A transfer of a paid lesson's money."""
    charge = desk.paid().charge
    assert charge is not None
    return value_of(desk.gateway.create_transfer(desk.transfer_order(desk.account(), charge.id, amount_minor)))


def test_an_account_can_receive_after_its_onboarding_and_not_before(desk: Desk) -> None:
    account_id = desk.account(onboarded=False)
    assert value_of(desk.gateway.account(account_id)) == SeenAccount(account_id, TEACHER, can_receive=False)
    desk.sandbox.complete_onboarding(account_id)
    assert value_of(desk.gateway.account(account_id)).can_receive
    desk.sandbox.disable_transfers(account_id)
    assert not value_of(desk.gateway.account(account_id)).can_receive


def test_an_account_that_isnt_connected_to_us_is_rejected_and_not_waited_for(desk: Desk) -> None:
    answer = desk.gateway.account("acct_nobody")
    assert isinstance(answer, Rejected)
    assert answer.code == "account_invalid"


def test_onboarding_has_a_page_at_stripe(desk: Desk) -> None:
    link = desk.gateway.onboarding_link(
        desk.account(onboarded=False), return_url="https://example.com/a", refresh_url="https://example.com/b"
    )
    assert value_of(link).startswith("https://connect.stripe.com/")


def test_onboarding_an_unknown_account_is_refused(desk: Desk) -> None:
    link = desk.gateway.onboarding_link(
        "acct_x", return_url="https://example.com/a", refresh_url="https://example.com/b"
    )
    assert isinstance(link, Rejected)


def test_a_transfer_carries_its_key_its_group_and_its_cash(desk: Desk) -> None:
    charge = desk.paid().charge
    assert charge is not None
    order = desk.transfer_order(desk.account(), charge.id, 2500)
    seen = value_of(desk.gateway.create_transfer(order))
    assert seen.cash is not None
    assert (seen.cash.kind, seen.cash.amount, seen.cash.source) == ("transfer", usd(-2500), seen.id)
    assert seen == SeenTransfer(seen.id, usd(2500), order.account_id, BOOKING, order.key, seen.cash, ())
    assert value_of(desk.gateway.transfer(seen.id)) == seen
    at_stripe = desk.client.v1.transfers.retrieve(seen.id)
    assert at_stripe.source_transaction == charge.id
    assert at_stripe.metadata["transfer_id"] == TRANSFER


def test_the_transfers_of_a_booking_are_listed_with_their_reversals(desk: Desk) -> None:
    first, second = sent(desk, 1000), sent(desk, 2000)
    reversed_first = value_of(desk.gateway.reverse_transfer(first.id, key="r", amount=usd(300)))
    assert list(value_of(desk.gateway.transfers_of(BOOKING))) == [second, reversed_first]


def test_a_transfer_beyond_its_charge_is_rejected(desk: Desk) -> None:
    charge = desk.paid().charge
    assert charge is not None
    answer = desk.gateway.create_transfer(desk.transfer_order(desk.account(), charge.id, 2626))
    assert isinstance(answer, Rejected)


def test_a_transfer_to_an_account_that_cant_receive_is_rejected(desk: Desk) -> None:
    charge = desk.paid().charge
    assert charge is not None
    answer = desk.gateway.create_transfer(desk.transfer_order(desk.account(onboarded=False), charge.id, 100))
    assert isinstance(answer, Rejected)
    assert answer.code == "insufficient_capabilities_for_transfer"


def test_reversals_add_up_in_the_transfer_each_with_its_cash(desk: Desk) -> None:
    transfer = sent(desk)
    value_of(desk.gateway.reverse_transfer(transfer.id, key="r:1", amount=usd(1000)))
    seen = value_of(desk.gateway.reverse_transfer(transfer.id, key="r:2", amount=usd(500)))
    assert [reversal.amount for reversal in seen.reversals] == [usd(500), usd(1000)]
    cash = [reversal.cash for reversal in seen.reversals if reversal.cash is not None]
    assert [(movement.kind, movement.amount) for movement in cash] == [
        ("transfer_refund", usd(500)),
        ("transfer_refund", usd(1000)),
    ]
    assert value_of(desk.gateway.transfer(transfer.id)) == seen


def test_reversing_under_the_same_key_is_reversing_once(desk: Desk) -> None:
    transfer = sent(desk)
    for _ in range(2):
        seen = value_of(desk.gateway.reverse_transfer(transfer.id, key="r", amount=usd(1000)))
        assert [reversal.amount for reversal in seen.reversals] == [usd(1000)]


def test_reversing_more_than_was_sent_is_rejected(desk: Desk) -> None:
    assert isinstance(desk.gateway.reverse_transfer(sent(desk).id, key="r", amount=usd(2501)), Rejected)


@pytest.mark.parametrize("fault", ["rate_limited", "dropped_before", "error_500_before", "foreign_body"])
def test_a_reversal_that_was_made_but_not_seen_since_is_unknown(desk: Desk, fault: str) -> None:
    """Nothing done is what a 429 says; here it would be a lie, because the money did come back."""
    transfer = sent(desk)
    desk.fail(fault, "GET", f"/v1/transfers/{transfer.id}/reversals")
    assert isinstance(desk.gateway.reverse_transfer(transfer.id, key="r", amount=usd(1000)), Unknown)
    assert len(value_of(desk.gateway.transfer(transfer.id)).reversals) == 1


@pytest.mark.parametrize("fault", ["rate_limited", "dropped_before"])
def test_a_list_of_transfers_without_a_reversal_that_is_there_is_no_answer(desk: Desk, fault: str) -> None:
    transfer = sent(desk)
    value_of(desk.gateway.reverse_transfer(transfer.id, key="r", amount=usd(1000)))
    desk.fail(fault, "GET", f"/v1/transfers/{transfer.id}/reversals")
    assert not isinstance(desk.gateway.transfers_of(BOOKING), Answered)


def test_the_account_of_our_key_tells_its_name(desk: Desk) -> None:
    assert value_of(desk.gateway.own_account()) == "acct_sandbox"
