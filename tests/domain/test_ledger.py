"""The books: legs that balance, accounts that know their side, entries that are nothing without an amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.identifiers import PaymentId, PersonId
from linguapay_core.domain.ledger import (
    BANK,
    CHARGE_CLEARING,
    CHART,
    ESCROW,
    PLATFORM_FEE,
    STRIPE_BALANCE,
    Account,
    Balances,
    Kind,
    Leg,
    entry,
    leg,
)
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.testing.builders import ANNA, NOON, a_leg, an_entry, usd
from tests.domain.reading import account, books, held

PAID, OTHER = PaymentId.of(1), PaymentId.of(2)


def test_the_chart_of_accounts_is_that_of_the_money_page() -> None:
    """account, group, side it grows on, whether it may stand on the other, owner"""
    table = """
        stripe_balance      asset      debit   turns  -
        charge_clearing     asset      debit   stays  -
        teacher_receivable  asset      debit   stays  teacher
        dispute_hold        asset      debit   stays  -
        bank                asset      debit   turns  -
        escrow              liability  credit  stays  -
        teacher_payable     liability  credit  stays  teacher
        refund_clearing     liability  credit  stays  -
        transfer_clearing   liability  credit  stays  -
        teacher_netting     liability  credit  turns  teacher
        student_credit      liability  credit  stays  student
        suspense            liability  credit  turns  -
        platform_fee        revenue    credit  stays  -
        stripe_fees         expense    debit   turns  -
        dispute_fees        expense    debit   turns  -
        goodwill            expense    debit   stays  -
        bad_debt            expense    debit   stays  -
    """
    shown = [
        [kind, one.group, one.grows, "turns" if one.may_turn else "stays", one.owner or "-"]
        for kind, one in CHART.items()
    ]
    assert shown == [line.split() for line in table.strip().splitlines()]
    assert list(CHART) == list(Kind)
    assert all(one.meaning for one in CHART.values())
    assert len({one.meaning for one in CHART.values()}) == len(CHART)


@pytest.mark.parametrize("kind", list(Kind))
def test_an_account_has_an_owner_exactly_where_the_chart_says(kind: Kind) -> None:
    owner = PersonId("x:y")
    fits, wrong = (owner, None) if CHART[kind].owner else (None, owner)
    with pytest.raises(AssertionError):
        Account(kind, wrong)
    named = Account(kind, fits)
    assert str(named) == (f"{kind}:x:y" if fits else kind)
    assert Account.parse(str(named)) == named
    assert isinstance(Account.parse(str(named)).owner, PersonId if fits else type(None))


@pytest.mark.parametrize("amount", [0, -1])
def test_a_leg_moves_more_than_nothing(amount: int) -> None:
    with pytest.raises(AssertionError):
        Leg(CHARGE_CLEARING, ESCROW, usd(amount), PAID)


def test_a_leg_moves_between_two_accounts() -> None:
    with pytest.raises(AssertionError):
        Leg(ESCROW, ESCROW, usd(1), PAID)


def test_there_is_no_leg_for_nothing_and_no_entry_without_a_leg() -> None:
    assert leg(BANK, STRIPE_BALANCE, usd(0), None) is None
    assert entry("key", "what", PAID, NOON, None, None) == ()


def test_an_entry_holds_the_legs_that_carry_an_amount() -> None:
    moved = leg(BANK, STRIPE_BALANCE, usd(1), PAID)
    assert moved == Leg(BANK, STRIPE_BALANCE, usd(1), PAID)
    (made,) = entry("key", "what", PAID, NOON, None, moved)
    assert (made.key, made.what, made.subject, made.at, made.legs, made.cash) == (
        "key",
        "what",
        PAID,
        NOON,
        (moved,),
        None,
    )


def test_an_entry_names_the_payments_it_touches_and_a_loose_leg_none() -> None:
    assert an_entry(a_leg(), a_leg(payment_id=OTHER), a_leg(payment_id=None)).payments == {PAID, OTHER}


def test_an_account_grows_on_its_side_and_shrinks_on_the_other() -> None:
    after = Balances(USD).after([an_entry(Leg(CHARGE_CLEARING, ESCROW, usd(10), PAID))])
    assert held(after) == {"charge_clearing": 10, "escrow": 10}
    assert held(after.after([an_entry(Leg(ESCROW, CHARGE_CLEARING, usd(4), PAID))])) == {
        "charge_clearing": 6,
        "escrow": 6,
    }
    assert held(after) == {"charge_clearing": 10, "escrow": 10}


def test_balances_of_one_payment_count_its_legs_alone() -> None:
    mixed = [
        an_entry(a_leg(amount=usd(1)), a_leg(amount=usd(2), payment_id=OTHER), a_leg(amount=usd(4), payment_id=None))
    ]
    assert held(Balances(USD).after(mixed)) == {"charge_clearing": 7, "escrow": 7}
    assert held(Balances(USD).after(mixed, PAID)) == {"charge_clearing": 1, "escrow": 1}
    assert held(Balances(USD).after(mixed, OTHER)) == {"charge_clearing": 2, "escrow": 2}


def test_balances_count_one_currency() -> None:
    euro = Money(5, CURRENCIES["EUR"])
    assert held(Balances(USD).after([an_entry(a_leg(amount=euro))])) == {}
    assert Balances(euro.currency).after([an_entry(a_leg(amount=euro))])[ESCROW] == euro


def test_an_account_that_was_never_used_holds_nothing() -> None:
    assert Balances(USD)[ESCROW] == usd(0)


def test_balances_are_equal_if_the_same_is_held_and_nothing_is_held_alike() -> None:
    assert books(escrow=1) == books(escrow=1, bank=0)
    assert books(escrow=1) != books(escrow=2)
    assert books(escrow=1) != {"escrow": 1}
    with pytest.raises(TypeError):
        hash(books())


def test_balances_stand_in_the_charts_order_and_by_owner_and_empty_ones_are_left_out() -> None:
    zoe = Account(Kind.TEACHER_PAYABLE, PersonId("zoe"))
    anna = Account(Kind.TEACHER_PAYABLE, ANNA)
    some = Balances(USD, {zoe: 3, PLATFORM_FEE: 4, BANK: 0, anna: 2, STRIPE_BALANCE: -1})
    assert [account for account, _ in some.items()] == [STRIPE_BALANCE, anna, zoe, PLATFORM_FEE]
    assert repr(some) == (
        "Balances(stripe_balance=-0.01 USD, teacher_payable:anna=0.02 USD, teacher_payable:zoe=0.03 USD, "
        "platform_fee=0.04 USD)"
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_an_account_stands_on_the_wrong_side_below_nothing_unless_it_may_turn(kind: Kind) -> None:
    below = () if CHART[kind].may_turn else ((account(kind), usd(-1)),)
    assert books(**{kind.value: -1}).wrong_sides() == below
    assert books(**{kind.value: 0}).wrong_sides() == ()
    assert books(**{kind.value: 1}).wrong_sides() == ()


KINDS = st.sampled_from(Kind)


@given(st.lists(st.tuples(KINDS, KINDS, st.integers(1, 10**6)).filter(lambda one: one[0] is not one[1]), max_size=20))
def test_debits_equal_credits_after_any_entries(moves: list[tuple[Kind, Kind, int]]) -> None:
    entries = [an_entry(Leg(account(debit), account(credit), usd(amount), PAID)) for debit, credit, amount in moves]
    sides = {"debit": 0, "credit": 0}
    for one, money in Balances(USD).after(entries).items():
        sides[CHART[one.kind].grows] += money.amount_minor
    assert sides["debit"] == sides["credit"]
