"""The figures of a span of time: what each one means, in a table, and how they are put together.

Every figure of the table adds up: those of the days are those of the span. A store counts what became true (events) and
what moved (legs of the books); what is derived is derived here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import reduce
from operator import add
from typing import Final, TypeAlias

from linguapay_core.domain import events as facts
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events import Fact
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.ledger import Kind, Leg
from linguapay_core.domain.money import BASIS_POINTS, Currency, half_up
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold

LONGEST_SPAN: Final = timedelta(days=366)
USUAL_SPAN: Final = timedelta(days=30)
RECENT: Final = 20
"""How many of the latest events are shown."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many events of one kind became true."""

    fact: type[Fact]


@dataclass(frozen=True, slots=True)
class Summed:
    """The amounts of the objects of which an event of one kind became true."""

    fact: type[Fact]


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved in the books from accounts of some kinds to those of others, less what moved back.

    It is credited to ``credit`` and debited to ``debit``; no kinds mean any other account.
    """

    debit: AbstractSet[Kind]
    credit: AbstractSet[Kind]

    def sign(self, leg: Leg) -> int:
        """1 where a leg moves so, -1 where it moves back, and else 0."""
        debit, credit = leg.debit.kind, leg.credit.kind
        return self._covers(debit, credit) - self._covers(credit, debit)

    def _covers(self, debit: Kind, credit: Kind) -> bool:
        return (not self.debit or debit in self.debit) and (not self.credit or credit in self.credit)


Source: TypeAlias = Counted | Summed | Moved

REFUNDABLE: Final = frozenset(
    {Kind.ESCROW, Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE, Kind.PLATFORM_FEE, Kind.GOODWILL, Kind.STUDENT_CREDIT}
)
"""Where the money of a refund is taken from, and goes back to if the refund comes to nothing."""

ANY: Final[AbstractSet[Kind]] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, where it comes from, and what it means."""

    name: str
    source: tuple[Source, ...]
    meaning: str


