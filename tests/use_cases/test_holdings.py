"""What the accounts of the books hold, and what moved them, as a bookkeeper reads it."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.holdings import AccountLine
from linguapay_core.domain.ledger import Kind
from tests.use_cases.stage import ADMIN, TEACHER, completed, paid, paid_out


def test_every_kind_of_accounts_stands_in_the_balances(lp: Rehearsal) -> None:
    completed(lp)
    (in_dollars,) = lp.read_balances()
    held = {one.kind: one.held.amount_minor for one in in_dollars}
    assert list(held) == list(Kind)
    assert (held[Kind.TEACHER_PAYABLE], held[Kind.PLATFORM_FEE], held[Kind.ESCROW]) == (2500, 125, 0)


def test_somebodys_balances_are_of_their_own_accounts(lp: Rehearsal) -> None:
    completed(lp)
    (theirs,) = lp.read_balances(TEACHER)
    assert {one.kind: one.held.amount_minor for one in theirs if one.held} == {Kind.TEACHER_PAYABLE: 2500}
    (nobodys,) = lp.read_balances("nobody")
    assert not any(one.held for one in nobodys)
    with pytest.raises(Invalid, match="owner"):
        lp.read_balances("no body")


def test_an_account_that_is_followed_adds_up_on_every_page(lp: Rehearsal) -> None:
    paid_out(lp)
    whole = lp.follow_account("stripe_balance")
    (held,) = whole.closing
    assert (whole.opening, whole.next_cursor, held) == ((), "", whole.lines[-1].holds)
    assert sum(line.change.amount_minor for line in whole.lines) == held.amount_minor
    (total,) = lp.read_balances()
    assert held in [one.held for one in total if one.kind is Kind.STRIPE_BALANCE]
    lines: list[AccountLine] = []
    cursor = ""
    for _ in whole.lines:
        page = lp.follow_account("stripe_balance", cursor=cursor, limit=1)
        lines += page.lines
        assert page.closing[-1:] == tuple(line.holds for line in page.lines)
        cursor = page.next_cursor
    assert (tuple(lines), cursor) == (whole.lines, "")


def test_what_came_before_a_time_is_in_the_opening(lp: Rehearsal) -> None:
    payment = paid(lp)
    later = lp.clock.now()
    completed(lp, payment)
    after = lp.follow_account("escrow", since=later)
    assert [money.amount_minor for money in (*after.opening, *after.closing)] == [2625, 0]
    assert [line.change.amount_minor for line in after.lines] == [-2625]
    before = lp.follow_account("escrow", until=later)
    assert [line.change.amount_minor for line in before.lines] == [2625]
    nothing = lp.follow_account(f"teacher_payable:{TEACHER}", until=later)
    assert (nothing.lines, nothing.closing) == ((), ())


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("pocket", "there is no account pocket"),
        ("teacher_payable", "write teacher_payable:TEACHER"),
        ("escrow:anna", "escrow has no owner"),
        ("teacher_payable:no body", "a person's identifier"),
    ],
)
def test_an_account_that_cant_be_is_invalid(lp: Rehearsal, account: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as invalid:
        lp.follow_account(account)
    assert invalid.value.field == "account"


@pytest.mark.parametrize("limit", [0, 1001, True])
def test_a_page_has_a_limit(lp: Rehearsal, limit: int) -> None:
    with pytest.raises(Invalid, match="limit"):
        lp.follow_account("escrow", limit=limit)


@pytest.mark.parametrize("cursor", ["nonsense", "MQ", "YSAx", "MjAyNi0wMy0wMlQwOTowMDowMCswMDowMCAtMQ"])
def test_a_cursor_that_no_account_gave_is_invalid(lp: Rehearsal, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        lp.follow_account("escrow", cursor=cursor)


def test_a_note_beside_a_cleared_alarm_can_be_read(lp: Rehearsal) -> None:
    with lp.ports.transactions.begin() as transaction:
        transaction.keep(raise_alarm("a_rule", "a thing", "seen", at=lp.clock.now()))
    (alarm,) = lp.ports.reports.open_alarms()
    for _ in range(2):
        lp.clear_alarm(alarm.id, ADMIN, notes="A top-up of ours.")
    assert [text.text for text in lp.read_texts([alarm.id])] == ["A top-up of ours."]
    assert not any("top-up" in told.event.why for told in lp.read_events().items)
