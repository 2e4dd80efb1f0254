"""The dashboard: what a store finds of a span of time, and how it is put together for each currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.figures import Active, Figures, share, together
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.money import Currency
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.span import Day, DayOrMonth, Month, Span
from linguapay_core.domain.transfer import Hold

RECENT: Final = 20
"""How many of the latest events are shown."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something there are, and what they come to."""

    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Waiting(Tally):
    """Refund requests that wait, since when the one that waits longest was submitted, and on average."""

    oldest_at: datetime
    mean_at: datetime

    def longest(self, at: datetime) -> timedelta:
        """For how long the oldest has waited."""
        return at - self.oldest_at

    def mean(self, at: datetime) -> timedelta:
        """For how long they have waited on average."""
        return at - self.mean_at


@dataclass(frozen=True, slots=True)
class TopTeacher:
    """A teacher, and what students paid for lessons with them."""

    teacher_id: PersonId
    volume_minor: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a store found, all at one moment. Where nothing was found nothing is said.

    ``figures`` are those of the span's days and of the days before. ``apart`` are keyed by currency, the breakdown's
    name and the field's text, over all days of the span. ``held`` are the transfers that wait now, with what is payable
    to their teachers; ``requests`` the refund requests that are open now.
    """

    figures: Mapping[tuple[Day, Currency], Figures]
    active: Mapping[tuple[DayOrMonth, Currency], Active]
    apart: Mapping[tuple[Currency, str, str], int]
    top: Mapping[tuple[Month, Currency], tuple[TopTeacher, ...]]
    held: Mapping[tuple[Currency, Hold], Tally]
    requests: Mapping[tuple[Currency, RequestState], Waiting]
    open_alarms: int
    recent: tuple[ToldEvent, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """How cards of one brand fared: every decline and every success is an attempt."""

    brand: str
    succeeded: int
    declined: int

    @property
    def success_bps(self) -> int | None:
        """How many of the attempts succeeded, in basis points, half up."""
        return share(self.succeeded, self.succeeded + self.declined)


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """A month as a whole, whatever part of it the span covers: who took part, and with whom most was paid for."""

    month: Month
    active: Active
    top_teachers: tuple[TopTeacher, ...]


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """All that is in one currency.

    ``before`` are the figures of as many days before; ``active`` names the days on which somebody was. ``brands`` come
    in the order of their attempts, ``declines`` by the reason that the bank gave, the most frequent first.
    """

    currency: Currency
    total: Figures
    before: Figures
    days: tuple[tuple[Day, Figures], ...]
    active: Mapping[Day, Active]
    months: tuple[MonthFigures, ...]
    brands: tuple[Brand, ...]
    declines: Mapping[str, int]
    held: Mapping[Hold, Tally]
    requests: Mapping[RequestState, Waiting]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures of a span of time for each currency that occurs, what calls for a person, and what happened last."""

    span: Span
    at: datetime
    currencies: tuple[CurrencyFigures, ...]
    open_alarms: int
    recent: tuple[ToldEvent, ...]

    @property
    def starts_at(self) -> datetime:
        """The first instant of the span."""
        return self.span.starts_at

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.span.ends_at


def put_together(span: Span, found: Findings, *, at: datetime) -> Dashboard:
    """The dashboard of this span, looked at then."""
    currencies = sorted(_currencies(found), key=str)
    shown = tuple(_in_currency(currency, span, found) for currency in currencies)
    return Dashboard(span, at, shown, found.open_alarms, found.recent)


def _currencies(found: Findings) -> set[Currency]:
    counted = {currency for (_, currency), figures in found.figures.items() if figures != Figures()}
    waiting = {currency for currency, _ in (*found.held, *found.requests)}
    return counted | waiting | {currency for _, currency in found.active}


def _in_currency(currency: Currency, span: Span, found: Findings) -> CurrencyFigures:
    nothing, nobody = Figures(), Active()
    days = tuple((day, found.figures.get((day, currency), nothing)) for day in span.days)
    return CurrencyFigures(
        currency,
        together(figures for _, figures in days),
        together(found.figures.get((day, currency), nothing) for day in span.days_before),
        days,
        {day: active for day in span.days if (active := found.active.get((day, currency)))},
        tuple(
            MonthFigures(month, found.active.get((month, currency), nobody), found.top.get((month, currency), ()))
            for month in span.months
        ),
        _brands(currency, found),
        _most_first(_apart(currency, "declined_by_code", found)),
        {hold: tally for (of, hold), tally in found.held.items() if of == currency},
        {state: waiting for (of, state), waiting in found.requests.items() if of == currency},
    )


def _brands(currency: Currency, found: Findings) -> tuple[Brand, ...]:
    succeeded = _apart(currency, "succeeded_by_brand", found)
    declined = _apart(currency, "declined_by_brand", found)
    attempts = {name: succeeded.get(name, 0) + declined.get(name, 0) for name in (*succeeded, *declined)}
    return tuple(Brand(name, succeeded.get(name, 0), declined.get(name, 0)) for name in _most_first(attempts))


def _apart(currency: Currency, name: str, found: Findings) -> Mapping[str, int]:
    return {key: count for (of, breakdown, key), count in found.apart.items() if (of, breakdown) == (currency, name)}


def _most_first(counts: Mapping[str, int]) -> Mapping[str, int]:
    return dict(sorted(counts.items(), key=lambda count: (-count[1], count[0])))


def ranked(volumes: Mapping[PersonId, int], top: int) -> Sequence[TopTeacher]:
    """The teachers with whom most was paid for, the most first; none with whom nothing was."""
    order = sorted((-volume, teacher) for teacher, volume in volumes.items() if volume > 0)
    return [TopTeacher(teacher, -volume) for volume, teacher in order[:top]]
