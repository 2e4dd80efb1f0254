"""Any history of one payment, step by step: what may happen to it, and when. What must hold meanwhile is tested."""

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.seen import RefundStatus
from linguapay_core.domain.transfer import TransferState
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
