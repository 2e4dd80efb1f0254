"""Every movement on Stripe's balance is in the books, whatever caused it and whoever noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Answer, Answered
from linguapay_core.domain.errors import GatewayUnreachable
from linguapay_core.domain.page import Page
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.seen import ForeignCash, SeenCash
from linguapay_core.use_cases.collect_cash import BOOKMARK, START
from linguapay_core.use_cases.steps.definite import definite
from tests.use_cases.answering import answering
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    MINUTE,
    STUDENT,
    alarms,
    approved,
    at_stripe,
    completed,
    everything,
    held,
    later,
    paid,
    pay,
    paying,
    payment_of,
    ready,
    refund_of,
    transfer_of,
    until,
)


def total(lp: Rehearsal, account: str) -> int:
    """What an account holds in all, in minor units."""
    return sum(
        money.amount_minor
        for books in lp.ports.reports.totals().balances
        for name, money in books.items()
        if str(name) == account
    )


def test_our_own_payout_goes_to_the_bank_and_comes_back_from_it(lp: Rehearsal) -> None:
    paid(lp)
    later(lp, 2 * DAY)
    payout = at_stripe(lp).payouts.create({"amount": 2000, "currency": "usd"})
    later(lp, 20 * MINUTE)
    assert total(lp, "bank") == 2000
    lp.stripe.fail_payout(payout.id)
    later(lp, 20 * MINUTE)
    assert total(lp, "bank") == 0
    assert alarms(lp) == []


@pytest.mark.parametrize("fee", [150, -150])
def test_a_fee_without_a_charge_is_stripes(lp: Rehearsal, fee: int) -> None:
    lp.stripe.charge_stripe_fee(fee)
    later(lp, 20 * MINUTE)
    assert total(lp, "stripe_fees") == fee
    assert alarms(lp) == []


@pytest.mark.parametrize("amount", [5000, -5000])
def test_what_nobody_explains_goes_to_suspense_after_an_hour_with_an_alarm(lp: Rehearsal, amount: int) -> None:
    lp.stripe.adjust(amount)
    later(lp, 59 * MINUTE)
    assert (total(lp, "suspense"), alarms(lp)) == (0, [])
    later(lp, 15 * MINUTE)
    assert (total(lp, "suspense"), alarms(lp)) == (amount, ["cash_in_suspense"])


def test_an_alarm_is_cleared_once(lp: Rehearsal) -> None:
    lp.stripe.adjust(100)
    lp.stripe.adjust(-100)
    later(lp, 2 * HOUR)
    raised = lp.ports.reports.open_alarms()
    cleared = [lp.clear_alarm(alarm.id, ADMIN) for alarm in raised]
    assert {alarm.cleared_at for alarm in cleared} == {lp.clock.now()}
    lp.clock.advance(MINUTE)
    assert lp.clear_alarm(raised[0].id, ADMIN).cleared_at == cleared[0].cleared_at
    assert alarms(lp) == []


def test_the_cash_of_a_charge_leads_to_its_payment(lp: Rehearsal) -> None:
    checkout = paying(lp)
    pay(lp, checkout)
    lp.confirm_payment(checkout.payment.id, STUDENT)
    lp.clock.advance(MINUTE)
    assert lp.collect_cash() == 1
    assert payment_of(lp, checkout.payment).cash_id
    assert lp.collect_cash() == 0


def test_the_cash_of_a_refund_leads_to_it(lp: Rehearsal) -> None:
    request = approved(lp, amount_minor=2625)
    lp.process_refund_request(request.id, ADMIN)
    assert refund_of(lp, request).state is RefundState.PENDING
    lp.stripe.adjust(500)
    lp.clock.advance(MINUTE)
    assert lp.collect_cash() == 2
    assert refund_of(lp, request).state is RefundState.SUCCEEDED


def test_the_cash_of_a_transfer_leads_to_it(lp: Rehearsal) -> None:
    ready(lp)
    payment = completed(lp)
    until(lp, transfer_of(lp, payment).pay_at)
    lp.pass_deadlines()
    create = lp.ports.gateway.create_transfer

    def without_cash(*args: object) -> object:
        answer = create(*args)  # type: ignore[arg-type]
        assert isinstance(answer, Answered)
        return Answered(replace(answer.value, cash=None))

    answering(lp, create_transfer=without_cash).deliver_effects()
    assert not transfer_of(lp, payment).cash_id
    assert lp.collect_cash() == 1
    assert transfer_of(lp, payment).cash_id


def test_cash_that_another_worker_books_meanwhile_is_booked_once(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    lp.stripe.adjust(100)
    lp.clock.advance(2 * HOUR)
    meanwhile.before("begin", lp.collect_cash, nth=5)
    assert lp.collect_cash() == 1
    assert total(lp, "suspense") == 100


def test_more_movements_than_a_page_are_all_read(lp: Rehearsal) -> None:
    for _ in range(101):
        lp.stripe.charge_stripe_fee(1)
    assert lp.collect_cash() == 101
    assert total(lp, "stripe_fees") == 101
    assert lp.verify_books().balance_transactions == 101


def test_cash_in_a_currency_that_we_cant_count_in_is_left_out_with_an_alarm_and_stops_nothing(lp: Rehearsal) -> None:
    foreign = ForeignCash("txn_shells", "adjustment", "XCO", "adj_1")
    lp.stripe.adjust(700)
    lp.clock.advance(2 * HOUR)

    def with_shells(*, since: datetime, cursor: str = "") -> Answer[Page[SeenCash | ForeignCash]]:
        page = definite(lp.ports.gateway.cash(since=since, cursor=cursor))
        return Answered(Page((foreign, *page.items), page.next_cursor))

    stripe_with_shells = answering(lp, cash=with_shells)
    assert stripe_with_shells.collect_cash() == 1
    before = everything(lp)
    assert stripe_with_shells.collect_cash() == 0
    assert everything(lp) == before
    assert total(lp, "suspense") == 700
    (alarm,) = (one for one in lp.ports.reports.open_alarms() if one.rule == "cash_not_countable")
    assert (alarm.subject, alarm.detail) == ("txn_shells", "adjustment of adj_1 in XCO, which we can't count in")
    (breach,) = stripe_with_shells.verify_books().breaches
    assert (breach.subject, breach.found) == ("txn_shells", "it is in XCO, which we can't count in")


def test_reading_begins_where_the_caller_says(lp: Rehearsal) -> None:
    lp.stripe.charge_stripe_fee(7)
    lp.clock.advance(3 * HOUR)
    assert lp.collect_cash(since=lp.clock.now() - HOUR) == 0
    assert lp.collect_cash(since=lp.clock.now() - 4 * HOUR) == 1


def test_what_reading_from_later_on_passed_by_is_read_the_next_time(lp: Rehearsal) -> None:
    lp.stripe.charge_stripe_fee(7)
    lp.clock.advance(3 * HOUR)
    assert [lp.collect_cash(since=lp.clock.now() - HOUR), lp.collect_cash()] == [0, 1]


def test_reading_from_before_the_bookmark_reads_on(lp: Rehearsal) -> None:
    lp.collect_cash()
    lp.clock.advance(3 * HOUR)
    lp.collect_cash(since=lp.clock.now() - 4 * HOUR)
    with lp.ports.transactions.begin() as transaction:
        assert transaction.bookmark(BOOKMARK, start=START).at == lp.clock.now()


@pytest.mark.parametrize("ask", ["collect_cash", "verify_books", "poll_events"])
def test_a_stripe_that_cant_be_read_is_told(lp: Rehearsal, ask: str) -> None:
    lp.stripe.faults.add("rate_limited", method="GET")
    with pytest.raises(GatewayUnreachable):
        getattr(lp, ask)()


def test_what_isnt_booked_yet_is_a_breach(lp: Rehearsal) -> None:
    payment = paid(lp)
    lp.stripe.adjust(100)
    verdict = lp.verify_books()
    assert {breach.rule for breach in verdict.breaches} == {"5 cash equals Stripe's"}
    assert len(verdict.breaches) == 2
    assert not verdict.holds
    assert lp.check_books().holds
    assert held(lp, payment)["stripe_balance"] == 2519
