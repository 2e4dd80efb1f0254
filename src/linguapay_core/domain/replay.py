"""The books of a payment as another policy would have written them: its entries once more, by the same rules.

What people decided stays as it happened: who cancelled when, what was asked for and approved, capped by what would have
been left. So do the movements between us, Stripe and a teacher's account, and Stripe's fees. Under the quote that was
sold every entry comes out as it stands in the books.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from linguapay_core.domain import left_over, postings, settlement
from linguapay_core.domain.events.booking import (
    BookingCancelled,
    BookingCompleted,
    ContestDecided,
)
from linguapay_core.domain.events.refund import RefundFailed, RefundRejected
from linguapay_core.domain.identifiers import RefundId
from linguapay_core.domain.ledger import STRIPE_BALANCE, Balances, Entry, Kind
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Parts, smaller
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.quote import Quote
from linguapay_core.domain.refund import (
    GIVES_ALL_BACK,
    PAYS_NO_LESSON,
    SETTLES_ESCROW,
    Refund,
    RefundRule,
    RefundState,
    Taken,
)
from linguapay_core.domain.story import Story

CLOSED: Final = (BookingCancelled, BookingCompleted, ContestDecided)
UNDOING: Final = (RefundRejected, RefundFailed)

NEVER_MADE: Final = RefundId.of(0)
"""Names the refund of a cancellation that gave nothing back, and would have."""

TEACHERS: Final = frozenset({Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE})


def replayed(story: Story, payment: Payment, quote: Quote) -> tuple[Entry, ...]:
    """A payment's entries as they would be, had its booking been sold at this quote."""
    return _Replay(story, payment, quote).run()


