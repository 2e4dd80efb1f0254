"""After every step of any history of one payment, the books stand, and the counters say what the legs say."""

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.ledger import (
    CHART,
    ESCROW,
    REFUND_CLEARING,
    STRIPE_BALANCE,
    TRANSFER_CLEARING,
    Account,
    Kind,
)
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import CAME_TO_NOTHING, RefundState
from linguapay_core.domain.seen import RefundStatus
from linguapay_core.domain.statement import WORDS
from linguapay_core.domain.transfer import OPEN, TransferState
from linguapay_core.testing.builders import usd
from tests.domain import told
from tests.domain.lesson import STUDENT, TEACHER, Lesson

WITH_US = {RefundState.RESERVED, RefundState.UNKNOWN, RefundState.PARKED}
ASKED = {TransferState.RESERVED, TransferState.UNKNOWN, TransferState.PARKED}


class History(RuleBasedStateMachine):
    """Anything that may happen to one paid lesson, in any order."""

    def __init__(self) -> None:
        """Begin before anybody paid."""
        super().__init__()
        self.lesson = Lesson()
        self.excess = False
        self.by_bank = 0

    @initialize(cash=st.booleans(), owed=st.sampled_from([0, 500, 9_000]))
    def pay(self, cash: bool, owed: int) -> None:
        self.lesson = self.began(owed)
        self.lesson.pay(told.intent() if cash else told.intent(charge=told.charge(cash=None)))

    def began(self, owed: int) -> Lesson:
        """The lesson while its student is paying; so much is owed for another of its teacher's."""
        return Lesson(owed_elsewhere=owed)

    @rule(minutes=st.integers(1, 5000))
    def time_passes(self, minutes: int) -> None:
        self.lesson.at += timedelta(minutes=minutes)

    @rule()
    def the_charge_reaches_the_balance(self) -> None:
        self.lesson.pay()

    @precondition(lambda self: self.left())
    @rule(share=st.integers(1, 100), bears=st.booleans())
    def a_refund_is_reserved(self, share: int, bears: bool) -> None:
        self.lesson.refund(max(1, self.left() * share // 100), platform_bears=bears)

    @precondition(lambda self: self.lesson.refunds)
    @rule(data=st.data(), status=st.sampled_from(RefundStatus), cash=st.booleans(), returned=st.booleans())
    def stripe_tells_of_a_refund(self, data: st.DataObject, status: RefundStatus, cash: bool, returned: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.lesson.refunds)))
        self.lesson.refund_news(name, status, cash=cash, returned=returned)
        self.excess = self.excess or "adopted_refund_exceeds" in self.lesson.alarms

    @precondition(lambda self: any(one.state in WITH_US for one in self.lesson.refunds.values()))
    @rule(data=st.data())
    def stripe_refuses_a_refund(self, data: st.DataObject) -> None:
        names = sorted(name for name, one in self.lesson.refunds.items() if one.state in WITH_US)
        self.lesson.refund_refused(data.draw(st.sampled_from(names)))

    @precondition(lambda self: self.lesson.left_over())
    @rule(data=st.data())
    def what_came_to_nothing_is_sent_again(self, data: st.DataObject) -> None:
        self.lesson.refund_again(data.draw(st.sampled_from(self.lesson.left_over())))

    @precondition(lambda self: self.lesson.booking.state is BookingState.PAID)
    @rule()
    def the_lesson_is_completed(self) -> None:
        self.lesson.complete()

    @precondition(lambda self: self.lesson.booking.state is BookingState.PAID)
    @rule(by=st.sampled_from([STUDENT, TEACHER]))
    def the_lesson_is_cancelled(self, by: object) -> None:
        if self.lesson.at < self.lesson.booking.starts_at:
            self.lesson.cancel(by)  # type: ignore[arg-type]

    @precondition(lambda self: self.open_in(TransferState.SCHEDULED))
    @rule()
    def the_transfer_is_due(self) -> None:
        self.lesson.send()

    @precondition(lambda self: self.sent_in(ASKED))
    @rule(cash=st.booleans())
    def stripe_makes_the_transfer(self, cash: bool) -> None:
        (name,) = self.sent_in(ASKED)
        self.lesson.transfer_news(name, cash=cash)

    @precondition(lambda self: self.sent_in(ASKED))
    @rule()
    def stripe_refuses_the_transfer(self) -> None:
        (name,) = self.sent_in(ASKED)
        self.lesson.transfer_refused(name)

    @precondition(lambda self: self.sent_in({TransferState.CREATED}))
    @rule(data=st.data(), share=st.integers(0, 100))
    def a_transfer_is_reversed(self, data: st.DataObject, share: int) -> None:
        name = data.draw(st.sampled_from(self.sent_in({TransferState.CREATED})))
        transfer = self.lesson.transfers[name]
        left = transfer.amount.amount_minor - sum(one.amount.amount_minor for one in transfer.reversals)
        self.lesson.transfer_news(name, reversed_minor=left * share // 100)

    @precondition(lambda self: self.there())
    @rule(share=st.integers(1, 100), cash=st.booleans())
    def a_refund_is_made_at_stripe(self, share: int, cash: bool) -> None:
        amount = max(1, self.there() * share // 100)
        self.excess = self.excess or amount > self.left()
        self.lesson.adopt(amount, RefundStatus.SUCCEEDED if cash else RefundStatus.PENDING, cash=cash)
        self.excess = self.excess or bool(self.lesson.alarms)

    @precondition(lambda self: self.lesson.payment.counters.credit)
    @rule()
    def credit_is_refunded_again(self) -> None:
        self.lesson.credit_again()

    @precondition(lambda self: self.lesson.payment.counters.credit)
    @rule(share=st.integers(1, 100))
    def credit_is_paid_by_bank(self, share: int) -> None:
        amount = max(1, self.lesson.payment.counters.credit.total.amount_minor * share // 100)
        self.lesson.pay_credit_by_bank(amount)
        self.by_bank += amount

    @precondition(lambda self: self.owed())
    @rule(share=st.integers(1, 100))
    def what_the_teacher_owes_is_written_off(self, share: int) -> None:
        self.lesson.write_off(max(1, self.owed() * share // 100))

    def owed(self) -> int:
        return self.lesson.books()[self.lesson.payment.receivable].amount_minor

    def left(self) -> int:
        return self.lesson.payment.counters.left.total.amount_minor

    def there(self) -> int:
        counters = self.lesson.payment.counters
        return max(0, (counters.captured - counters.gone).total.amount_minor)

    def open_in(self, state: TransferState) -> bool:
        transfer = self.lesson.open_transfer()
        return transfer is not None and transfer.state is state

    def sent_in(self, states: set[TransferState]) -> list[str]:
        return sorted(name for name, one in self.lesson.transfers.items() if one.state in states)

    def moved(self, debit: Account, credit: Account) -> int:
        """What the payment's legs moved from one account to another, less what they moved back."""
        total = 0
        for entry in self.lesson.entries:
            for leg in entry.legs:
                if leg.payment_id == self.lesson.payment.id:
                    total += leg.amount.amount_minor * ((leg.debit, leg.credit) == (debit, credit))
                    total -= leg.amount.amount_minor * ((leg.credit, leg.debit) == (debit, credit))
        return total

    @invariant()
    def no_account_stands_on_its_wrong_side(self) -> None:
        payments: tuple[Payment, ...] = (self.lesson.payment, self.lesson.other)
        assert [self.lesson.books(payment).wrong_sides() for payment in payments] == [(), ()]

    @invariant()
    def what_moves_the_teachers_money_has_words_for_the_teacher(self) -> None:
        """A statement tells of each such entry; cash is told by what it does."""
        theirs = {self.lesson.payment.payable, self.lesson.payment.receivable}
        moving = [entry for entry in self.lesson.entries if any(theirs & {leg.debit, leg.credit} for leg in entry.legs)]
        assert {entry.what for entry in moving if not entry.cash} <= set(WORDS)

    @invariant()
    def debits_equal_credits(self) -> None:
        sides = {"debit": 0, "credit": 0}
        for account, money in self.lesson.books().after(()).items():
            sides[CHART[account.kind].grows] += money.amount_minor
        netted = (
            self.lesson.books()[self.lesson.payment.netting]
            + self.lesson.books(self.lesson.other)[self.lesson.other.netting]
        )
        assert sides["debit"] == sides["credit"]
        assert not netted

    @invariant()
    def the_counters_say_what_the_legs_say(self) -> None:
        books, payment = self.lesson.books(), self.lesson.payment
        counters = payment.counters
        assert self.moved(Account(Kind.CHARGE_CLEARING), Account(Kind.ESCROW)) == counters.captured.total.amount_minor
        asked = books[REFUND_CLEARING].amount_minor + self.moved(REFUND_CLEARING, STRIPE_BALANCE)
        assert asked == (counters.reserved + counters.refunded).total.amount_minor - self.by_bank
        assert books[payment.student_credit] == counters.credit.total
        sent = books[TRANSFER_CLEARING].amount_minor + self.moved(TRANSFER_CLEARING, STRIPE_BALANCE)
        assert sent == (counters.transfer_reserved + counters.transferred).amount_minor
        back = self.moved(STRIPE_BALANCE, payment.payable) + self.moved(STRIPE_BALANCE, payment.receivable)
        assert back == counters.sent_back.amount_minor
        assert all(
            part >= usd(0)
            for parts in (counters.reserved, counters.refunded, counters.credit, counters.disputed)
            for part in (parts.price, parts.fee)
        )

    @invariant()
    def all_that_was_captured_is_somewhere(self) -> None:
        """The second thing that must always hold, with the counters in place of what left for Stripe."""
        books, payment = self.lesson.books(), self.lesson.payment
        counters = payment.counters
        lost = books[Account(Kind.GOODWILL)] + books[Account(Kind.BAD_DEBT)]
        minus = books[payment.receivable] + lost + counters.sent_back
        held = (
            books[Account(Kind.ESCROW)]
            + books[payment.payable]
            + books[Account(Kind.PLATFORM_FEE)]
            + books[payment.netting]
        )
        gone = (counters.reserved + counters.refunded + counters.credit).total
        assert counters.captured.total == held + gone + counters.transfer_reserved + counters.transferred - minus

    @invariant()
    def we_never_ask_for_more_than_was_captured(self) -> None:
        """The third: refunded + reserved + credit + disputed <= captured, unless Stripe told us of more."""
        counters = self.lesson.payment.counters
        assert self.excess or (counters.reserved + counters.gone).fits_into(counters.captured)

    @invariant()
    def what_stands_in_escrow_may_still_go_back(self) -> None:
        """And once it was settled, it is no more than refunds left that came to nothing."""
        escrow, payment = self.lesson.books()[ESCROW], self.lesson.payment
        assert escrow <= payment.counters.left.total
        left_over = [one.amount for one in self.lesson.refunds.values() if one.state in CAME_TO_NOTHING]
        assert payment.settled_at is None or escrow <= sum(left_over, usd(0))

    @invariant()
    def one_transfer_at_a_time_is_open_and_nothing_payable_is_forgotten(self) -> None:
        open_ones = [one for one in self.lesson.transfers.values() if one.state in OPEN]
        assert len(open_ones) <= 1
        assert open_ones or not self.lesson.books()[self.lesson.payment.payable]


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
