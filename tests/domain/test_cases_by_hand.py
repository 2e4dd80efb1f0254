"""The cases of the money page, worked by hand: what each account holds after each step, in cents."""

from datetime import timedelta

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.ledger import Entry, Leg
from linguapay_core.domain.money import Parts
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.policies import FeePolicy, Policies
from linguapay_core.domain.quote import quote
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.seen import IntentStatus, RefundStatus
from linguapay_core.testing.builders import NOON, a_booking, a_payment, usd
from tests.domain import told
from tests.domain.lesson import TEACHER, Lesson
from tests.domain.reading import held, lines

SHORT = {
    "balance": "stripe_balance",
    "fees": "stripe_fees",
    "payable": "teacher_payable",
    "owed": "teacher_receivable",
    "refund": "refund_clearing",
    "transfer": "transfer_clearing",
    "fee": "platform_fee",
    "credit": "student_credit",
}
"""The accounts' names in the tables below, where they are not their own."""


class Columns:
    """Compares a lesson's books with the next row of a table."""

    def __init__(self, table: str) -> None:
        """Read the accounts from the first line, and a row from each other."""
        head, *rows = lines(table)
        self.accounts = [SHORT.get(name, name) for name in head.split()[1:]]
        self.rows = [row.rsplit(" ", len(self.accounts)) for row in rows]

    def after(self, step: str, lesson: Lesson) -> None:
        """The next row is this step's, and says what the accounts hold; no other account holds anything."""
        said, *amounts = self.rows.pop(0)
        assert said.replace("_", " ") == step
        expected = {
            account: int(amount) for account, amount in zip(self.accounts, amounts, strict=True) if amount != "."
        }
        assert held(lesson.books()) == expected, step


def test_a_refund_before_completion_followed_by_completion() -> None:
    table = Columns("""
        step               balance  fees  escrow  payable  refund  transfer  fee
        paid                  3029   121    3150        .       .         .    .
        refund_reserved       3029   121    2100        .    1050         .    .
        refunded              1979   121    2100        .       .         .    .
        completed             1979   121       .     2000       .         .  100
        transfer_reserved     1979   121       .        .       .      2000  100
        transferred            -21   121       .        .       .         .  100
    """)
    lesson = Lesson()
    lesson.pay()
    table.after("paid", lesson)
    refund = lesson.refund(1050)
    table.after("refund reserved", lesson)
    lesson.refund_news(refund, RefundStatus.SUCCEEDED)
    table.after("refunded", lesson)
    lesson.complete()
    table.after("completed", lesson)
    transfer = lesson.send()
    table.after("transfer reserved", lesson)
    lesson.transfer_news(transfer)
    table.after("transferred", lesson)


def test_a_refund_while_a_transfer_is_in_flight() -> None:
    table = Columns("""
        step               balance  fees  owed  payable  refund  transfer  fee
        completed             3029   121     .     3000       .         .  150
        transfer_reserved     3029   121     .        .       .      3000  150
        refund_reserved       3029   121  1000        .    1050      3000  100
        transferred             29   121  1000        .    1050         .  100
        refunded             -1021   121  1000        .       .         .  100
        reversed              -121   121   100        .       .         .  100
        reversed_again          79   121     .      100       .         .  100
    """)
    lesson = Lesson()
    lesson.pay()
    lesson.complete()
    table.after("completed", lesson)
    transfer = lesson.send()
    table.after("transfer reserved", lesson)
    refund = lesson.refund(1050)
    table.after("refund reserved", lesson)
    lesson.transfer_news(transfer)
    table.after("transferred", lesson)
    lesson.refund_news(refund, RefundStatus.SUCCEEDED)
    table.after("refunded", lesson)
    lesson.transfer_news(transfer, reversed_minor=900)
    table.after("reversed", lesson)
    lesson.transfer_news(transfer, reversed_minor=200)
    table.after("reversed again", lesson)


def test_a_refund_that_fails_after_it_succeeded() -> None:
    table = Columns("""
        step              balance  fees   bank  escrow  refund  credit
        refunded             1979   121      .    2100       .       .
        failed               1979   121      .    2100       .       .
        returned             3029   121      .    2100       .    1050
        sent_again           3029   121      .    2100    1050       .
        refused              3029   121      .    2100       .    1050
        paid_by_bank         3029   121   -400    2100       .     650
        the_rest_as_well     3029   121  -1050    2100       .       .
    """)
    lesson = Lesson()
    lesson.pay()
    refund = lesson.refund(1050)
    lesson.refund_news(refund, RefundStatus.SUCCEEDED)
    table.after("refunded", lesson)
    lesson.refund_news(refund, RefundStatus.FAILED)
    table.after("failed", lesson)
    lesson.refund_news(refund, RefundStatus.FAILED, returned=True)
    table.after("returned", lesson)
    again = lesson.credit_again()
    table.after("sent again", lesson)
    lesson.refund_refused(again)
    table.after("refused", lesson)
    lesson.pay_credit_by_bank(400)
    table.after("paid by bank", lesson)
    lesson.pay_credit_by_bank(650)
    table.after("the rest as well", lesson)
    assert lesson.payment.counters.left == Parts(usd(2000), usd(100))


def test_a_late_success_is_refunded_in_full() -> None:
    table = Columns("""
        step       balance  fees  escrow  refund
        paid_late     3029   121       .    3150
        refunded      -121   121       .       .
    """)
    payment = a_payment(version=1, state=PaymentState.CANCELLED, holds_booking=False)
    lesson = Lesson(a_booking(version=1, state=BookingState.EXPIRED), payment)
    lesson.pay()
    table.after("paid late", lesson)
    (refund,) = lesson.refunds.values()
    assert (refund.rule, refund.parts) == ("late_success", lesson.payment.parts)
    lesson.refund_news(refund.id, RefundStatus.SUCCEEDED)
    table.after("refunded", lesson)
    assert lesson.booking.state is BookingState.EXPIRED
    assert not lesson.transfers


