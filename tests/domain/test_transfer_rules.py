"""A teacher's earning: planned, held, set aside, sent, and written down as Stripe tells it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import transfer_rules as rules
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.decision import SYSTEM, Actor, Decision
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.events.transfer import (
    TransferCancelled,
    TransferCashed,
    TransferCreated,
    TransferHeld,
    TransferParked,
    TransferRejected,
    TransferReleased,
    TransferReserved,
    TransferReversed,
    TransferScheduled,
    TransferUnknown,
)
from linguapay_core.domain.identifiers import PaymentId, TransferId
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.seen import SeenTransfer
from linguapay_core.domain.transfer import (
    LIFTED_BY_ITSELF,
    OPEN,
    TRANSFER,
    Hold,
    Reversal,
    Transfer,
    TransferState,
    TransferTrigger,
    next_look,
)
from linguapay_core.testing.builders import CARLA, NOON, a_succeeded_payment, a_transfer, usd
from tests.domain import told
from tests.domain.reading import books, events, keys, legs, said
from tests.domain.reading import facts as facts_of

S = TransferState
CARLA_ACTS = Actor(Role.ADMIN, CARLA)
DUE = NOON + timedelta(days=7)
LATER = DUE + timedelta(minutes=1)
PAYMENT = a_succeeded_payment()


def counted(transfer_reserved: int = 0, transferred: int = 0, sent_back: int = 0) -> Payment:
    """The succeeded payment, with these counters of its teacher's."""
    counters = replace(
        PAYMENT.counters,
        transfer_reserved=usd(transfer_reserved),
        transferred=usd(transferred),
        sent_back=usd(sent_back),
    )
    return replace(PAYMENT, counters=counters)


def payment_of(decision: Decision[object]) -> Payment:
    """The builders' payment among what changed."""
    (payment,) = (one for one in decision.changed if isinstance(one, Payment) and one.id == PAYMENT.id)
    return payment


def twice(transfer: Transfer, payment: Payment, held: Balances, news: SeenTransfer) -> Decision[Transfer]:
    """Take news over, and expect nothing of the same news again."""
    decision = rules.seen(transfer, payment, held, news, at=LATER)
    now = next((one for one in decision.changed if isinstance(one, Payment)), payment)
    assert not rules.seen(decision.record, now, held.after(decision.entries, payment.id), news, at=LATER)
    return decision


def test_a_transfer_is_planned_without_an_amount() -> None:
    decision = rules.schedule(TransferId.of(1), PAYMENT, pay_at=DUE, at=NOON)
    assert decision.record == a_transfer(amount=usd(0))
    assert decision.changed == (decision.record,)
    assert events(decision) == [said(TransferScheduled(PAYMENT.id, DUE), "system", NOON)]
    assert decision.record.due_at == DUE


@pytest.mark.parametrize("reason", list(Hold))
def test_a_hold_says_why_and_is_looked_at_again_if_it_can_lift_itself(reason: Hold) -> None:
    decision = rules.hold(a_transfer(), reason, by=CARLA_ACTS, at=NOON)
    wait = timedelta(minutes=10 if reason is Hold.ACCOUNT_NOT_READY else 60)
    look = NOON + wait if reason in LIFTED_BY_ITSELF else None
    assert decision.record == a_transfer(state=S.ON_HOLD, hold=reason, look_at=look)
    assert events(decision) == [said(TransferHeld(reason), "admin carla", NOON, reason)]
    assert decision.record.due_at == look
    assert not rules.hold(decision.record, reason, by=SYSTEM, at=NOON)


def test_holding_on_for_the_same_reason_only_moves_the_next_look() -> None:
    held = a_transfer(state=S.ON_HOLD, hold=Hold.CONTESTED, look_at=NOON)
    assert not rules.hold(held, Hold.CONTESTED, by=SYSTEM, at=NOON - timedelta(seconds=1))
    decision = rules.hold(held, Hold.CONTESTED, by=SYSTEM, at=NOON)
    assert decision.changed == (replace(held, look_at=NOON + timedelta(hours=1)),)
    assert decision.events == ()


