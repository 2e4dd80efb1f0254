"""Teachers' money: accounts, holds with reasons, transfers, reversals, and what a teacher owes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import GatewayUnreachable, NotFound, Refused
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.transfer import Hold, TransferState
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    BACK,
    DAY,
    HOUR,
    MINUTE,
    OTHER_STUDENT,
    OTHER_TEACHER,
    STUDENT,
    TEACHER,
    alarms,
    approved,
    asked_back,
    at_stripe,
    completed,
    confirmed,
    funded,
    held,
    later,
    offered,
    paid,
    paid_out,
    ready,
    refund_of,
    told,
    transfer_of,
    until,
)


def due(lp: Rehearsal, payment: Payment) -> None:
    """The protection period ends, and the worker hasn't noticed."""
    until(lp, transfer_of(lp, payment).pay_at)


def reverse(lp: Rehearsal, payment: Payment, amount_minor: int) -> None:
    """Somebody takes money of a transfer back at Stripe, by hand."""
    at_stripe(lp).transfers.reversals.create(transfer_of(lp, payment).stripe_id, {"amount": amount_minor})
    lp.work()


def test_a_teacher_gets_an_account_and_a_page(lp: Rehearsal) -> None:
    onboarding = lp.open_teacher_account(TEACHER, "FR", BACK, BACK)
    assert not onboarding.account.can_receive
    assert onboarding.url.startswith("https://")
    again = lp.open_teacher_account(TEACHER, "FR", BACK, BACK)
    assert again.account.account_id == onboarding.account.account_id
    assert lp.refresh_teacher_account(TEACHER).account_id == onboarding.account.account_id


