"""After every step of any history of one payment, the books stand, and the counters say what the legs say."""

from hypothesis import settings
from hypothesis.stateful import invariant

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
from linguapay_core.domain.refund import CAME_TO_NOTHING
from linguapay_core.domain.statement import WORDS
from linguapay_core.domain.transfer import OPEN
from linguapay_core.testing.builders import usd
from tests.domain.history import History


class Books(History):
    """The same, and what must always hold."""

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


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
