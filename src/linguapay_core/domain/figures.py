"""What is counted of a marketplace, each figure defined once, in a table.

A figure comes from what is only ever added: from events, or from the legs of the books. So that any store can count it,
a source says which of these it takes and what each adds. What follows from figures is derived here.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter
from typing import Final, TypeAlias

from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.events.payment import (
    PAID,
    PaymentCancelled,
    PaymentDeclined,
    PaymentFailed,
    PaymentQuarantined,
    PaymentStarted,
    PaymentSucceeded,
)
from linguapay_core.domain.events.refund import (
    RefundRequestApproved,
    RefundRequestBlocked,
    RefundRequestDone,
    RefundRequested,
    RefundRequestExpired,
    RefundRequestRejected,
    RefundRequestWithdrawn,
    RefundReserved,
)
from linguapay_core.domain.events.transfer import TransferCreated
from linguapay_core.domain.ledger import Kind, Leg
from linguapay_core.domain.money import BASIS_POINTS, Currency, half_up

EDITION: Final = 2
"""Raise it when a source changes: what was counted before is then counted anew."""

TOP: Final = 10
"""How many teachers are named among the top."""


class Adds(StrEnum):
    """What an event adds to a figure."""

    ONE = "one"
    AMOUNT = "amount"
    """What its object comes to, in minor units."""
    WAITED = "waited"
    """For how long its refund request has waited since it was submitted, in whole seconds of the clock."""


@dataclass(frozen=True, slots=True)
class Told:
    """The events of one kind; of approvals only those after which none is missing, where ``last`` says so."""

    fact: type[Fact]
    adds: Adds = Adds.ONE
    last: bool = False


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


Source: TypeAlias = Told | Moved

REFUNDABLE: Final = frozenset(
    {Kind.ESCROW, Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE, Kind.PLATFORM_FEE, Kind.GOODWILL, Kind.STUDENT_CREDIT}
)
"""Where the money of a refund is taken from, and goes back to if the refund comes to nothing."""

ANY: Final[AbstractSet[Kind]] = frozenset()

VOLUME: Final = Moved(debit={Kind.CHARGE_CLEARING, Kind.SUSPENSE}, credit={Kind.ESCROW})
"""Money that students paid for lessons."""

WENT_BACK: Final = (Moved(debit=REFUNDABLE, credit={Kind.REFUND_CLEARING}), Moved({Kind.STUDENT_CREDIT}, {Kind.BANK}))
EARNED: Final = (Moved(debit=ANY, credit={Kind.PLATFORM_FEE}),)
CHARGED: Final = (Moved(debit={Kind.STRIPE_FEES}, credit=ANY),)
GIVEN: Final = (Moved(debit={Kind.GOODWILL}, credit=ANY),)
"""What went back to students, what the platform earned, what Stripe charged, what was given out of the platform's own.

It is counted of days, and compared by a what-if.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, where it comes from, and what it means. Those of several days add up."""

    name: str
    source: tuple[Source, ...]
    meaning: str


FIGURES: Final = (
    Figure("payments_started", (Told(PaymentStarted),), "payments that students began"),
    Figure("payments_succeeded", (Told(PaymentSucceeded),), "payments whose money came as it was asked for"),
    Figure("payments_failed", (Told(PaymentFailed),), "payments that Stripe refused for good"),
    Figure("payments_cancelled", (Told(PaymentCancelled),), "payments that were abandoned: none was charged"),
    Figure("payments_quarantined", (Told(PaymentQuarantined),), "payments whose money isn't what was asked"),
    Figure("cards_declined", (Told(PaymentDeclined),), "times that a card was declined; another may follow"),
    Figure("volume_minor", (VOLUME,), "what students paid, the platform's fee included"),
    Figure("refunds_begun", (Told(RefundReserved),), "refunds for which money was set aside"),
    Figure(
        "refunded_minor",
        WENT_BACK,
        "what was set aside for refunds or paid by bank, less what a refund that came to nothing gave back",
    ),
    Figure(
        "platform_fees_minor",
        EARNED,
        "what the platform earned when lessons were settled, less what it gave back",
    ),
    Figure("stripe_fees_minor", CHARGED, "what Stripe kept, on the days of its balance transactions"),
    Figure("goodwill_minor", GIVEN, "what was given back at the platform's cost"),
    Figure(
        "bad_debt_minor",
        (Moved(debit={Kind.BAD_DEBT}, credit=ANY),),
        "what teachers owed and was written off, less what came back after all",
    ),
    Figure("requests_submitted", (Told(RefundRequested),), "refunds that students asked for"),
    Figure(
        "requests_approved",
        (Told(RefundRequestApproved, last=True),),
        "times that a refund request got the last approval that it needed",
    ),
    Figure("requests_rejected", (Told(RefundRequestRejected),), "refund requests to which an admin said no"),
    Figure("requests_withdrawn", (Told(RefundRequestWithdrawn),), "refund requests that students took back"),
    Figure("requests_expired", (Told(RefundRequestExpired),), "refund requests that nobody decided in time"),
    Figure("requests_blocked", (Told(RefundRequestBlocked),), "times that a refund request couldn't go on"),
    Figure("requests_done", (Told(RefundRequestDone),), "times that a refund request's money was sent"),
    Figure(
        "deciding_seconds",
        (
            Told(RefundRequestApproved, Adds.WAITED, last=True),
            Told(RefundRequestRejected, Adds.WAITED),
        ),
        "for how long the approved and the rejected had waited since they were submitted, together",
    ),
    Figure("transfers_sent", (Told(TransferCreated),), "transfers that Stripe sent to teachers"),
    Figure("transferred_minor", (Told(TransferCreated, Adds.AMOUNT),), "the amounts of these transfers"),
    Figure("disputes_opened", (), "chargebacks and inquiries that began (none yet: disputes come later)"),
    Figure(
        "disputed_minor",
        (Moved(debit={Kind.DISPUTE_HOLD}, credit=ANY),),
        "what disputes withdrew, less what came back (nothing yet: disputes come later)",
    ),
)
"""What each figure means. All are of one currency, amounts in its minor units."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How many events of one kind became true, apart by one of their fields."""

    name: str
    fact: type[Fact]
    field: str
    meaning: str


