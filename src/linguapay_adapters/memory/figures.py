"""The dashboard's figures, counted from what is in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.dashboard import RECENT, Findings, Tally, Waiting, ranked
from linguapay_core.domain.decision import Event
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.figures import (
    ACTIVITY,
    BREAKDOWNS,
    FIGURES,
    PARTIES,
    TOP,
    VOLUME,
    Active,
    Adds,
    Figures,
    Moved,
    Told,
)
from linguapay_core.domain.identifiers import EventId, PersonId
from linguapay_core.domain.ledger import Balances, Leg
from linguapay_core.domain.money import Currency, Money, half_up
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import OPEN, RefundRequest, RequestState
from linguapay_core.domain.span import Day, DayOrMonth, Month, Span
from linguapay_core.domain.transfer import Hold, Transfer, TransferState

KeyT = TypeVar("KeyT")
ThingT = TypeVar("ThingT")
DayOrMonthT = TypeVar("DayOrMonthT", bound=DayOrMonth)

ABOUT: Final[Mapping[str, Callable[[Shelves, str], Money | None]]] = {
    "payment": lambda shelves, name: _total(shelves.get(Payment, name)),
    "refund": lambda shelves, name: _total(shelves.get(Refund, name)),
    "refund_request": lambda shelves, name: _amount(shelves.get(RefundRequest, name)),
    "transfer": lambda shelves, name: _amount(shelves.get(Transfer, name)),
}
"""What the records come to that events with figures are about, by the first word of the events' names."""


class _Recount:
    """The figures of a span, while they are being counted."""

    def __init__(self, shelves: Shelves, span: Span) -> None:
        self._shelves = shelves
        self._span = span
        self._days = (*span.days_before, *span.days)
        self.figures: defaultdict[tuple[Day, Currency], Counter[str]] = defaultdict(Counter)
        self.apart: Counter[tuple[Currency, str, str]] = Counter()
        self.people: defaultdict[tuple[DayOrMonth, Currency], set[tuple[str, PersonId]]] = defaultdict(set)
        self.volumes: defaultdict[tuple[Month, Currency], Counter[PersonId]] = defaultdict(Counter)

    def tell(self, event: Event) -> None:
        """Count an event about a record that is there."""
        about = ABOUT.get(event.fact.name.partition(".")[0])
        amount = about(self._shelves, event.subject) if about else None
        if amount is None:
            return
        if day := _period(self._days, event.at):
            self._count(day, event, amount)
        day, month = _period(self._span.days, event.at), _period(self._span.months, event.at)
        for breakdown in BREAKDOWNS:
            if day and event.fact.name == breakdown.fact.name:
                self.apart[amount.currency, breakdown.name, getattr(event.fact, breakdown.field)] += 1
        payment = self._shelves.get(Payment, event.subject)
        if payment and isinstance(event.fact, ACTIVITY):
            who = {(party.name, getattr(payment, party.side)) for party in PARTIES}
            if day:
                self.people[day, amount.currency] |= who
            if month:
                self.people[month, amount.currency] |= who

    def _count(self, day: Day, event: Event, amount: Money) -> None:
        for figure in FIGURES:
            for source in figure.source:
                if isinstance(source, Told) and source.fact.name == event.fact.name:
                    self.figures[day, amount.currency][figure.name] += self._added(source, event, amount)

    def _added(self, source: Told, event: Event, amount: Money) -> int:
        if source.last and getattr(event.fact, "missing", None):
            return 0
        match source.adds:
            case Adds.ONE:
                return 1
            case Adds.AMOUNT:
                return amount.amount_minor
            case Adds.WAITED:
                request = self._shelves.get(RefundRequest, event.subject)
                assert request is not None, event
                return int(event.at.timestamp()) - int(request.submitted_at.timestamp())

    def move(self, leg: Leg, at: datetime) -> None:
        """Count a leg of the books."""
        amount = leg.amount
        if day := _period(self._days, at):
            for figure in FIGURES:
                moved = sum(source.sign(leg) for source in figure.source if isinstance(source, Moved))
                self.figures[day, amount.currency][figure.name] += moved * amount.amount_minor
        payment = leg.payment_id and self._shelves.get(Payment, leg.payment_id)
        if payment and (month := _period(self._span.months, at)):
            self.volumes[month, amount.currency][payment.teacher_id] += VOLUME.sign(leg) * amount.amount_minor


def find(shelves: Shelves, span: Span) -> Findings:
    """All that the dashboard of this span needs."""
    recount = _Recount(shelves, span)
    for event in shelves.events:
        recount.tell(event)
    for entry in shelves.entries:
        for leg in entry.legs:
            recount.move(leg, entry.at)
    return Findings(
        figures={key: Figures(**counted) for key, counted in recount.figures.items()},
        active={key: _active(people) for key, people in recount.people.items()},
        apart=recount.apart,
        top={key: tuple(ranked(volumes, TOP)) for key, volumes in recount.volumes.items()},
        held=_held(shelves),
        requests=_requests(shelves),
        open_alarms=sum(alarm.cleared_at is None for alarm in shelves.all(Alarm)),
        recent=_recent(shelves),
    )


def _total(record: Payment | Refund | None) -> Money | None:
    return record.parts.total if record else None


def _amount(record: RefundRequest | Transfer | None) -> Money | None:
    return record.amount if record else None


def _period(periods: Sequence[DayOrMonthT], at: datetime) -> DayOrMonthT | None:
    return next((period for period in periods if period.starts_at <= at < period.ends_at), None)


def _active(people: set[tuple[str, PersonId]]) -> Active:
    return Active(**Counter(party for party, _ in people))


def _recent(shelves: Shelves) -> tuple[ToldEvent, ...]:
    first = len(shelves.events) - RECENT
    latest = [ToldEvent(EventId.of(number), event) for number, event in enumerate(shelves.events, 1) if number > first]
    return tuple(reversed(latest))


def _held(shelves: Shelves) -> Mapping[tuple[Currency, Hold], Tally]:
    found = _grouped(
        ((transfer.amount.currency, transfer.hold), _payable(shelves, transfer))
        for transfer in shelves.all(Transfer)
        if transfer.state is TransferState.ON_HOLD and transfer.hold is not None
    )
    return {key: Tally(len(amounts), sum(amounts)) for key, amounts in found.items()}


def _payable(shelves: Shelves, transfer: Transfer) -> int:
    payment = shelves.get(Payment, transfer.payment_id)
    assert payment is not None, transfer
    books = Balances(payment.currency).after(shelves.books_of(payment.id), payment.id)
    return books[payment.payable].amount_minor


def _requests(shelves: Shelves) -> Mapping[tuple[Currency, RequestState], Waiting]:
    found = _grouped(
        ((request.amount.currency, request.state), request)
        for request in shelves.all(RefundRequest)
        if request.state in OPEN
    )
    return {key: _waiting(requests) for key, requests in found.items()}


def _waiting(requests: Sequence[RefundRequest]) -> Waiting:
    amount_minor = sum(request.amount.amount_minor for request in requests)
    since = [request.submitted_at for request in requests]
    mean = half_up(sum(int(at.timestamp()) for at in since), len(since))
    return Waiting(len(requests), amount_minor, min(since), datetime.fromtimestamp(mean, UTC))


def _grouped(found: Iterable[tuple[KeyT, ThingT]]) -> Mapping[KeyT, list[ThingT]]:
    groups: defaultdict[KeyT, list[ThingT]] = defaultdict(list)
    for key, thing in found:
        groups[key].append(thing)
    return groups