def test_two_openings_at_once_keep_one_account(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    meanwhile.after("create_account", lambda: lp.open_teacher_account(TEACHER, "FR", BACK, BACK))
    account = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account
    assert lp.refresh_teacher_account(TEACHER).account_id == account.account_id


def test_a_teacher_without_account_has_nothing_to_refresh(lp: Rehearsal) -> None:
    with pytest.raises(NotFound):
        lp.refresh_teacher_account(TEACHER)


def test_a_silence_while_the_account_is_opened_leads_to_the_same_account(lp: Rehearsal) -> None:
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/accounts")
    with pytest.raises(GatewayUnreachable):
        lp.open_teacher_account(TEACHER, "FR", BACK, BACK)
    account = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account
    assert lp.refresh_teacher_account(TEACHER) == replace(account, version=account.version + 1)


def test_an_account_becomes_ready_by_a_webhook(lp: Rehearsal) -> None:
    account = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account
    lp.stripe.complete_onboarding(account.account_id)
    lp.work()
    with lp.ports.transactions.begin() as transaction:
        known = transaction.account(account.id)
    assert known is not None
    assert known.can_receive


def test_a_teacher_is_paid_after_the_protection_period(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    transfer = transfer_of(lp, payment)
    assert (transfer.state, transfer.amount.amount_minor) == (TransferState.CREATED, 2500)
    there = at_stripe(lp).transfers.retrieve(transfer.stripe_id)
    assert (there.source_transaction, there.transfer_group) == (payment.charge_id, payment.booking_id)
    assert told(lp, payment)[-4:] == [
        "transfer.scheduled",
        "transfer.reserved",
        "transfer.created",
        "transfer.cashed",
    ]


def test_an_account_that_isnt_ready_holds_the_transfer_until_it_is(lp: Rehearsal) -> None:
    payment = completed(lp)
    later(lp, 72 * HOUR)
    waiting = transfer_of(lp, payment)
    assert (waiting.state, waiting.hold) == (TransferState.ON_HOLD, Hold.ACCOUNT_NOT_READY)
    assert any("is held: account not ready" in what for what in lp.explain(payment.id).awaited)
    later(lp, HOUR)
    assert transfer_of(lp, payment).state is TransferState.ON_HOLD
    ready(lp)
    later(lp, HOUR)
    later(lp, MINUTE)
    assert transfer_of(lp, payment).state is TransferState.CREATED


def test_an_account_of_which_no_webhook_tells_is_asked_for_when_its_hold_is_looked_at(lp: Rehearsal) -> None:
    account = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account
    payment = completed(lp)
    later(lp, 72 * HOUR)
    assert transfer_of(lp, payment).hold is Hold.ACCOUNT_NOT_READY
    lp.stripe.complete_onboarding(account.account_id)
    for delivery in lp.stripe.pending_webhooks():
        lp.stripe.acknowledge(delivery.event_id)
    later(lp, 10 * MINUTE)
    later(lp, MINUTE)
    assert transfer_of(lp, payment).state is TransferState.CREATED


def test_transfers_that_wait_for_people_starve_no_look_and_no_payment(lp: Rehearsal) -> None:
    """However many are held for a longer time, those of other states are looked at, within the smallest limit."""
    waiting = completed(lp, paid(lp, confirmed(lp, offered(lp, OTHER_TEACHER))))
    asked_back(lp, waiting)
    later(lp, 72 * HOUR)
    assert transfer_of(lp, waiting).hold is Hold.REFUND_REQUEST_OPEN
    account = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account
    payment = completed(lp)
    until(lp, transfer_of(lp, payment).pay_at)
    lp.pass_deadlines(limit=1)
    assert transfer_of(lp, payment).hold is Hold.ACCOUNT_NOT_READY
    lp.stripe.complete_onboarding(account.account_id)
    lp.clock.advance(HOUR)
    assert lp.look_at_stripe(limit=1) == 1
    assert lp.refresh_teacher_account(TEACHER).can_receive


def test_an_open_refund_request_holds_the_transfer(lp: Rehearsal) -> None:
    ready(lp)
    payment = completed(lp)
    request = asked_back(lp, payment)
    later(lp, 72 * HOUR)
    assert transfer_of(lp, payment).hold is Hold.REFUND_REQUEST_OPEN
    lp.withdraw_refund_request(request.id, STUDENT)
    later(lp, HOUR)
    later(lp, MINUTE)
    assert transfer_of(lp, payment).state is TransferState.CREATED


def test_an_admin_holds_and_releases(lp: Rehearsal) -> None:
    ready(lp)
    payment = completed(lp)
    transfer = lp.hold_transfer(transfer_of(lp, payment).id, ADMIN)
    assert transfer.hold is Hold.BY_ADMIN
    later(lp, 4 * DAY)
    assert transfer_of(lp, payment).state is TransferState.ON_HOLD
    assert lp.release_transfer(transfer.id, ADMIN).state is TransferState.SCHEDULED
    lp.work()
    assert transfer_of(lp, payment).state is TransferState.CREATED


@pytest.mark.parametrize("wish", ["hold_transfer", "release_transfer"])
def test_what_was_sent_is_neither_held_nor_released(lp: Rehearsal, wish: str) -> None:
    transfer = transfer_of(lp, paid_out(lp))
    with pytest.raises(Refused) as refused:
        getattr(lp, wish)(transfer.id, ADMIN)
    assert refused.value.rule == "transfer_created"


@pytest.mark.parametrize("amount", [1000, 2500])
def test_a_transfer_reversed_by_hand_is_planned_again_on_hold(lp: Rehearsal, amount: int) -> None:
    payment = paid_out(lp)
    lp.clock.advance(2 * DAY)
    reverse(lp, payment, amount)
    first, planned = lp.ports.reports.story(payment.booking_id).transfers
    assert [reversal.amount.amount_minor for reversal in first.reversals] == [amount]
    assert planned.hold is Hold.REVERSED
    later(lp, 30 * DAY)
    assert transfer_of(lp, payment).state is TransferState.ON_HOLD
    lp.release_transfer(planned.id, ADMIN)
    lp.work()
    sent = transfer_of(lp, payment)
    assert (sent.state, sent.amount.amount_minor) == (TransferState.CREATED, amount)


def test_a_reversal_first_pays_what_the_teacher_owes(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid_out(lp)
    lp.process_refund_request(approved(lp, payment).id, ADMIN)
    later(lp, 2 * DAY)
    reverse(lp, payment, 2500)
    assert held(lp, payment)[f"teacher_payable:{TEACHER}"] == 2500 - 952
    assert f"teacher_receivable:{TEACHER}" not in held(lp, payment)


def test_what_a_teacher_owes_is_kept_back_from_a_later_lesson(lp: Rehearsal) -> None:
    funded(lp)
    first = paid_out(lp)
    lp.process_refund_request(approved(lp, first).id, ADMIN)
    lp.work()
    second = completed(lp, paid(lp, confirmed(lp, offered(lp), student=OTHER_STUDENT)))
    later(lp, 72 * HOUR)
    transfer = transfer_of(lp, second)
    assert (transfer.state, transfer.amount.amount_minor) == (TransferState.CREATED, 2500 - 952)
    assert f"teacher_receivable:{TEACHER}" not in held(lp, first)
    reports = lp.ports.reports
    stories = [reports.story(payment.booking_id).entries for payment in (first, second)]
    keys = [entry.key for entries in (*stories, reports.entries_of_no_payment()) for entry in entries]
    assert len(keys) > len(set(keys)), "an entry of both is in both stories"
    assert lp.check_books().entries == lp.verify_books().entries == len(set(keys))


def test_an_earning_that_is_owed_whole_is_never_sent(lp: Rehearsal) -> None:
    funded(lp)
    first = paid_out(lp)
    lp.process_refund_request(approved(lp, first, 2625).id, ADMIN)
    lp.work()
    second = completed(lp, paid(lp, confirmed(lp, offered(lp), student=OTHER_STUDENT)))
    later(lp, 72 * HOUR)
    assert transfer_of(lp, second).state is TransferState.CANCELLED
    assert len(at_stripe(lp).transfers.list().data) == 1
    with pytest.raises(Refused) as refused:
        lp.retry_transfer(transfer_of(lp, second).id, ADMIN)
    assert refused.value.rule == "transfer_cancelled"


def test_a_transfer_that_stripe_refuses_is_tried_thrice_and_then_held(lp: Rehearsal) -> None:
    account = ready(lp)
    payment = completed(lp)
    for refusal in range(1, 4):
        due(lp, payment)
        lp.pass_deadlines()
        lp.stripe.disable_transfers(account)
        assert lp.deliver_effects() == 1
        assert transfer_of(lp, payment).rejections == refusal
        lp.stripe.complete_onboarding(account)
    transfer = transfer_of(lp, payment)
    assert (transfer.state, transfer.hold) == (TransferState.ON_HOLD, Hold.REFUSED_BY_STRIPE)
    assert "transfer_refused" in alarms(lp)
    lp.work()
    lp.release_transfer(transfer.id, ADMIN)
    later(lp, 6 * HOUR)
    assert transfer_of(lp, payment).state is TransferState.CREATED


def test_a_transfer_made_by_hand_is_booked_to_suspense(lp: Rehearsal) -> None:
    account = ready(lp)
    payment = paid(lp)
    lp.clock.advance(3 * DAY - 10 * MINUTE)
    for key in ("", "create_transfer:trf_0123456789abcdefghjkmnpqrs:1"):
        at_stripe(lp).transfers.create(
            {
                "amount": 100,
                "currency": "usd",
                "destination": account,
                "metadata": {"linguapay_key": key} if key else {},
            }
        )
    later(lp, 2 * HOUR)
    assert "cash_in_suspense" in alarms(lp)
    assert lp.ports.reports.story(payment.booking_id).transfers == ()


def test_a_transfer_that_borrows_the_key_of_ours_is_another_one(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    ours = transfer_of(lp, payment)
    later(lp, 2 * DAY)
    with lp.ports.transactions.begin() as transaction:
        account = transaction.account(payment.teacher_id)
    assert account is not None
    at_stripe(lp).transfers.create(
        {
            "amount": 10,
            "currency": "usd",
            "destination": account.account_id,
            "metadata": {"linguapay_key": f"create_transfer:{ours.id}:1:1"},
        }
    )
    later(lp, 2 * HOUR)
    assert transfer_of(lp, payment) == ours


def test_a_contest_is_settled_before_anything_is_sent(lp: Rehearsal) -> None:
    ready(lp)
    payment = paid(lp)
    until(lp, lp.ports.reports.story(payment.booking_id).booking.starts_at)
    lp.report_problem(payment.booking_id, STUDENT, "No teacher.")
    later(lp, 10 * DAY)
    assert lp.ports.reports.story(payment.booking_id).transfers == ()
    lp.decide_contest(payment.booking_id, ADMIN, 1000, "Half a lesson.")
    lp.work()
    assert refund_of(lp, payment).amount.amount_minor == 1000
    later(lp, 72 * HOUR)
    assert transfer_of(lp, payment).amount.amount_minor == 2500 - 952