FIGURES: Final = (
    Figure("payments_started", (Counted(facts.PaymentStarted),), "payments that students began"),
    Figure("payments_succeeded", (Counted(facts.PaymentSucceeded),), "payments whose money came as it was asked for"),
    Figure("payments_failed", (Counted(facts.PaymentFailed),), "payments that Stripe refused for good"),
    Figure("payments_cancelled", (Counted(facts.PaymentCancelled),), "payments that ended without any money"),
    Figure("payments_quarantined", (Counted(facts.PaymentQuarantined),), "payments whose money isn't what was asked"),
    Figure(
        "volume_minor",
        (Moved(debit={Kind.CHARGE_CLEARING, Kind.SUSPENSE}, credit={Kind.ESCROW}),),
        "what students paid, the platform's fee included",
    ),
    Figure("refunds_begun", (Counted(facts.RefundReserved),), "refunds for which money was set aside"),
    Figure(
        "refunded_minor",
        (Moved(debit=REFUNDABLE, credit={Kind.REFUND_CLEARING}), Moved({Kind.STUDENT_CREDIT}, {Kind.BANK})),
        "what was set aside for refunds or paid by bank, less what a refund that came to nothing gave back",
    ),
    Figure(
        "platform_fees_minor",
        (Moved(debit=ANY, credit={Kind.PLATFORM_FEE}),),
        "what the platform earned when lessons were settled, less what it gave back",
    ),
    Figure(
        "stripe_fees_minor",
        (Moved(debit={Kind.STRIPE_FEES}, credit=ANY),),
        "what Stripe kept, on the days of its balance transactions",
    ),
    Figure("transfers_sent", (Counted(facts.TransferCreated),), "transfers that Stripe sent to teachers"),
    Figure("transferred_minor", (Summed(facts.TransferCreated),), "the amounts of these transfers"),
    Figure("disputes_opened", (), "chargebacks and inquiries that began"),
    Figure(
        "disputed_minor",
        (Moved(debit={Kind.DISPUTE_HOLD}, credit=ANY),),
        "what disputes withdrew, less what came back",
    ),
)
"""What each figure means. All are of one currency, amounts in its minor units."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a span of time, in one currency: the figures of the table, and what follows from them."""

    payments_started: int = 0
    payments_succeeded: int = 0
    payments_failed: int = 0
    payments_cancelled: int = 0
    payments_quarantined: int = 0
    volume_minor: int = 0
    refunds_begun: int = 0
    refunded_minor: int = 0
    platform_fees_minor: int = 0
    stripe_fees_minor: int = 0
    transfers_sent: int = 0
    transferred_minor: int = 0
    disputes_opened: int = 0
    disputed_minor: int = 0

    def __add__(self, other: Figures) -> Figures:
        """Both spans together."""
        return Figures(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @property
    def net_minor(self) -> int:
        """What students paid, less what went back to them."""
        return self.volume_minor - self.refunded_minor

    @property
    def payments_ended(self) -> int:
        """Payments of which it became clear what they came to."""
        return self.payments_succeeded + self.payments_failed + self.payments_cancelled + self.payments_quarantined

    @property
    def success_bps(self) -> int | None:
        """How many of the payments that ended succeeded, in basis points, half up; ``None`` where none ended."""
        ended = self.payments_ended
        return half_up(self.payments_succeeded * BASIS_POINTS, ended) if ended else None

    @property
    def failure_bps(self) -> int | None:
        """How many of them didn't: the rest."""
        return None if self.success_bps is None else BASIS_POINTS - self.success_bps


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the marketplace's calendar, cut where the span begins or ends within it. It may have 23 or 25 hours."""

    on: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something there are, and what they come to."""

    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a store found, all at one moment. Where nothing was found nothing is said.

    ``figures`` are keyed by day, currency and the figure's name; ``held`` are the transfers that wait now, with what is
    payable to their teachers; ``requests`` the refund requests of these days, in the state in which they stand now.
    """

    figures: Mapping[tuple[date, Currency, str], int]
    held: Mapping[tuple[Currency, Hold], Tally]
    requests: Mapping[tuple[Currency, RequestState], Tally]
    open_alarms: int
    recent: tuple[ToldEvent, ...]


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """All that is in one currency."""

    currency: Currency
    total: Figures
    days: tuple[tuple[Day, Figures], ...]
    held: Mapping[Hold, Tally]
    requests: Mapping[RequestState, Tally]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures of a span of time for each currency that occurs, what calls for a person, and what happened last."""

    starts_at: datetime
    ends_at: datetime
    currencies: tuple[CurrencyFigures, ...]
    open_alarms: int
    recent: tuple[ToldEvent, ...]


def days_between(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> tuple[Day, ...]:
    """The days of a zone that a span touches. Raises ``Invalid`` for a span that is empty or above 366 days."""
    if not starts_at < ends_at <= starts_at + LONGEST_SPAN:
        raise Invalid("to", f"this is after `from`, by at most {LONGEST_SPAN.days} days.")
    days: list[Day] = []
    at = starts_at
    while at < ends_at:
        on = at.astimezone(zone).date()
        midnight = datetime.combine(on + timedelta(days=1), time(), zone).astimezone(UTC)
        days.append(Day(on, at, min(midnight, ends_at)))
        at = midnight
    return tuple(days)


def put_together(days: Sequence[Day], found: Findings) -> Dashboard:
    """The dashboard of these days."""
    return Dashboard(
        days[0].starts_at,
        days[-1].ends_at,
        tuple(_in_currency(currency, days, found) for currency in sorted(_currencies(found), key=str)),
        found.open_alarms,
        found.recent,
    )


def _currencies(found: Findings) -> set[Currency]:
    of_figures = {currency for (_, currency, _), figure in found.figures.items() if figure}
    return of_figures | {currency for currency, _ in found.held} | {currency for currency, _ in found.requests}


def _in_currency(currency: Currency, days: Sequence[Day], found: Findings) -> CurrencyFigures:
    by_day = tuple((day, _figures(day.on, currency, found)) for day in days)
    return CurrencyFigures(
        currency,
        reduce(add, (figures for _, figures in by_day)),
        by_day,
        {hold: tally for (of, hold), tally in found.held.items() if of == currency},
        {state: tally for (of, state), tally in found.requests.items() if of == currency},
    )


def _figures(on: date, currency: Currency, found: Findings) -> Figures:
    return Figures(**{figure.name: found.figures.get((on, currency, figure.name), 0) for figure in FIGURES})