BREAKDOWNS: Final = (
    Breakdown("succeeded_by_brand", PaymentSucceeded, "card_brand", "payments that succeeded, by brand of card"),
    Breakdown("declined_by_brand", PaymentDeclined, "card_brand", "times that a card was declined, by its brand"),
    Breakdown("declined_by_code", PaymentDeclined, "decline_code", "the same, by the reason that the bank gave"),
)
"""What is counted apart."""


@dataclass(frozen=True, slots=True)
class Party:
    """How many different people on one side of the payments whose money came. These don't add up over time."""

    name: str
    side: str
    meaning: str


PARTIES: Final = (
    Party("students_active", "student_id", "students who paid for a lesson"),
    Party("teachers_active", "teacher_id", "teachers one of whose lessons was paid for"),
)
"""Who is counted, per day and per month."""

ACTIVITY: Final = PAID
"""What makes somebody active: one of these facts of a payment."""


@dataclass(frozen=True, slots=True)
class Active:
    """How many different people took part."""

    students_active: int = 0
    teachers_active: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a span of time, in one currency: the figures of the table, and what follows from them."""

    payments_started: int = 0
    payments_succeeded: int = 0
    payments_failed: int = 0
    payments_cancelled: int = 0
    payments_quarantined: int = 0
    cards_declined: int = 0
    volume_minor: int = 0
    refunds_begun: int = 0
    refunded_minor: int = 0
    platform_fees_minor: int = 0
    stripe_fees_minor: int = 0
    goodwill_minor: int = 0
    bad_debt_minor: int = 0
    requests_submitted: int = 0
    requests_approved: int = 0
    requests_rejected: int = 0
    requests_withdrawn: int = 0
    requests_expired: int = 0
    requests_blocked: int = 0
    requests_done: int = 0
    deciding_seconds: int = 0
    transfers_sent: int = 0
    transferred_minor: int = 0
    disputes_opened: int = 0
    disputed_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What students paid, less what went back to them."""
        return self.volume_minor - self.refunded_minor

    @property
    def margin_minor(self) -> int:
        """What is left to the platform: its fees, less Stripe's fees, goodwill and bad debt."""
        return self.platform_fees_minor - self.stripe_fees_minor - self.goodwill_minor - self.bad_debt_minor

    @property
    def payments_ended(self) -> int:
        """Payments of which it became clear what they came to."""
        return self.payments_succeeded + self.payments_failed + self.payments_cancelled + self.payments_quarantined

    @property
    def success_bps(self) -> int | None:
        """How many of the payments that ended succeeded, in basis points, half up; ``None`` where none ended."""
        return share(self.payments_succeeded, self.payments_ended)

    @property
    def failure_bps(self) -> int | None:
        """How many of them didn't: the rest."""
        return None if self.success_bps is None else BASIS_POINTS - self.success_bps

    @property
    def mean_deciding_seconds(self) -> int | None:
        """How long a refund request waited for its decision, on average, half up; ``None`` where none was decided."""
        decided = self.requests_approved + self.requests_rejected
        return half_up(self.deciding_seconds, decided) if decided else None


NAMES: Final = tuple(figure.name for figure in FIGURES)
"""The names of the figures, in the order of the table."""

_values = attrgetter(*(field.name for field in fields(Figures)))


def together(several: Iterable[Figures]) -> Figures:
    """The figures of all these spans as those of one."""
    columns = zip(*map(_values, several), strict=True)
    return Figures(*map(sum, columns))


def share(part: int, whole: int) -> int | None:
    """A part of a whole, in basis points, half up; ``None`` where there is no whole."""
    return half_up(part * BASIS_POINTS, whole) if whole else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that was counted wrong: of which day or month, in which currency, and what a recount found."""

    period: str
    currency: Currency
    figure: str
    counted: int
    recounted: int