def test_what_an_admin_holds_only_an_admin_moves() -> None:
    held = a_transfer(state=S.ON_HOLD, hold=Hold.BY_ADMIN)
    assert not rules.hold(held, Hold.CONTESTED, by=SYSTEM, at=NOON)
    assert rules.hold(held, Hold.REVERSED, by=CARLA_ACTS, at=NOON).record.hold is Hold.REVERSED


def test_another_reason_is_told() -> None:
    held = a_transfer(state=S.ON_HOLD, hold=Hold.CONTESTED, look_at=NOON)
    assert facts_of(rules.hold(held, Hold.BY_ADMIN, by=CARLA_ACTS, at=NOON)) == [TransferHeld("by_admin")]


def test_the_holds_that_lift_themselves_are_these() -> None:
    assert {str(hold) for hold in LIFTED_BY_ITSELF} == {
        "account_not_ready",
        "refund_request_open",
        "contested",
        "disputed",
    }
    assert {str(state) for state in OPEN} == {"scheduled", "on_hold", "reserved", "unknown", "parked"}


@pytest.mark.parametrize("state", [S.RESERVED, S.UNKNOWN, S.PARKED, S.CREATED, S.CANCELLED])
def test_what_is_on_its_way_or_over_cant_be_held_or_released(state: TransferState) -> None:
    acts: tuple[Callable[[Transfer], object], ...] = (
        lambda one: rules.hold(one, Hold.BY_ADMIN, by=CARLA_ACTS, at=NOON),
        lambda one: rules.release(one, by=CARLA_ACTS, at=NOON),
    )
    for act in acts:
        with pytest.raises(Refused) as refusal:
            act(a_transfer(state=state))
        assert refusal.value.rule == f"transfer_{state}"


@pytest.mark.parametrize(("at", "pay_at"), [(NOON, DUE), (LATER, LATER)], ids=["before it is due", "after"])
def test_a_released_transfer_is_paid_when_due_or_now(at: object, pay_at: object) -> None:
    held = a_transfer(state=S.ON_HOLD, hold=Hold.BY_ADMIN, look_at=NOON)
    decision = rules.release(held, by=CARLA_ACTS, at=at)  # type: ignore[arg-type]
    assert decision.record == a_transfer(pay_at=pay_at)
    assert events(decision) == [said(TransferReleased(), "admin carla", at)]  # type: ignore[arg-type]
    assert rules.release(decision.record, by=CARLA_ACTS, at=LATER) == Decision(decision.record)


def test_reserving_fixes_the_amount_and_owes_the_call() -> None:
    decision = rules.reserve(a_transfer(look_at=NOON), PAYMENT, books(teacher_payable=2900), [], at=DUE)
    transfer = decision.record
    assert transfer == a_transfer(state=S.RESERVED, amount=usd(2900), reservations=1)
    assert decision.changed == (transfer, counted(transfer_reserved=2900))
    assert events(decision) == [said(TransferReserved(2900, 0, "USD"), "system", DUE)]
    assert legs(decision.entries) == ["teacher_payable transfer_clearing 2900"]
    assert keys(decision.entries) == [f"transfer {transfer.id} reserved 1"]
    (owed,) = decision.effects
    assert (owed.id, owed.kind) == (f"create_transfer:{transfer.id}:1", EffectKind.CREATE_TRANSFER)
    assert (owed.subject, owed.payment_id, owed.due_at) == (transfer.id, PAYMENT.id, DUE)
    assert not rules.reserve(transfer, payment_of(decision), books(), [], at=DUE)
    assert transfer.due_at is None


def test_protection_is_waited_for_to_the_second() -> None:
    with pytest.raises(Refused) as refusal:
        rules.reserve(a_transfer(), PAYMENT, books(teacher_payable=1), [], at=DUE - timedelta(seconds=1))
    assert (refusal.value.rule, refusal.value.reason) == (
        "protection_runs",
        "A transfer waits until 2030-01-08 12:00 UTC.",
    )


@pytest.mark.parametrize("state", [state for state in TransferState if state is not S.SCHEDULED])
def test_only_a_planned_transfer_is_reserved(state: TransferState) -> None:
    transfer = a_transfer(state=state)
    assert rules.reserve(transfer, PAYMENT, books(teacher_payable=1), [], at=DUE) == Decision(transfer)


