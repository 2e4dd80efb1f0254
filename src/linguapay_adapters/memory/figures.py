"""The dashboard's figures, counted from what is in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.dashboard import FIGURES, RECENT, Counted, Day, Findings, Moved, Summed, Tally
from linguapay_core.domain.decision import Event
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import EventId, Identifier, PaymentId, RefundId, TransferId
from linguapay_core.domain.ledger import Balances, Leg
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.transfer import Hold, Transfer, TransferState

Tallies = Counter[tuple[date, Currency, str]]
KeyT = TypeVar("KeyT")

ABOUT: Final[Mapping[type[Identifier], Callable[[Shelves, str], Money | None]]] = {
    PaymentId: lambda shelves, name: _total(shelves.get(Payment, name)),
    RefundId: lambda shelves, name: _total(shelves.get(Refund, name)),
    TransferId: lambda shelves, name: transfer.amount if (transfer := shelves.get(Transfer, name)) else None,
}
"""What the records come to that events with figures are about."""


def find(shelves: Shelves, days: Sequence[Day]) -> Findings:
    """All that the dashboard of these days needs."""
    tallies: Tallies = Counter()
    for event in shelves.events:
        amount = _amount(shelves, event)
        if amount is not None and (on := _day(days, event.at)):
            _count_event(tallies, on, event, amount)
    for entry in shelves.entries:
        if on := _day(days, entry.at):
            for leg in entry.legs:
                _count_leg(tallies, on, leg)
    first = len(shelves.events) - RECENT
    latest = [ToldEvent(EventId.of(number), event) for number, event in enumerate(shelves.events, 1) if number > first]
    return Findings(
        figures=tallies,
        held=_held(shelves),
        requests=_requests(shelves, days),
        open_alarms=sum(alarm.cleared_at is None for alarm in shelves.all(Alarm)),
        recent=tuple(reversed(latest)),
    )


def _total(record: Payment | Refund | None) -> Money | None:
    return record.parts.total if record else None


def _amount(shelves: Shelves, event: Event) -> Money | None:
    prefix = event.subject.partition("_")[0]
    return next((about(shelves, event.subject) for kind, about in ABOUT.items() if kind.prefix == prefix), None)


def _day(days: Sequence[Day], at: datetime) -> date | None:
    return next((day.on for day in days if day.starts_at <= at < day.ends_at), None)


def _count_event(tallies: Tallies, on: date, event: Event, amount: Money) -> None:
    for figure in FIGURES:
        for source in figure.source:
            if isinstance(source, Counted | Summed) and source.fact.name == event.fact.name:
                counted = 1 if isinstance(source, Counted) else amount.amount_minor
                tallies[on, amount.currency, figure.name] += counted


def _count_leg(tallies: Tallies, on: date, leg: Leg) -> None:
    for figure in FIGURES:
        for source in figure.source:
            if isinstance(source, Moved):
                moved = source.sign(leg) * leg.amount.amount_minor
                tallies[on, leg.amount.currency, figure.name] += moved


def _held(shelves: Shelves) -> Mapping[tuple[Currency, Hold], Tally]:
    return _tallied(
        ((transfer.amount.currency, transfer.hold), _payable(shelves, transfer))
        for transfer in shelves.all(Transfer)
        if transfer.state is TransferState.ON_HOLD and transfer.hold is not None
    )


def _payable(shelves: Shelves, transfer: Transfer) -> int:
    payment = shelves.get(Payment, transfer.payment_id)
    assert payment is not None, transfer
    books = Balances(payment.currency).after(shelves.books_of(payment.id), payment.id)
    return books[payment.payable].amount_minor


def _requests(shelves: Shelves, days: Sequence[Day]) -> Mapping[tuple[Currency, RequestState], Tally]:
    return _tallied(
        ((request.amount.currency, request.state), request.amount.amount_minor)
        for request in shelves.all(RefundRequest)
        if days[0].starts_at <= request.submitted_at < days[-1].ends_at
    )


def _tallied(found: Iterable[tuple[KeyT, int]]) -> Mapping[KeyT, Tally]:
    tallies: dict[KeyT, Tally] = {}
    for key, amount_minor in found:
        before = tallies.get(key, Tally(0, 0))
        tallies[key] = Tally(before.count + 1, before.amount_minor + amount_minor)
    return tallies
