"""The days of a dashboard, gathered in steps of a day, a week or a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linguapay_core.domain.dashboard import CurrencyFigures
    from linguapay_core.domain.figures import Active, Figures


class Step(StrEnum):
    """How long a step is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def first(self, on: date) -> date:
        """The first day of the step in which a day lies; a week begins on Monday (ISO 8601)."""
        match self:
            case Step.DAY:
                return on
            case Step.WEEK:
                return on - timedelta(days=on.weekday())
            case Step.MONTH:
                return on.replace(day=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """The days of one step, as far as they lie in the span.

    ``active`` are the people of its day or of its whole month; of a week nobody counts them.
    """

    on: date
    starts_at: datetime
    ends_at: datetime
    figures: Figures
    active: Active | None


def steps(told: CurrencyFigures, step: Step) -> Iterator[Taken]:
    """The steps of a span, in their order."""
    from linguapay_core.domain.figures import together  # noqa: PLC0415 - imported where it is used

    for on, group in groupby(told.days, key=lambda day: step.first(day[0].on)):
        days = tuple(group)
        figures = together(figures for _, figures in days)
        (first, _), (last, _) = days[0], days[-1]
        yield Taken(on, first.starts_at, last.ends_at, figures, _active(told, step, on))


def _active(told: CurrencyFigures, step: Step, on: date) -> Active | None:
    from linguapay_core.domain.figures import Active  # noqa: PLC0415 - imported where it is used

    match step:
        case Step.DAY:
            return next((active for day, active in told.active.items() if day.on == on), Active())
        case Step.WEEK:
            return None
        case Step.MONTH:
            return next(one.active for one in told.months if one.month.on == on)