def test_a_transfer_of_nothing_is_cancelled() -> None:
    decision = rules.reserve(a_transfer(), PAYMENT, books(), [], at=DUE)
    assert decision.record == a_transfer(state=S.CANCELLED, reservations=1)
    assert decision.changed == (decision.record, PAYMENT)
    assert events(decision) == [said(TransferCancelled(), "system", DUE, "nothing_left")]
    assert (decision.entries, decision.effects) == ((), ())


SECOND = a_succeeded_payment(id=PaymentId.of(2))


def test_what_the_teacher_owes_is_kept_back_the_oldest_first_and_the_rest_is_sent() -> None:
    euro = a_succeeded_payment(id=PaymentId.of(3), parts=PAYMENT.parts.none(CURRENCIES["EUR"]))
    owing = [(PAYMENT, usd(100)), (euro, Money(5, CURRENCIES["EUR"])), (SECOND, usd(400))]
    decision = rules.reserve(a_transfer(), PAYMENT, books(teacher_payable=3000), owing, at=DUE)
    assert decision.record.amount == usd(2500)
    assert decision.changed == (decision.record, SECOND, counted(transfer_reserved=2500))
    assert facts_of(decision) == [TransferReserved(2500, 500, "USD")]
    assert legs(decision.entries) == [
        "teacher_payable teacher_netting 100",
        "teacher_netting teacher_receivable 100",
        "teacher_payable teacher_netting 400",
        "teacher_netting teacher_receivable 400",
        "teacher_payable transfer_clearing 2500",
    ]
    assert [leg.payment_id for entry in decision.entries for leg in entry.legs] == [
        *[PAYMENT.id] * 3, SECOND.id, PAYMENT.id,
    ]  # fmt: skip
    assert {entry.at for entry in decision.entries} == {DUE}


def test_no_more_is_kept_back_than_was_earned() -> None:
    owing = [(SECOND, usd(400)), (PAYMENT, usd(400))]
    decision = rules.reserve(a_transfer(), PAYMENT, books(teacher_payable=300), owing, at=DUE)
    assert decision.record.state is S.CANCELLED
    assert decision.changed == (decision.record, SECOND, PAYMENT)
    assert legs(decision.entries) == ["teacher_payable teacher_netting 300", "teacher_netting teacher_receivable 300"]
    assert decision.effects == ()


@pytest.mark.parametrize("state", [S.RESERVED, S.UNKNOWN, S.PARKED])
def test_what_stripe_made_is_sent_and_no_more_reserved(state: TransferState) -> None:
    decision = twice(a_transfer(state=state), counted(transfer_reserved=3000), books(), told.transfer())
    transfer = decision.record
    assert transfer == a_transfer(state=S.CREATED, stripe_id="tr_1", cash_id="txn_transfer")
    assert payment_of(decision) == counted(transferred=3000)
    assert events(decision) == [
        said(TransferCreated("tr_1"), "stripe", LATER),
        said(TransferCashed("txn_transfer", -3000), "stripe", LATER),
    ]
    assert legs(decision.entries) == ["transfer_clearing stripe_balance 3000"]
    assert (decision.entries[0].key, decision.entries[0].subject) == ("cash txn_transfer", transfer.id)
    assert decision.entries[0].payments == {PAYMENT.id}


def test_the_cash_of_a_transfer_may_come_later() -> None:
    sent = twice(a_transfer(state=S.RESERVED), counted(transfer_reserved=3000), books(), told.transfer(cash=None))
    assert (sent.record.cash_id, sent.record.look_at, sent.entries) == ("", LATER + timedelta(minutes=10), ())
    later = twice(sent.record, counted(transferred=3000), books(), told.transfer())
    assert later.record == replace(sent.record, cash_id="txn_transfer", look_at=None)
    assert later.changed == (counted(transferred=3000), later.record)
    assert facts_of(later) == [TransferCashed("txn_transfer", -3000)]


