"""Money is set aside before Stripe is asked, and follows Stripe's word whatever the order of the news."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linguapay_core.domain import left_over
from linguapay_core.domain import refund_rules as rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.events.refund import (
    CreditPaidByBank,
    RefundCashed,
    RefundCredited,
    RefundFailed,
    RefundParked,
    RefundPending,
    RefundRejected,
    RefundReserved,
    RefundSucceeded,
    RefundUnknown,
)
from linguapay_core.domain.identifiers import PaymentId, RefundId, RefundRequestId
from linguapay_core.domain.ledger import ESCROW, Balances
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money, Parts
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import REFUND, Refund, RefundState, RefundTrigger, Taken, next_look
from linguapay_core.domain.seen import RefundStatus, SeenRefund
from linguapay_core.testing.builders import CARLA, NOON, a_refund, a_succeeded_payment, usd
from tests.domain import told
from tests.domain.reading import account, books, events, keys, legs, said, times
from tests.domain.reading import facts as facts_of

S = RefundState
CARLA_ACTS = Actor(Role.ADMIN, CARLA)
LATER = NOON + timedelta(minutes=1)
TEN_FIFTY = Parts(usd(1000), usd(50))
PENDING, SUCCEEDED, FAILED = RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED


def counted(**parts: Parts) -> Payment:
    """The succeeded payment, with these counters."""
    payment = a_succeeded_payment()
    return replace(payment, counters=replace(payment.counters, **parts))  # type: ignore[arg-type]


RESERVED = counted(reserved=TEN_FIFTY)
REFUNDED = counted(refunded=TEN_FIFTY)
IN_CLEARING = books(escrow=2100, refund_clearing=1050)


def payment_of(decision: Decision[object]) -> Payment:
    """The payment among what changed."""
    (payment,) = (one for one in decision.changed if isinstance(one, Payment))
    return payment


def twice(refund: Refund, payment: Payment, held: Balances, news: SeenRefund, at: datetime = LATER) -> Decision[Refund]:
    """Take news over, and expect nothing of the same news again."""
    decision = rules.seen(refund, payment, held, news, lesson_given=True, at=at)
    now = next((one for one in decision.changed if isinstance(one, Payment)), payment)
    again = rules.seen(decision.record, now, held.after(decision.entries, payment.id), news, lesson_given=True, at=at)
    assert not again
    assert again.record == decision.record
    return decision


def test_reserving_sets_money_aside_and_owes_the_call() -> None:
    payment = a_succeeded_payment()
    request_id = RefundRequestId.of(3)
    decision = rules.reserve(
        RefundId.of(2),
        payment,
        books(escrow=3150),
        TEN_FIFTY,
        rule="because",
        request_id=request_id,
        by=CARLA_ACTS,
        at=NOON,
    )
    refund = decision.record
    assert refund == a_refund(id=RefundId.of(2), rule="because", request_id=request_id)
    assert decision.changed == (refund, RESERVED)
    fact = RefundReserved(payment.id, 1000, 50, "USD", "because")
    assert events(decision) == [said(fact, "admin carla", NOON, "because")]
    assert legs(decision.entries) == ["escrow refund_clearing 1000", "escrow refund_clearing 50"]
    assert decision.entries[0].at == NOON
    (owed,) = decision.effects
    assert (owed.id, owed.kind) == (f"create_refund:{refund.id}", EffectKind.CREATE_REFUND)
    assert (owed.subject, owed.payment_id, owed.due_at) == (refund.id, payment.id, NOON)


def test_what_the_platform_bears_is_goodwill() -> None:
    decision = rules.reserve(
        RefundId.of(2), a_succeeded_payment(), books(teacher_payable=3000, platform_fee=150), TEN_FIFTY,
        rule="because", platform_bears=True, by=CARLA_ACTS, at=NOON,
    )  # fmt: skip
    assert legs(decision.entries) == ["goodwill refund_clearing 1000", "platform_fee refund_clearing 50"]
    assert decision.record.request_id is None


def test_the_teacher_bears_a_refund_of_the_earning_unless_the_platform_said_so() -> None:
    decision = rules.reserve(
        RefundId.of(2), a_succeeded_payment(), books(teacher_payable=3000, platform_fee=150), TEN_FIFTY,
        rule="because", by=CARLA_ACTS, at=NOON,
    )  # fmt: skip
    assert legs(decision.entries) == ["teacher_payable refund_clearing 1000", "platform_fee refund_clearing 50"]


@pytest.mark.parametrize(("price", "fee"), [(3001, 0), (0, 151), (3001, 151)])
def test_more_than_is_left_of_either_part_is_refused(price: int, fee: int) -> None:
    with pytest.raises(Refused) as refusal:
        rules.reserve(
            RefundId.of(2), a_succeeded_payment(), books(escrow=3150), Parts(usd(price), usd(fee)),
            rule="because", by=CARLA_ACTS, at=NOON,
        )  # fmt: skip
    assert refusal.value.rule == "exceeds_what_is_left"
    total = usd(price + fee)
    assert refusal.value.reason == f"{total} is more than what is left of this payment, 31.50 USD."
    assert refusal.value.way_out == "Refund at most 31.50 USD."


def test_all_that_is_left_can_go_back() -> None:
    everything = Parts(usd(3000), usd(150))
    decision = rules.reserve(
        RefundId.of(2), a_succeeded_payment(), books(escrow=3150), everything, rule="because", by=CARLA_ACTS, at=NOON
    )
    assert not payment_of(decision).counters.left


NEWS = [
    (PENDING, S.PENDING, RefundPending("re_1")),
    (SUCCEEDED, S.SUCCEEDED, RefundSucceeded("re_1")),
    (FAILED, S.FAILED, RefundFailed("closed_account")),
]


@pytest.mark.parametrize("state", [S.RESERVED, S.UNKNOWN, S.PARKED])
@pytest.mark.parametrize(("status", "now", "fact"), NEWS, ids=[str(status) for status, _, _ in NEWS])
def test_what_stripe_took_on_is_refunded_and_no_more_reserved(
    state: RefundState, status: RefundStatus, now: RefundState, fact: Fact
) -> None:
    news = told.refund(status, failure_reason="closed_account" if status is FAILED else "")
    decision = twice(a_refund(state=state), RESERVED, IN_CLEARING, news)
    refund = decision.record
    assert (refund.state, refund.stripe_id, refund.cash_id) == (now, "re_1", "txn_refund")
    assert refund.failure_reason == news.failure_reason
    assert payment_of(decision) == REFUNDED
    assert events(decision) == [
        said(fact, "stripe", LATER),
        said(RefundCashed("txn_refund", -1050), "stripe", LATER),
    ]
    assert legs(decision.entries) == ["refund_clearing stripe_balance 1050"]
    assert keys(decision.entries) == ["cash txn_refund"]
    assert (decision.entries[0].subject, decision.entries[0].payments) == (refund.id, frozenset({PaymentId.of(1)}))
    assert decision.effects == ()


def test_success_after_pending_moves_no_counter_again() -> None:
    pending = twice(a_refund(), RESERVED, IN_CLEARING, told.refund(PENDING, cash=None)).record
    assert pending.look_at == LATER + timedelta(minutes=10)
    decision = twice(pending, REFUNDED, IN_CLEARING, told.refund())
    assert payment_of(decision) == REFUNDED
    assert (decision.record.state, decision.record.look_at) == (S.SUCCEEDED, None)


def test_a_refund_that_fails_without_cash_is_released_at_once() -> None:
    for state, payment in ((S.RESERVED, RESERVED), (S.PENDING, REFUNDED), (S.SUCCEEDED, REFUNDED)):
        refund = a_refund(state=state, stripe_id="" if state is S.RESERVED else "re_1")
        decision = twice(refund, payment, IN_CLEARING, told.refund(FAILED, cash=None, failure_reason="lost"))
        assert (decision.record.state, decision.record.taken, decision.record.failure_reason) == (S.FAILED, (), "lost")
        assert payment_of(decision) == a_succeeded_payment()
        assert facts_of(decision) == [RefundFailed("lost")]
        assert times(decision) == {LATER}
        assert legs(decision.entries) == ["refund_clearing escrow 1050"]
        assert [one.id for one in decision.changed].count(refund.id) == 1


CREDITED = counted(credit=TEN_FIFTY)
RETURN = told.cash("txn_return", 1050, kind="refund_failure")


def test_a_refund_that_fails_after_its_cash_moved_is_owed_to_the_student() -> None:
    sent = twice(a_refund(), RESERVED, IN_CLEARING, told.refund()).record
    decision = twice(sent, REFUNDED, books(escrow=2100), told.refund(FAILED, returned=RETURN, failure_reason="lost"))
    refund = decision.record
    assert (refund.state, refund.returned_id, refund.look_at) == (S.FAILED, "txn_return", None)
    assert refund.taken == a_refund().taken
    assert payment_of(decision) == CREDITED
    assert events(decision) == [
        said(RefundFailed("lost"), "stripe", LATER),
        said(RefundCashed("txn_return", 1050), "stripe", LATER),
        said(RefundCredited(1050), "stripe", LATER),
    ]
    assert legs(decision.entries) == ["stripe_balance refund_clearing 1050", "refund_clearing student_credit 1050"]
    assert keys(decision.entries) == ["cash txn_return", f"refund {refund.id} credited"]
    assert decision.entries[1].at == LATER


def test_a_failure_waits_for_the_cash_to_come_back() -> None:
    failed = twice(
        a_refund(state=S.SUCCEEDED, stripe_id="re_1", cash_id="txn_refund"), REFUNDED, books(), told.refund(FAILED)
    )
    assert (failed.record.state, failed.record.look_at) == (S.FAILED, LATER + timedelta(minutes=10))
    assert payment_of(failed) == REFUNDED
    assert failed.entries == ()
    decision = twice(failed.record, REFUNDED, books(), told.refund(FAILED, returned=RETURN))
    assert payment_of(decision) == CREDITED
    assert facts_of(decision) == [RefundCashed("txn_return", 1050), RefundCredited(1050)]


def test_everything_told_at_once_is_everything_told_in_order() -> None:
    at_once = twice(a_refund(), RESERVED, IN_CLEARING, told.refund(FAILED, returned=RETURN, failure_reason="lost"))
    assert payment_of(at_once) == CREDITED
    assert legs(at_once.entries) == [
        "refund_clearing stripe_balance 1050",
        "stripe_balance refund_clearing 1050",
        "refund_clearing student_credit 1050",
    ]
    assert sorted(one.id for one in at_once.changed) == [PaymentId.of(1), a_refund().id]


def test_cash_of_a_refund_that_had_failed_without_any_waits_in_suspense_for_a_person() -> None:
    released = a_refund(state=S.FAILED, stripe_id="re_1", taken=())
    decision = twice(released, a_succeeded_payment(), books(escrow=3150), told.refund(FAILED))
    assert legs(decision.entries) == ["suspense stripe_balance 1050"]
    assert payment_of(decision) == a_succeeded_payment()
    detail = "txn_refund moved after the refund had come to nothing"
    assert events(decision)[1:] == [said(AlarmRaised("cash_of_failed_refund"), "system", LATER, detail)]
    back = twice(decision.record, a_succeeded_payment(), books(escrow=3150), told.refund(FAILED, returned=RETURN))
    assert legs(back.entries) == ["stripe_balance suspense 1050"]
    assert payment_of(back) == a_succeeded_payment()
    assert events(back) == [said(RefundCashed("txn_return", 1050), "stripe", LATER)]
    assert back.record.returned_id == "txn_return"


def test_a_return_is_booked_only_after_a_failure_and_after_the_cash() -> None:
    sent = a_refund(state=S.SUCCEEDED, stripe_id="re_1", cash_id="txn_refund")
    assert not rules.seen(sent, REFUNDED, books(), told.refund(SUCCEEDED, returned=RETURN), lesson_given=True, at=LATER)
    failed = a_refund(state=S.FAILED, stripe_id="re_1")
    assert not rules.seen(
        failed, REFUNDED, books(), told.refund(FAILED, cash=None, returned=RETURN), lesson_given=True, at=LATER
    )


@pytest.mark.parametrize(("status", "state"), [(PENDING, S.SUCCEEDED), (PENDING, S.FAILED), (SUCCEEDED, S.FAILED)])
def test_old_news_changes_nothing(status: RefundStatus, state: RefundState) -> None:
    refund = a_refund(state=state, stripe_id="re_1", cash_id="txn_refund")
    assert not rules.seen(refund, REFUNDED, books(), told.refund(status), lesson_given=True, at=LATER)


def test_another_amount_at_stripe_raises_an_alarm_once() -> None:
    decision = twice(a_refund(), RESERVED, IN_CLEARING, told.refund(amount=1000))
    detail = "10.00 USD at Stripe, 10.50 USD here"
    assert events(decision)[-1] == said(AlarmRaised("refund_amount_differs"), "system", LATER, detail)


def test_the_next_look_moves_when_it_was_due() -> None:
    waiting = a_refund(state=S.PENDING, stripe_id="re_1", look_at=LATER)
    news = told.refund(PENDING, cash=None)
    assert not rules.seen(waiting, REFUNDED, books(), news, lesson_given=True, at=LATER - timedelta(seconds=1))
    decision = rules.seen(waiting, REFUNDED, books(), news, lesson_given=True, at=LATER)
    assert decision.changed == (replace(waiting, look_at=LATER + timedelta(minutes=10)),)
    assert waiting.due_at == LATER


@pytest.mark.parametrize(
    ("state", "cash_id", "returned_id", "minutes"),
    [
        (S.RESERVED, "", "", None),
        (S.UNKNOWN, "", "", None),
        (S.PARKED, "", "", None),
        (S.PENDING, "", "", 10),
        (S.PENDING, "txn", "", 10),
        (S.SUCCEEDED, "", "", 10),
        (S.SUCCEEDED, "txn", "", None),
        (S.FAILED, "", "", None),
        (S.FAILED, "txn", "", 10),
        (S.FAILED, "txn", "txn_2", None),
        (S.REJECTED, "", "", None),
    ],
)
def test_stripe_is_asked_again_while_something_is_awaited(
    state: RefundState, cash_id: str, returned_id: str, minutes: int | None
) -> None:
    look = next_look(a_refund(state=state, cash_id=cash_id, returned_id=returned_id), at=NOON)
    assert look == (None if minutes is None else NOON + timedelta(minutes=minutes))


GIVEN_UP = a_refund(state=S.REJECTED, taken=(), failure_reason="abandoned")
FOUND = said(AlarmRaised("rejected_refund_found"), "system", LATER, "re_1 was made after all")


@pytest.mark.parametrize(("status", "now", "fact"), NEWS[:2], ids=[str(status) for status, _, _ in NEWS[:2]])
def test_a_refund_that_was_given_up_and_made_after_all_is_set_aside_again_and_refunded(
    status: RefundStatus, now: RefundState, fact: Fact
) -> None:
    decision = twice(GIVEN_UP, a_succeeded_payment(), books(escrow=3150), told.refund(status))
    assert (decision.record.state, decision.record.taken) == (now, a_refund().taken)
    assert payment_of(decision) == REFUNDED
    assert events(decision) == [
        FOUND,
        said(fact, "stripe", LATER),
        said(RefundCashed("txn_refund", -1050), "stripe", LATER),
    ]
    assert keys(decision.entries) == [f"refund {GIVEN_UP.id} reserved again", "cash txn_refund"]
    assert legs(decision.entries) == [
        "escrow refund_clearing 1000",
        "escrow refund_clearing 50",
        "refund_clearing stripe_balance 1050",
    ]
    assert decision.entries[0].at == LATER
    assert decision.effects == ()


@pytest.mark.parametrize("platform_bears", [True, False])
def test_what_went_to_the_teacher_since_is_asked_back_unless_the_platform_bears_it(platform_bears: bool) -> None:
    decision = rules.seen(
        GIVEN_UP,
        a_succeeded_payment(),
        books(teacher_payable=200, platform_fee=150),
        told.refund(cash=None),
        lesson_given=True,
        platform_bears=platform_bears,
        at=LATER,
    )
    teachers = ["teacher_payable refund_clearing 200", "teacher_receivable refund_clearing 800"]
    borne = ["goodwill refund_clearing 1000"] if platform_bears else teachers
    assert legs(decision.entries) == [*borne, "platform_fee refund_clearing 50"]


def test_a_refund_found_after_its_money_went_elsewhere_is_written_down_with_an_alarm() -> None:
    everything = counted(refunded=Parts(usd(3000), usd(150)))
    decision = twice(GIVEN_UP, everything, books(), told.refund())
    assert payment_of(decision) == counted(refunded=Parts(usd(4000), usd(200)))
    detail = "re_1 takes what has gone elsewhere since it was given up"
    assert events(decision)[:2] == [
        FOUND,
        said(AlarmRaised("adopted_refund_exceeds"), "system", LATER, detail),
    ]
    assert legs(decision.entries)[:2] == ["teacher_receivable refund_clearing 1000", "goodwill refund_clearing 50"]


def test_a_refund_that_was_given_up_and_failed_at_stripe_leaves_everything_where_it_was() -> None:
    decision = twice(GIVEN_UP, a_succeeded_payment(), books(escrow=3150), told.refund(FAILED, cash=None))
    assert (decision.record.state, decision.record.taken) == (S.FAILED, ())
    assert payment_of(decision) == a_succeeded_payment()
    assert keys(decision.entries) == [f"refund {GIVEN_UP.id} reserved again", f"refund {GIVEN_UP.id} failed"]
    returned = twice(GIVEN_UP, a_succeeded_payment(), books(escrow=3150), told.refund(FAILED, returned=RETURN))
    assert payment_of(returned) == CREDITED


@pytest.mark.parametrize(
    ("credit", "taken"),
    [
        (TEN_FIFTY, ["student_credit refund_clearing 1050"]),
        (TEN_FIFTY - Parts(usd(1), usd(0)), ["teacher_receivable refund_clearing 1000", "goodwill refund_clearing 50"]),
    ],
    ids=["there", "paid by bank since"],
)
def test_a_refund_of_credit_found_after_all_takes_the_credit_if_it_is_there(credit: Parts, taken: list[str]) -> None:
    given_up = replace(GIVEN_UP, rule="credit_refunded_again")
    everything = Parts(usd(3000), usd(150))
    payment = counted(credit=credit, refunded=everything - credit)
    decision = twice(given_up, payment, books(student_credit=credit.total.amount_minor), told.refund(cash=None))
    assert legs(decision.entries) == taken
    out_of_credit = credit == TEN_FIFTY
    assert payment_of(decision).counters.credit == (Parts(usd(0), usd(0)) if out_of_credit else credit)
    assert payment_of(decision).counters.refunded == payment.counters.refunded + TEN_FIFTY
    assert (AlarmRaised("adopted_refund_exceeds") in facts_of(decision)) is not out_of_credit


SETTLED = replace(a_succeeded_payment(), settled_at=NOON)


def again(
    refund: Refund, payment: Payment, held: Balances, *others: Refund, lesson_given: bool = False
) -> Decision[Refund]:
    """An admin wants it sent once more."""
    refunds = (refund, *others)
    return left_over.refund_again(
        RefundId.of(9), refund, payment, held, refunds, lesson_given=lesson_given, by=CARLA_ACTS, at=LATER
    )


@pytest.mark.parametrize(
    ("escrow", "parts"), [(3150, TEN_FIFTY), (1020, Parts(usd(1000), usd(20))), (900, Parts(usd(900), usd(0)))]
)
def test_what_a_refused_refund_left_of_a_cancelled_lesson_is_sent_again_once(escrow: int, parts: Parts) -> None:
    decision = again(GIVEN_UP, SETTLED, books(escrow=escrow))
    assert (decision.record.id, decision.record.parts, decision.record.rule) == (
        RefundId.of(9),
        parts,
        f"refunded_again {GIVEN_UP.id}",
    )
    assert str(decision.events[0].by) == "admin carla"
    assert times(decision) == {LATER}
    assert [one.id for one in decision.effects] == [f"create_refund:{RefundId.of(9)}"]
    with pytest.raises(Refused) as refusal:
        again(GIVEN_UP, payment_of(decision), books(refund_clearing=escrow))
    assert refusal.value.rule == "nothing_left_over"
    assert refusal.value.reason == "Nothing of this refund stands in escrow without a lesson to be given for it."
    assert refusal.value.way_out == "Approve a refund request, or send the student's credit again."


@pytest.mark.parametrize("state", list(RefundState))
def test_what_was_sent_again_is_not_sent_a_third_time_whatever_became_of_it(state: RefundState) -> None:
    """A double click would send what another refund left."""
    sent = replace(again(GIVEN_UP, SETTLED, books(escrow=3150)).record, state=state)
    with pytest.raises(Refused) as refusal:
        again(GIVEN_UP, SETTLED, books(escrow=2100), sent)
    assert refusal.value.rule == "refunded_again"
    assert refusal.value.reason == f"{sent.id} sends once more what this refund was to send back."
    assert refusal.value.way_out == f"If {sent.id} comes to nothing as well, refund that again."


def test_no_more_is_sent_again_than_is_left_of_either_part() -> None:
    gone = replace(SETTLED, counters=replace(SETTLED.counters, refunded=Parts(usd(2600), usd(110))))
    assert again(GIVEN_UP, gone, books(escrow=3150)).record.parts == Parts(usd(400), usd(40))


@pytest.mark.parametrize("state", list(RefundState))
def test_only_what_came_to_nothing_and_still_is_the_students_is_sent_again(state: RefundState) -> None:
    refund, held = a_refund(state=state), books(escrow=3150)
    if state in (S.REJECTED, S.FAILED):
        for given in (False, True):
            assert left_over.why_not_again(refund, SETTLED, held, (refund,), lesson_given=given) is None
        for payment, given in ((replace(SETTLED, settled_at=LATER), True), (a_succeeded_payment(), False)):
            with pytest.raises(Refused) as refusal:
                again(refund, payment, held, lesson_given=given)
            assert refusal.value.rule == "nothing_left_over"
    else:
        with pytest.raises(Refused) as refusal:
            again(refund, SETTLED, held)
        assert refusal.value.rule == "refund_goes_on"
        assert refusal.value.reason == "This refund hasn't come to nothing."
        assert refusal.value.way_out == "Wait until it was rejected or has failed."


@pytest.mark.parametrize("state", list(RefundState))
def test_a_refusal_releases_what_was_reserved(state: RefundState) -> None:
    refund = a_refund(state=state)
    decision = rules.rejected(refund, RESERVED, IN_CLEARING, "charge_disputed", lesson_given=True, at=LATER)
    if state not in (S.RESERVED, S.UNKNOWN, S.PARKED):
        assert not decision
        return
    assert decision.record == a_refund(state=S.REJECTED, taken=(), failure_reason="charge_disputed")
    assert payment_of(decision) == a_succeeded_payment()
    assert events(decision) == [said(RefundRejected("charge_disputed"), "stripe", LATER)]
    assert legs(decision.entries) == ["refund_clearing escrow 1050"]
    assert decision.changed == (decision.record, payment_of(decision))
    assert decision.entries[0].at == LATER
    assert not rules.rejected(
        decision.record, payment_of(decision), books(), "charge_disputed", lesson_given=True, at=LATER
    )


def test_an_operator_who_gives_a_refund_up_is_named() -> None:
    decision = rules.rejected(
        a_refund(state=S.PARKED), RESERVED, IN_CLEARING, "abandoned", by=CARLA_ACTS, lesson_given=True, at=LATER
    )
    assert str(decision.events[0].by) == "admin carla"


@pytest.mark.parametrize("state", list(RefundState))
def test_unknown_parked_and_retried_follow_the_table_and_move_no_money(state: RefundState) -> None:
    refund = a_refund(state=state)
    lost, parked, retried = (
        rules.lost(refund, at=LATER), rules.parked(refund, "nobody knows", at=LATER), rules.retried(refund)
    )  # fmt: skip
    assert lost.record.state is REFUND.table[state].get(RefundTrigger.LOSE, state)
    assert parked.record.state is REFUND.table[state].get(RefundTrigger.PARK, state)
    assert retried.record.state is REFUND.table[state].get(RefundTrigger.RETRY, state)
    assert events(lost) == ([said(RefundUnknown(), "system", LATER)] if lost else [])
    assert retried.events == ()
    for decision in (lost, parked, retried):
        assert bool(decision) is (decision.record.state is not state)
        assert not decision.entries
        assert not decision.effects
        assert not decision or decision.record in decision.changed
    if parked:
        assert events(parked) == [
            said(RefundParked("nobody knows"), "system", LATER),
            said(AlarmRaised("refund_parked"), "system", LATER, "nobody knows"),
        ]


def test_credit_is_refunded_again_out_of_the_credit() -> None:
    decision = rules.refund_credit_again(RefundId.of(2), CREDITED, by=CARLA_ACTS, at=LATER)
    refund = decision.record
    fact = RefundReserved(PaymentId.of(1), 1000, 50, "USD", "credit_refunded_again")
    assert events(decision) == [said(fact, "admin carla", LATER, "credit_refunded_again")]
    assert (refund.id, decision.entries[0].at) == (RefundId.of(2), LATER)
    assert refund.taken == (Taken(account("student_credit"), usd(1050), of_fee=False),)
    assert (refund.rule, refund.parts, refund.state) == ("credit_refunded_again", TEN_FIFTY, S.RESERVED)
    assert (refund.reserved_at, refund.request_id) == (LATER, None)
    assert payment_of(decision) == RESERVED
    assert legs(decision.entries) == ["student_credit refund_clearing 1050"]
    assert [one.id for one in decision.effects] == [f"create_refund:{refund.id}"]
    with pytest.raises(Refused) as refusal:
        rules.refund_credit_again(RefundId.of(3), payment_of(decision), by=CARLA_ACTS, at=LATER)
    assert refusal.value.rule == "no_credit"
    assert refusal.value.reason == "No failed refund of this payment left any credit."


@pytest.mark.parametrize("reject", [True, False], ids=["rejected", "failed without cash"])
def test_credit_that_couldnt_be_refunded_again_is_credit_again(reject: bool) -> None:
    decision = rules.refund_credit_again(RefundId.of(2), CREDITED, by=CARLA_ACTS, at=LATER)
    refund, payment = decision.record, payment_of(decision)
    back = (
        rules.rejected(refund, payment, books(), "no", lesson_given=True, at=LATER)
        if reject
        else rules.seen(refund, payment, books(), told.refund(FAILED, cash=None), lesson_given=True, at=LATER)
    )
    assert payment_of(back) == CREDITED
    assert legs(back.entries) == ["refund_clearing student_credit 1050"]


def test_credit_paid_by_bank_is_refunded() -> None:
    decision = rules.credit_paid_by_bank(CREDITED, usd(105), "wire-1", by=CARLA_ACTS, at=LATER)
    part = Parts(usd(100), usd(5))
    assert decision.record == counted(credit=TEN_FIFTY - part, refunded=part)
    assert decision.changed == (decision.record,)
    assert events(decision) == [said(CreditPaidByBank(PaymentId.of(1), 105), "admin carla", LATER)]
    assert legs(decision.entries) == ["student_credit bank 105"]
    assert keys(decision.entries) == [f"payment {PaymentId.of(1)} credit paid wire-1"]
    assert decision.entries[0].at == LATER
    rest = rules.credit_paid_by_bank(decision.record, usd(945), "wire-2", by=CARLA_ACTS, at=LATER).record
    assert rest == REFUNDED


def test_more_than_the_credit_cant_be_paid_by_bank() -> None:
    with pytest.raises(Refused) as refusal:
        rules.credit_paid_by_bank(CREDITED, usd(1051), "wire-1", by=CARLA_ACTS, at=LATER)
    assert refusal.value.rule == "exceeds_credit"
    assert refusal.value.reason == "10.51 USD is more than what is owed as credit, 10.50 USD."


def test_one_cent_of_credit_may_be_paid_by_bank_and_nothing_may_not() -> None:
    paid = rules.credit_paid_by_bank(CREDITED, usd(1), "wire-1", by=CARLA_ACTS, at=LATER)
    assert legs(paid.entries) == ["student_credit bank 1"]
    for amount in (0, -1):
        with pytest.raises(Invalid) as error:
            rules.credit_paid_by_bank(CREDITED, usd(amount), "wire-1", by=CARLA_ACTS, at=LATER)
        assert (error.value.field, error.value.reason) == ("amount", "an amount paid is above nothing.")


@pytest.mark.parametrize("reference", ["", "a" * 65, "a b", "ä"])
def test_a_reference_that_cant_be_meant_is_invalid(reference: str) -> None:
    with pytest.raises(Invalid) as error:
        rules.credit_paid_by_bank(CREDITED, usd(1), reference, by=CARLA_ACTS, at=LATER)
    assert error.value.field == "reference"
    assert error.value.reason == "a reference is the bank's: 1 to 64 letters, digits and . _ / -."


def test_a_refund_made_at_stripe_is_taken_over_with_its_cash_and_owes_no_call() -> None:
    decision = rules.adopt(
        RefundId.of(5), a_succeeded_payment(), books(escrow=3150), told.refund(), lesson_given=True, at=LATER
    )
    assert decision is not None
    refund = decision.record
    assert (refund.id, refund.rule, refund.state, refund.parts) == (
        RefundId.of(5),
        "made_at_stripe",
        S.SUCCEEDED,
        TEN_FIFTY,
    )
    assert (refund.stripe_id, refund.cash_id, refund.reserved_at) == ("re_1", "txn_refund", LATER)
    assert payment_of(decision) == REFUNDED
    assert decision.effects == ()
    assert legs(decision.entries) == [
        "escrow refund_clearing 1000",
        "escrow refund_clearing 50",
        "refund_clearing stripe_balance 1050",
    ]
    assert [str(event.by) for event in decision.events] == ["stripe", "stripe", "stripe"]
    assert times(decision) == {LATER}
    assert facts_of(decision)[1:] == [RefundSucceeded("re_1"), RefundCashed("txn_refund", -1050)]
    assert not rules.seen(refund, REFUNDED, books(escrow=2100), told.refund(), lesson_given=True, at=LATER)


def test_what_cant_be_a_refund_of_this_payment_is_not_taken_over() -> None:
    payment = a_succeeded_payment()
    euro = told.refund(amount=1050)
    assert (
        rules.adopt(
            RefundId.of(5),
            payment,
            books(),
            replace(euro, amount=Money(1050, CURRENCIES["EUR"])),
            lesson_given=True,
            at=LATER,
        )
        is None
    )
    assert rules.adopt(RefundId.of(5), payment, books(), told.refund(amount=3151), lesson_given=True, at=LATER) is None
    assert (
        rules.adopt(RefundId.of(5), payment, books(escrow=3150), told.refund(amount=3150), lesson_given=True, at=LATER)
        is not None
    )


def test_a_refund_made_at_stripe_that_takes_whats_set_aside_for_another_raises_an_alarm() -> None:
    everything = counted(reserved=Parts(usd(3000), usd(150)))
    decision = rules.adopt(
        RefundId.of(5), everything, books(refund_clearing=3150), told.refund(), lesson_given=True, at=LATER
    )
    assert decision is not None
    assert said(
        AlarmRaised("adopted_refund_exceeds"), "system", LATER, "re_1 takes what was set aside for another"
    ) in events(decision)
    assert legs(decision.entries)[:2] == ["teacher_receivable refund_clearing 1000", "goodwill refund_clearing 50"]
    assert payment_of(decision).counters.left == Parts(usd(0), usd(0))


def test_a_refund_made_at_stripe_finds_its_parts_where_one_part_is_overdrawn() -> None:
    overdrawn = counted(refunded=Parts(usd(3090), usd(35)))
    decision = rules.adopt(
        RefundId.of(5), overdrawn, books(escrow=25), told.refund(amount=25), lesson_given=True, at=LATER
    )
    assert decision is not None
    assert decision.record.parts == Parts(usd(0), usd(25))
    assert decision.record.taken == (Taken(ESCROW, usd(25), of_fee=True),)