def test_a_late_success_whose_refund_is_refused_pays_no_teacher() -> None:
    lesson = Lesson(a_booking(version=1, state=BookingState.CANCELLING))
    lesson.pay()
    (refund,) = lesson.refunds.values()
    lesson.refund_refused(refund.id)
    assert held(lesson.books()) == {"stripe_balance": 3029, "stripe_fees": 121, "escrow": 3150}
    assert lesson.refunds[refund.id].state is RefundState.REJECTED
    assert lesson.alarms == ["refund_rejected"]
    assert not lesson.transfers


def test_a_refund_by_hand_takes_what_was_set_aside_whichever_is_heard_of_first() -> None:
    table = Columns("""
        step               balance  fees  escrow  owed  goodwill  refund
        cancelled             3029   121       .     .         .    3150
        made_by_hand          -121   121       .  3000       150    3150
        ours_refused          -121   121       .     .         .       .
        cancelled             3029   121       .     .         .    3150
        ours_refused          3029   121    3150     .         .       .
        made_by_hand          -121   121       .     .         .       .
    """)
    for by_hand_first in (True, False):
        lesson = Lesson()
        lesson.pay()
        lesson.cancel(TEACHER)
        table.after("cancelled", lesson)
        (ours,) = lesson.refunds
        if by_hand_first:
            lesson.adopt(3150)
            table.after("made by hand", lesson)
        lesson.refund_refused(ours)
        table.after("ours refused", lesson)
        if not by_hand_first:
            lesson.adopt(3150)
            table.after("made by hand", lesson)


def test_a_debt_that_was_kept_back_meanwhile_is_payable_again() -> None:
    """A refund by hand made the teacher owe; another lesson's earning paid that; then ours was refused."""
    lesson = Lesson()
    lesson.pay()
    lesson.cancel(TEACHER)
    (ours,) = lesson.refunds
    lesson.adopt(3150)
    kept_back = Leg(lesson.payment.netting, lesson.payment.receivable, usd(3000), lesson.payment.id)
    lesson.entries += (Entry("netted", "netted", "xfr_1", lesson.at, (kept_back,)),)
    lesson.refund_refused(ours)
    assert held(lesson.books()) == {
        "stripe_balance": -121, "stripe_fees": 121, "teacher_payable": 3000, "teacher_netting": -3000,
    }  # fmt: skip
    assert lesson.open_transfer() is not None


def test_a_fee_borne_by_the_teacher() -> None:
    table = Columns("""
        step             balance  fees  escrow  payable  refund  fee
        paid                2895   105    3000        .       .    .
        half_refunded       1395   105    1500        .       .    .
        completed           1395   105       .     1425       .   75
        refund_reserved     1395   105       .      665     800   35
        refunded             595   105       .      665       .   35
    """)
    asked = quote(usd(3000), 60, Policies(fees=(FeePolicy(student_share_bps=0),)))
    booking = a_booking(version=1, state=BookingState.PAYING, quote=asked)
    lesson = Lesson(booking, a_payment(version=1, parts=asked.parts))
    charge = told.charge(amount=usd(3000), cash=told.cash("txn_charge", 3000, 105))
    lesson.pay(told.intent(amount=usd(3000), received=usd(3000), charge=charge))
    table.after("paid", lesson)
    lesson.refund_news(lesson.refund(1500), RefundStatus.SUCCEEDED)
    table.after("half refunded", lesson)
    lesson.complete()
    table.after("completed", lesson)
    refund = lesson.refund(800)
    table.after("refund reserved", lesson)
    lesson.refund_news(refund, RefundStatus.SUCCEEDED)
    table.after("refunded", lesson)


def test_a_refund_that_fails_after_completion_is_the_teachers_and_the_platforms() -> None:
    lesson = Lesson()
    lesson.pay()
    refund = lesson.refund(1050)
    lesson.complete()
    assert held(lesson.books())["teacher_payable"] == 2000
    lesson.refund_refused(refund)
    assert held(lesson.books()) == {
        "stripe_balance": 3029, "stripe_fees": 121, "teacher_payable": 3000, "platform_fee": 150,
    }  # fmt: skip


def test_a_debt_elsewhere_is_kept_back_from_what_is_sent() -> None:
    lesson = Lesson(owed_elsewhere=500)
    lesson.pay()
    lesson.complete()
    transfer = lesson.send()
    assert lesson.transfers[transfer].amount == usd(2500)
    assert held(lesson.books())["teacher_netting"] == 500
    assert held(lesson.books(lesson.other)) == {"teacher_netting": -500, "refund_clearing": 500}
    assert lesson.other.version == 2


def test_a_cancelling_booking_that_was_paid_after_all_is_cancelled_and_refunded() -> None:
    lesson = Lesson(a_booking(version=1, state=BookingState.CANCELLING))
    lesson.pay(told.intent(charge=told.charge(cash=None)))
    assert lesson.booking.state is BookingState.CANCELLED
    assert [one.rule for one in lesson.refunds.values()] == ["cancelled_while_paying"]
    assert held(lesson.books()) == {"charge_clearing": 3150, "refund_clearing": 3150}
    assert lesson.payment.settled_at == NOON


def test_an_abandoned_payment_that_fails_lets_the_booking_go_on() -> None:
    lesson = Lesson()
    lesson.pay(told.intent(IntentStatus.CANCELLED))
    assert lesson.booking.state is BookingState.CONFIRMED
    assert held(lesson.books()) == {}
    assert lesson.at < NOON + timedelta(hours=24)