HELD_AFTER_ALL = said(TransferHeld("by_admin"), "system", LATER, "found_after_all")
FOUND_AFTER_ALL = said(AlarmRaised("rejected_transfer_found"), "system", LATER, "tr_1 was made after all")


@pytest.mark.parametrize(
    ("state", "after", "news"),
    [
        (S.SCHEDULED, S.ON_HOLD, [HELD_AFTER_ALL, FOUND_AFTER_ALL]),
        (S.ON_HOLD, S.ON_HOLD, [HELD_AFTER_ALL, FOUND_AFTER_ALL]),
        (S.CANCELLED, S.CANCELLED, [FOUND_AFTER_ALL]),
    ],
)
def test_a_transfer_that_stripe_made_after_all_waits_for_a_person(
    state: TransferState, after: TransferState, news: list[object]
) -> None:
    transfer = a_transfer(state=state)
    found = told.transfer(reversals=(told.reversal(),))
    decision = rules.seen(transfer, PAYMENT, books(), found, at=LATER)
    assert decision.record.state is after
    assert [one.id for one in decision.changed if isinstance(one, Alarm)] == [f"rejected_transfer_found:{transfer.id}"]
    assert events(decision) == news
    assert (decision.entries, decision.effects) == ((), ())
    again = rules.seen(decision.record, PAYMENT, books(), found, at=LATER)
    assert {type(one) for one in again.changed} == {Alarm}
    assert {type(one.fact) for one in again.events} == {AlarmRaised}


def test_another_amount_at_stripe_raises_an_alarm() -> None:
    decision = twice(a_transfer(state=S.RESERVED), counted(transfer_reserved=3000), books(), told.transfer(2999))
    detail = "29.99 USD at Stripe, 30.00 USD here"
    assert said(AlarmRaised("transfer_amount_differs"), "system", LATER, detail) in events(decision)


SENT = a_transfer(state=S.CREATED, stripe_id="tr_1", cash_id="txn_transfer")


def test_a_reversal_is_counted_and_its_cash_is_payable_again() -> None:
    decision = twice(SENT, counted(transferred=3000), books(), told.transfer(reversals=(told.reversal(),)))
    assert decision.record == replace(SENT, reversals=(Reversal("trr_1", usd(900), "txn_trr_1"),))
    assert payment_of(decision) == counted(transferred=3000, sent_back=900)
    assert events(decision) == [said(TransferReversed("trr_1", 900), "stripe", LATER)]
    assert legs(decision.entries) == ["stripe_balance teacher_payable 900"]


def test_two_reversals_relieve_what_is_owed_once() -> None:
    both = (told.reversal(900), told.reversal(500, "trr_2"))
    decision = twice(SENT, counted(transferred=3000), books(teacher_receivable=1000), told.transfer(reversals=both))
    assert legs(decision.entries) == [
        "stripe_balance teacher_receivable 900",
        "stripe_balance teacher_receivable 100",
        "stripe_balance teacher_payable 400",
    ]
    assert payment_of(decision).counters.sent_back == usd(1400)
    assert [one.id for one in decision.record.reversals] == ["trr_1", "trr_2"]


def test_a_reversal_without_cash_is_counted_once_and_booked_when_the_cash_is_there() -> None:
    bare = replace(told.reversal(), cash=None)
    first = twice(SENT, counted(transferred=3000), books(), told.transfer(reversals=(bare,)))
    assert (first.entries, first.record.look_at) == ((), LATER + timedelta(minutes=10))
    assert first.record.reversals == (Reversal("trr_1", usd(900)),)
    back = payment_of(first)
    second = twice(first.record, back, books(), told.transfer(reversals=(told.reversal(),)))
    assert payment_of(second) == back
    assert (second.events, second.record.look_at) == ((), None)
    assert legs(second.entries) == ["stripe_balance teacher_payable 900"]
    assert not rules.seen(second.record, back, books(), told.transfer(reversals=(bare,)), at=LATER)


