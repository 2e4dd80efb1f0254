"""What may happen to payments, and what each of it means for the figures: told once more, without the core's table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Final

from linguapay_core.domain.decision import Event
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.events.payment import (
    PaymentCancelled,
    PaymentDeclined,
    PaymentFailed,
    PaymentStarted,
    PaymentSucceeded,
)
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId
from linguapay_core.domain.ledger import (
    BAD_DEBT,
    CHARGE_CLEARING,
    ESCROW,
    GOODWILL,
    PLATFORM_FEE,
    REFUND_CLEARING,
    STRIPE_FEES,
    SUSPENSE,
    Account,
    Entry,
    Kind,
    Leg,
)
from linguapay_core.domain.money import CURRENCIES, USD, Currency, Money, Parts
from linguapay_core.domain.payment import Counters, Payment
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import a_booking, a_gig, a_payment, an_event
from linguapay_core.testing.finding_contract import ENDED
from linguapay_core.testing.keeping import decision_of, keep

EUR: Final = CURRENCIES["EUR"]
PEOPLE: Final = (("ben", "anna", USD), ("cleo", "anna", USD), ("ben", "dora", USD), ("dan", "ella", EUR))
"""Who pays whom, and in which currency: one line for each payment."""


@dataclass(frozen=True)
class Means:
    """Something that may happen: the fact that is told, the accounts between which money moves, and what it adds."""

    adds: Mapping[str, int]
    fact: Fact | None = None
    debit: Account | None = None
    credit: Account | None = None
    amount: int = 0
    active: bool = False
    volume: int = 0
    brand: str = ""
    reason: str = ""


RECEIVABLE: Final = Account(Kind.TEACHER_RECEIVABLE, PersonId("anna"))


def _paid(brand: str) -> Means:
    return Means(
        {"payments_succeeded": 1, "volume_minor": 3150},
        PaymentSucceeded(3150, "USD", "pi", "ch", brand),
        *(CHARGE_CLEARING, ESCROW, 3150),
        active=True,
        volume=3150,
        brand=brand,
    )


def _declined(reason: str, brand: str) -> Means:
    return Means({"cards_declined": 1}, PaymentDeclined(reason, brand), reason=reason, brand=brand)


KINDS: Final = {
    "started": Means({"payments_started": 1}, PaymentStarted(BookingId.of(1), 3000, 150, "USD")),
    "paid by visa": _paid("visa"),
    "paid by amex": _paid("amex"),
    "declined": _declined("insufficient_funds", "visa"),
    "declined without a brand": _declined("generic_decline", ""),
    "cancelled": Means({"payments_cancelled": 1}, PaymentCancelled()),
    "failed": Means({"payments_failed": 1}, PaymentFailed("expired")),
    "recognised": Means({"volume_minor": 700}, None, SUSPENSE, ESCROW, 700, volume=700),
    "undone": Means({"volume_minor": -40}, None, ESCROW, CHARGE_CLEARING, 40, volume=-40),
    "earned": Means({"platform_fees_minor": 150}, None, ESCROW, PLATFORM_FEE, 150),
    "fee given back": Means(
        {"platform_fees_minor": -30, "refunded_minor": 30}, None, PLATFORM_FEE, REFUND_CLEARING, 30
    ),
    "taken by Stripe": Means({"stripe_fees_minor": 121}, None, STRIPE_FEES, CHARGE_CLEARING, 121),
    "refunded": Means({"refunded_minor": 500}, None, ESCROW, REFUND_CLEARING, 500),
    "released": Means({"refunded_minor": -500}, None, REFUND_CLEARING, ESCROW, 500),
    "goodwill": Means({"goodwill_minor": 70, "refunded_minor": 70}, None, GOODWILL, REFUND_CLEARING, 70),
    "written off": Means({"bad_debt_minor": 8}, None, BAD_DEBT, RECEIVABLE, 8),
}


@dataclass(frozen=True)
class Happening:
    """One of these, to one of the payments, at an instant."""

    kind: str
    payment: int
    at: datetime

    @property
    def currency(self) -> Currency:
        return PEOPLE[self.payment][2]


@dataclass
class Expected:
    """What the figures should be, counted as a person would."""

    figures: defaultdict[tuple[date, Currency], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    students: defaultdict[tuple[str, Currency], set[str]] = field(default_factory=lambda: defaultdict(set))
    teachers: defaultdict[tuple[str, Currency], set[str]] = field(default_factory=lambda: defaultdict(set))
    volumes: defaultdict[tuple[str, Currency], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    brands: defaultdict[tuple[date, Currency], Counter[tuple[str, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    reasons: defaultdict[tuple[date, Currency], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def expected(happenings: Iterable[Happening], zone: tzinfo) -> Expected:
    """Count these."""
    found = Expected()
    for one in happenings:
        kind, (student, teacher, currency) = KINDS[one.kind], PEOPLE[one.payment]
        on = one.at.astimezone(zone).date()
        found.figures[on, currency].update(kind.adds)
        found.volumes[f"{on:%Y-%m}", currency][teacher] += kind.volume
        if kind.active:
            for period in (on.isoformat(), f"{on:%Y-%m}"):
                found.students[period, currency].add(student)
                found.teachers[period, currency].add(teacher)
        if kind.active or kind.reason:
            found.brands[on, currency][kind.brand, kind.active] += 1
        if kind.reason:
            found.reasons[on, currency][kind.reason] += 1
    return found


def the_payment(number: int) -> Payment:
    """One of the payments; all are of one booking, and none holds it."""
    student, teacher, currency = PEOPLE[number]
    parts = Parts(Money(3000, currency), Money(150, currency))
    return a_payment(
        id=PaymentId.of(number + 1),
        student_id=PersonId(student),
        teacher_id=PersonId(teacher),
        parts=parts,
        counters=Counters.none(currency),
        **ENDED,
    )


def begin(transactions: Transactions) -> None:
    """Store the payments to which all of this happens."""
    keep(transactions, a_gig(), a_booking(), *map(the_payment, range(len(PEOPLE))))


def happen(transactions: Transactions, one: Happening, key: str) -> None:
    """Store what happened, in one transaction."""
    with transactions.begin() as transaction:
        payment = transaction.payment(PaymentId.of(one.payment + 1))
        transaction.keep(decision_of(replace(payment), *_told(one, payment, key)))


def _told(one: Happening, payment: Payment, key: str) -> Iterable[Event | Entry]:
    kind = KINDS[one.kind]
    if kind.fact:
        yield an_event(subject=payment.id, fact=kind.fact, at=one.at)
    if kind.debit and kind.credit:
        leg = Leg(kind.debit, kind.credit, Money(kind.amount, one.currency), payment.id)
        yield Entry(key, one.kind, payment.id, one.at, (leg,))
