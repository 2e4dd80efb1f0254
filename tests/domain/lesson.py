"""One paid lesson and its books, moved on by the rules alone: what a store would keep, in a few attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from linguapay_core.domain import left_over, receivable_rules, refund_rules, settlement, transfer_rules
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import Actor, Decision, Record
from linguapay_core.domain.identifiers import PaymentId, RefundId, TextId, TransferId
from linguapay_core.domain.ledger import REFUND_CLEARING, Balances, Entry, Leg
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import USD, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.postings import REFUND_RESERVED
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.seen import RefundStatus, SeenIntent, SeenRefund, SeenReversal, SeenTransfer
from linguapay_core.domain.settlement import Case
from linguapay_core.domain.transfer import OPEN, Transfer
from linguapay_core.testing.builders import ANNA, BEN, CARLA, NOON, a_booking, a_payment, a_succeeded_payment, usd
from tests.domain import told
from tests.domain.reading import keys

STUDENT, TEACHER, ADMIN = Actor(Role.STUDENT, BEN), Actor(Role.TEACHER, ANNA), Actor(Role.ADMIN, CARLA)
OTHER = a_succeeded_payment(id=PaymentId.of(2), version=1)


class Lesson:
    """A lesson whose payment is open, and another payment of the same teacher's, for which something may be owed."""

    def __init__(
        self, booking: Booking | None = None, payment: Payment | None = None, *, owed_elsewhere: int = 0
    ) -> None:
        """Begin while the student is paying."""
        self.at = NOON
        self.booking = booking or a_booking(state=BookingState.PAYING, version=1, pay_by=NOON + timedelta(hours=24))
        self.payment = payment or a_payment(version=1)
        self.other = OTHER
        self.refunds: dict[str, Refund] = {}
        self.transfers: dict[str, Transfer] = {}
        self.news: dict[str, SeenRefund | SeenTransfer] = {}
        self.entries: tuple[Entry, ...] = ()
        self.alarms: list[str] = []
        self.made = 0
        if owed_elsewhere:
            debt = Leg(OTHER.receivable, REFUND_CLEARING, usd(owed_elsewhere), OTHER.id)
            self.entries = (Entry("debt", REFUND_RESERVED, OTHER.id, NOON, (debt,)),)

    def books(self, payment: Payment | None = None) -> Balances:
        """The balances of the payment."""
        return Balances(USD).after(self.entries, (payment or self.payment).id)

    def number(self) -> int:
        """A number that was never given out."""
        self.made += 1
        return self.made

    def case(self) -> Case:
        """What the rules are handed."""
        names = RefundId.of(self.number()), TransferId.of(self.number())
        return Case(self.booking, self.payment, self.books(), tuple(self.transfers.values()), *names)

    def keep(self, decision: Decision[object]) -> None:
        """Store a decision as a store would: each record once, each key once, no entry without its payments."""
        names = [(type(one), one.id) for one in decision.changed]
        assert len(names) == len(set(names)), names
        payments = {one.id for one in decision.changed if isinstance(one, Payment)}
        assert all(entry.payments <= payments for entry in decision.entries)
        for one in decision.changed:
            self._store(one)
        self.entries += decision.entries
        assert len(set(keys(self.entries))) == len(self.entries)
        self.alarms += [event.fact.rule for event in decision.events if event.fact.name == "alarm.raised"]  # type: ignore[attr-defined]

    def _store(self, record: Record) -> None:
        match record:
            case Booking():
                self.booking = replace(record, version=record.version + 1)
            case Payment(id=OTHER.id):
                self.other = replace(record, version=record.version + 1)
            case Payment():
                self.payment = replace(record, version=record.version + 1)
            case Refund():
                self.refunds[record.id] = replace(record, version=record.version + 1)
            case Transfer():
                self.transfers[record.id] = replace(record, version=record.version + 1)
            case _:
                pass

    def pay(self, news: SeenIntent | None = None) -> None:
        """Stripe says something of the intent, twice: by default that it succeeded and the cash is there."""
        for kept in (True, False):
            decision = settlement.intent_seen(self.case(), news or told.intent(), at=self.at)
            assert kept or not decision
            self.keep(decision)

    def refund(self, amount: int, *, platform_bears: bool = False) -> str:
        """Set a refund of so many cents aside."""
        parts = self.payment.counters.left.divide(usd(amount))
        decision = refund_rules.reserve(
            RefundId.of(self.number()), self.payment, self.books(), parts,
            rule="request_approved", platform_bears=platform_bears, by=ADMIN, at=self.at,
        )  # fmt: skip
        self.keep(decision)
        return decision.record.id

    def refund_news(self, name: str, status: RefundStatus, *, cash: bool = True, returned: bool = False) -> None:
        """Stripe says something of a refund, twice; the second time decides nothing."""
        amount, known = self.refunds[name].amount.amount_minor, self.refunds[name].stripe_id or f"re_{name}"
        news = SeenRefund(
            known, "pi_1", status, usd(amount), "", "lost" if status is RefundStatus.FAILED else "",
            told.cash(f"txn_{name}", -amount, kind="refund") if cash else None,
            told.cash(f"txn_{name}_back", amount, kind="refund_failure") if returned else None,
        )  # fmt: skip
        for kept in (True, False):
            decision = settlement.refund_seen(self.case(), self.refunds[name], None, news, at=self.at)
            assert kept or not decision
            self.keep(decision)

    def refund_refused(self, name: str) -> None:
        """Stripe refuses a refund."""
        self.keep(settlement.refund_rejected(self.case(), self.refunds[name], None, "no", at=self.at))

    def complete(self) -> None:
        """The teacher says, after the end, that the lesson was given."""
        self.at = max(self.at, self.booking.ends_at)
        self.keep(settlement.complete(self.case(), by=TEACHER, at=self.at))

    def cancel(self, by: Actor = STUDENT) -> None:
        """One side cancels."""
        self.keep(settlement.cancel(self.case(), by=by, at=self.at))

    def open_transfer(self) -> Transfer | None:
        """The transfer that is under way or planned."""
        return next((one for one in self.transfers.values() if one.state in OPEN), None)

    def owing(self) -> Sequence[tuple[Payment, Money]]:
        """What the teacher owes, of this payment and the other."""
        owed = [(one, self.books(one)[one.receivable]) for one in (self.other, self.payment)]
        return [(one, money) for one, money in owed if money]

    def send(self) -> str:
        """The day comes to pay the teacher: set the amount aside."""
        transfer = self.open_transfer()
        assert transfer is not None
        self.at = max(self.at, transfer.pay_at)
        self.keep(settlement.transfer_due(self.case(), transfer, None, self.owing(), at=self.at))
        return transfer.id

    def transfer_news(self, name: str, *, cash: bool = True, reversed_minor: int = 0) -> None:
        """Stripe says that it made a transfer, with one more reversal if so much came back; twice."""
        transfer = self.transfers[name]
        amount = transfer.amount.amount_minor
        known = tuple(told.reversal(one.amount.amount_minor, one.id) for one in transfer.reversals)
        more: tuple[SeenReversal, ...] = (
            (told.reversal(reversed_minor, f"trr_{self.number()}"),) if reversed_minor else ()
        )
        news = SeenTransfer(
            f"tr_{name}", usd(amount), "acct_anna", "", "",
            told.cash(f"txn_{name}_{transfer.reservations}", -amount, kind="transfer") if cash else None, known + more,
        )  # fmt: skip
        for kept in (True, False):
            decision = settlement.transfer_seen(self.case(), self.transfers[name], news, at=self.at)
            assert kept or not decision
            self.keep(decision)

    def transfer_refused(self, name: str) -> None:
        """Stripe refuses a transfer."""
        self.keep(transfer_rules.rejected(self.transfers[name], self.payment, "balance", at=self.at))

    def adopt(self, amount: int, status: RefundStatus = RefundStatus.SUCCEEDED, *, cash: bool = True) -> None:
        """Somebody made a refund at Stripe."""
        name = self.number()
        moved = told.cash(f"txn_{name}", -amount, kind="refund") if cash else None
        news = told.refund(status, amount=amount, id=f"re_{name}", cash=moved)
        decision = settlement.refund_adopted(self.case(), news, at=self.at)
        assert decision is not None
        self.keep(decision)

    def credit_again(self) -> str:
        """Send a failed refund's money once more."""
        decision = refund_rules.refund_credit_again(RefundId.of(self.number()), self.payment, by=ADMIN, at=self.at)
        self.keep(decision)
        return decision.record.id

    def left_over(self) -> list[str]:
        """The refunds that came to nothing and left money in the escrow of a lesson that won't be given."""
        given = settlement.lesson_given(self.booking, self.payment)
        return sorted(
            name
            for name, one in self.refunds.items()
            if left_over.why_not_again(one, self.payment, self.books(), self.refunds.values(), lesson_given=given)
            is None
        )

    def refund_again(self, name: str) -> None:
        """Send what such a refund left over once more."""
        refunds = self.refunds.values()
        self.keep(settlement.refund_again(self.case(), self.refunds[name], refunds, by=ADMIN, at=self.at))

    def write_off(self, amount: int) -> None:
        """Give up so much of what the teacher owes for this payment."""
        number = self.number()
        decision = receivable_rules.write_off(
            self.payment, self.books(), usd(amount), f"w{number}", TextId.of(number), by=ADMIN, at=self.at
        )
        self.keep(decision)

    def pay_credit_by_bank(self, amount: int) -> None:
        """Pay a student's credit by hand."""
        self.keep(
            refund_rules.credit_paid_by_bank(self.payment, usd(amount), f"wire-{self.number()}", by=ADMIN, at=self.at)
        )