@pytest.mark.parametrize("state", [S.RESERVED, S.UNKNOWN, S.PARKED])
def test_a_refusal_makes_the_earning_payable_again_and_is_tried_later(state: TransferState) -> None:
    decision = rules.rejected(
        a_transfer(state=state, reservations=1), counted(transfer_reserved=3000), "balance", at=LATER
    )
    assert decision.record == a_transfer(amount=usd(0), reservations=1, rejections=1, pay_at=LATER + timedelta(hours=6))
    assert payment_of(decision) == PAYMENT
    assert events(decision) == [said(TransferRejected("balance"), "stripe", LATER)]
    assert legs(decision.entries) == ["transfer_clearing teacher_payable 3000"]
    assert keys(decision.entries) == [f"transfer {TransferId.of(1)} released 1"]
    assert decision.entries[0].at == LATER
    assert rules.rejected(decision.record, PAYMENT, "balance", at=LATER) == Decision(decision.record)


def test_the_third_refusal_waits_for_a_person() -> None:
    often = a_transfer(state=S.RESERVED, reservations=3, rejections=1)
    assert rules.rejected(often, counted(transfer_reserved=3000), "balance", at=LATER).record.state is S.SCHEDULED
    decision = rules.rejected(
        replace(often, rejections=2), counted(transfer_reserved=3000), "balance", by=CARLA_ACTS, at=LATER
    )
    assert (decision.record.state, decision.record.hold) == (S.ON_HOLD, Hold.REFUSED_BY_STRIPE)
    assert (decision.record.rejections, decision.record.look_at) == (3, None)
    assert events(decision) == [
        said(TransferRejected("balance"), "admin carla", LATER),
        said(TransferHeld("refused_by_stripe"), "system", LATER, "refused_by_stripe"),
        said(AlarmRaised("transfer_refused"), "system", LATER, "Stripe refused 3 times: balance"),
    ]
    assert sum(isinstance(one, Transfer) for one in decision.changed) == 1
    assert legs(decision.entries) == ["transfer_clearing teacher_payable 3000"]


@pytest.mark.parametrize("state", list(TransferState))
def test_unknown_parked_and_retried_follow_the_table_and_move_no_money(state: TransferState) -> None:
    transfer = a_transfer(state=state)
    lost, parked, retried = (
        rules.lost(transfer, at=LATER),
        rules.parked(transfer, "nobody knows", at=LATER),
        rules.retried(transfer),
    )
    assert lost.record.state is TRANSFER.table[state].get(TransferTrigger.LOSE, state)
    assert parked.record.state is TRANSFER.table[state].get(TransferTrigger.PARK, state)
    assert retried.record.state is TRANSFER.table[state].get(TransferTrigger.RETRY, state)
    assert events(lost) == ([said(TransferUnknown(), "system", LATER)] if lost else [])
    assert retried.events == ()
    for decision in (lost, parked, retried):
        assert bool(decision) is (decision.record.state is not state)
        assert not decision.entries
        assert not decision.effects
        assert not decision or decision.record in decision.changed
    if parked:
        assert events(parked) == [
            said(TransferParked("nobody knows"), "system", LATER),
            said(AlarmRaised("transfer_parked"), "system", LATER, "nobody knows"),
        ]


@pytest.mark.parametrize("state", list(TransferState))
def test_stripe_is_asked_again_while_cash_is_awaited(state: TransferState) -> None:
    awaited = NOON + timedelta(minutes=10) if state is S.CREATED else None
    assert next_look(a_transfer(state=state), at=NOON) == awaited
    assert next_look(replace(SENT, state=state), at=NOON) is None
    assert next_look(replace(SENT, state=state, reversals=(Reversal("trr_1", usd(1)),)), at=NOON) == awaited


def test_the_next_look_moves_when_it_was_due() -> None:
    waiting = replace(SENT, cash_id="", look_at=LATER)
    decision = rules.seen(waiting, PAYMENT, books(), told.transfer(cash=None), at=LATER)
    assert decision.changed == (replace(waiting, look_at=LATER + timedelta(minutes=10)),)
    early = replace(waiting, look_at=LATER + timedelta(seconds=1))
    assert not rules.seen(early, PAYMENT, books(), told.transfer(cash=None), at=LATER)


def test_what_a_transfer_sends_is_not_known_until_it_is_fixed() -> None:
    assert a_transfer().sends == usd(3000)
    assert a_transfer(amount=usd(0)).sends is None