class _Replay:
    """One payment on its way through what happened; it knows nothing of the amounts that stand in the books."""

    def __init__(self, story: Story, payment: Payment, quote: Quote) -> None:
        """Stand before the first entry."""
        self._story = story
        self._happened = payment
        self._booking = replace(story.booking, quote=quote)
        nothing = Counters.none(payment.currency)
        self._payment = replace(payment, parts=quote.parts, counters=nothing, settled_at=None)
        self._books = Balances(payment.currency)
        self._refunds: dict[str, Refund] = {}
        self._entries: list[Entry] = []
        self._as_it_was = quote.parts == payment.parts

    def run(self) -> tuple[Entry, ...]:
        """Go through all of it."""
        for entry in self._story.entries:
            if self._happened.id in entry.payments:
                if entry.cash is None and self._closed_before(entry):
                    self._close()
                AGAIN.get(entry.what, _Replay.let_stand)(self, entry)
        if self._happened.settled_at is not None and self._payment.settled_at is None:
            self._close()
        return tuple(self._entries)

    def keep(self, *entries: Entry) -> None:
        """Let entries stand, as they were made or made anew."""
        self._entries += entries
        self._books = self._books.after(entries, self._payment.id)

    def capture(self, entry: Entry) -> None:
        """The money comes: what was asked for, or, of quarantined money that goes back, what came."""
        captured = self._payment.parts
        if self._happened.state is PaymentState.REFUNDED:
            came = entry.legs[0].amount
            captured = Parts(came - captured.fee, captured.fee).levelled()
        self._count(captured=captured)
        post = postings.recognised if entry.what == postings.RECOGNISED else postings.payment_succeeded
        self.keep(*post(self._payment, at=entry.at))

    def settle(self, _entry: Entry) -> None:
        """The escrow is divided, unless that was done with the refund before it."""
        if self._payment.settled_at is None:
            self._close()

    def reserve(self, entry: Entry) -> None:
        """A refund is set aside, or set aside again; one of nothing leaves no trace."""
        happened = next(one for one in self._story.refunds if one.id == entry.subject)
        before = self._refunds.get(happened.id)
        if before is None:
            self._reserve(happened, self._parts(happened), entry)
        elif before.parts:
            self._set_aside(before, self._taken(before, entry), postings.refund_reserved_again, at=entry.at)
        if self._payment.settled_at is None and happened.rule in PAYS_NO_LESSON:
            self._payment = replace(self._payment, settled_at=self._happened.settled_at)
        elif self._payment.settled_at is None and happened.rule in SETTLES_ESCROW:
            self._close()

    def release(self, entry: Entry) -> None:
        """A refund came to nothing: its money goes where the books, as they would be, send it."""
        refund = self._refunds[str(entry.subject)]
        state = RefundState.REJECTED if entry.key.endswith("released") else RefundState.FAILED
        freed, counters = replace(refund, state=state), self._payment.counters
        credit = counters.credit + refund.parts if refund.of_credit else counters.credit
        self._count(reserved=counters.reserved - refund.parts, credit=credit)
        given = settlement.lesson_given(self._booking, self._payment) and self._payment.settled_at is not None
        self.keep(*postings.refund_released(freed, self._payment, self._books, lesson_given=given, at=entry.at))
        self._refunds[refund.id] = replace(freed, taken=())

    def credit(self, entry: Entry) -> None:
        """A refund failed and its money came back: it is owed to the student."""
        refund, counters = self._refunds[str(entry.subject)], self._payment.counters
        self._count(reserved=counters.reserved - refund.parts, credit=counters.credit + refund.parts)
        if refund.parts:
            self.keep(*postings.refund_credited(refund, self._payment, at=entry.at))

    def pay_credit(self, entry: Entry) -> None:
        """Credit is paid by bank: what was paid, up to what would be owed."""
        counters = self._payment.counters
        amount = smaller(entry.legs[0].amount, counters.credit.total)
        parts = counters.credit.divide(amount)
        self._count(credit=counters.credit - parts, refunded=counters.refunded + parts)
        if amount:
            self.keep(replace(entry, legs=(replace(entry.legs[0], amount=amount),)))

    def undo_write_off(self, entry: Entry) -> None:
        """A debt stands again: because of a refund, then that one's release says so anew; or because of a reversal."""
        if entry.subject not in self._refunds:
            self.let_stand(entry)

    def let_stand(self, entry: Entry) -> None:
        """What follows from no price and no decision happens as it did: cash, transfers and what came back of them."""
        came_back = (leg.amount for leg in entry.legs if leg.debit == STRIPE_BALANCE and leg.credit.kind in TEACHERS)
        self._count(sent_back=sum(came_back, self._payment.counters.sent_back))
        self.keep(entry)

    def _closed_before(self, entry: Entry) -> bool:
        """Whether the escrow was settled before an entry was made, with nothing in it, so that no entry says so.

        Of what happened in one instant the events tell the order.
        """
        settled_at = self._happened.settled_at
        if settled_at is None or self._payment.settled_at is not None:
            return False
        if settled_at != entry.at:
            return settled_at < entry.at
        order = [event.subject for event in self._story.events if isinstance(event.fact, (*CLOSED, *UNDOING))]
        here = entry.what == postings.REFUND_RELEASED and entry.subject in order
        return here and self._booking.id in order[: order.index(str(entry.subject))]

    def _close(self) -> None:
        """The lesson was given, or cancelled for good: refund by the terms what wasn't, and settle what is left."""
        at = self._happened.settled_at
        assert at is not None, self._happened
        if self._gave_nothing_back(at):
            happened = Refund(
                NEVER_MADE, 0, self._payment.id, self._booking.id, Parts.none(self._payment.currency), (),
                RefundRule.CANCELLED_BY_STUDENT, RefundState.SUCCEEDED, at,
            )  # fmt: skip
            self._reserve(happened, self._parts(happened), None, at=at)
        self.keep(*postings.settled(self._payment, self._books, at=at))
        self._payment = replace(self._payment, settled_at=at)

    def _gave_nothing_back(self, at: datetime) -> bool:
        """Whether the student cancelled then, and the terms left no refund to be made."""
        refunds = self._story.refunds_of(self._payment)
        refunded = any(one.rule == RefundRule.CANCELLED_BY_STUDENT for one in refunds)
        return (
            not refunded
            and self._happened.holds_booking
            and any(
                event.subject == self._booking.id
                and isinstance(event.fact, BookingCancelled)
                and (event.why, event.at) == (RefundRule.CANCELLED_BY_STUDENT, at)
                for event in self._story.events
            )
        )

    def _parts(self, refund: Refund) -> Parts:
        """What a refund would give back: all, by the terms, or what people decided, as far as it would be there."""
        counters = self._payment.counters
        left = counters.left
        if refund.rule == RefundRule.CANCELLED_BY_STUDENT:
            return settlement.cancellation_parts(self._booking, self._payment, by=Role.STUDENT, at=refund.reserved_at)
        if refund.rule in GIVES_ALL_BACK:
            return left
        if refund.rule == RefundRule.CREDIT_REFUNDED_AGAIN:
            return counters.credit
        if refund.rule == RefundRule.MADE_AT_STRIPE and self._as_it_was:
            return refund.parts
        again = next((one for one in self._refunds.values() if left_over.rule_of(one) == refund.rule), None)
        if again is not None:
            return left_over.parts_left_over(again, self._payment, self._books)
        return left.divide(smaller(refund.amount, left.total))

    def _reserve(self, happened: Refund, parts: Parts, entry: Entry | None, *, at: datetime | None = None) -> None:
        self._as_it_was = self._as_it_was and parts == happened.parts
        refund = replace(happened, parts=parts, state=RefundState.RESERVED, taken=())
        self._refunds[refund.id] = refund
        if parts:
            self._set_aside(refund, self._taken(refund, entry), postings.refund_reserved, at=at or refund.reserved_at)

    def _taken(self, refund: Refund, entry: Entry | None) -> tuple[Taken, ...]:
        """Where a refund's money would be taken from: the credit it sends again, or by the ladder."""
        parts, credit = refund.parts, self._payment.counters.credit
        if refund.rule == RefundRule.CREDIT_REFUNDED_AGAIN and parts.fits_into(credit):
            return (Taken(self._payment.student_credit, parts.total, of_fee=False),)
        bears = entry is not None and self._platform_bore(refund, entry)
        return postings.ladder(self._payment, parts, self._books, platform_bears=bears)

    def _platform_bore(self, refund: Refund, entry: Entry) -> bool:
        """Whether the teacher was spared: as the entry shows, or, where only escrow was touched, the request says."""
        debited = {leg.debit.kind for leg in entry.legs}
        if debited & TEACHERS:
            return False
        request = next((one for one in self._story.requests if one.id == refund.request_id), None)
        return Kind.GOODWILL in debited or (request is not None and request.platform_bears)

    def _set_aside(self, refund: Refund, taken: tuple[Taken, ...], post: Post, *, at: datetime) -> None:
        counters = self._payment.counters
        refund = replace(refund, taken=taken)
        credit = counters.credit - refund.parts if refund.of_credit else counters.credit
        self._count(reserved=counters.reserved + refund.parts, credit=credit)
        self._refunds[refund.id] = refund
        self.keep(*post(refund, at=at))

    def _count(self, **counted: object) -> None:
        counters = replace(self._payment.counters, **counted)  # type: ignore[arg-type]
        self._payment = replace(self._payment, counters=counters)


Post = Callable[..., tuple[Entry, ...]]

AGAIN: Final[Mapping[str, Callable[[_Replay, Entry], None]]] = {
    postings.PAYMENT_SUCCEEDED: _Replay.capture,
    postings.RECOGNISED: _Replay.capture,
    postings.SETTLED: _Replay.settle,
    postings.REFUND_RESERVED: _Replay.reserve,
    postings.REFUND_RELEASED: _Replay.release,
    postings.REFUND_CREDITED: _Replay.credit,
    postings.CREDIT_PAID: _Replay.pay_credit,
    postings.WRITE_OFF_UNDONE: _Replay.undo_write_off,
}
"""How each kind of entry is written anew; any other stands as it is."""
