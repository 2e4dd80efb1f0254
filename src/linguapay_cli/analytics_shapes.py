"""The figures as data: JSON, and one line of CSV for each step. Amounts are in minor units, rates in basis points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from linguapay_cli.analytics_steps import Step, Taken, steps
from linguapay_cli.shapes import Shape
from linguapay_cli.values import instant, money, sheet
from linguapay_core.domain.dashboard import CurrencyFigures, Dashboard, MonthFigures, Waiting
from linguapay_core.domain.figures import PARTIES, Figures
from linguapay_core.domain.money import Money

DERIVED: Final = tuple(name for name, member in vars(Figures).items() if isinstance(member, property))
"""The figures that follow from those of the table."""


def dashboard(told: Dashboard, chosen: Sequence[CurrencyFigures], step: Step) -> Shape:
    """A span, and the figures of the chosen currencies."""
    return {
        "starts_at": instant(told.starts_at),
        "ends_at": instant(told.ends_at),
        "time_zone": str(told.span.zone),
        "by": str(step),
        "open_alarms": told.open_alarms,
        "currencies": [_currency(told, figures, step) for figures in chosen],
    }


def _currency(told: Dashboard, figures: CurrencyFigures, step: Step) -> Shape:
    currency = figures.currency
    return {
        "currency": currency.code,
        "total": _figures(figures.total),
        "before": _figures(figures.before),
        "steps": [_step(taken) for taken in steps(figures, step)],
        "months": [_month(month, figures) for month in figures.months],
        "brands": [{**asdict(brand), "success_bps": brand.success_bps} for brand in figures.brands],
        "declines": [{"decline_code": reason, "count": count} for reason, count in figures.declines.items()],
        "held_transfers": [
            {"hold": str(hold), "count": tally.count, "amount": money(Money(tally.amount_minor, currency))}
            for hold, tally in figures.held.items()
        ],
        "refund_requests": [
            {"state": str(state), **_waiting(waiting, figures, told)} for state, waiting in figures.requests.items()
        ],
    }


def _figures(figures: Figures) -> Mapping[str, int | None]:
    return {**asdict(figures), **{name: getattr(figures, name) for name in DERIVED}}


def _step(taken: Taken) -> Shape:
    return {
        "on": taken.on.isoformat(),
        "starts_at": instant(taken.starts_at),
        "ends_at": instant(taken.ends_at),
        "figures": _figures(taken.figures),
        "active": taken.active and asdict(taken.active),
    }


def _month(told: MonthFigures, figures: CurrencyFigures) -> Shape:
    return {
        "on": told.month.on.isoformat(),
        "active": asdict(told.active),
        "top_teachers": [
            {"teacher_id": one.teacher_id, "volume": money(Money(one.volume_minor, figures.currency))}
            for one in told.top_teachers
        ],
    }


def _waiting(waiting: Waiting, figures: CurrencyFigures, told: Dashboard) -> Shape:
    return {
        "count": waiting.count,
        "amount": money(Money(waiting.amount_minor, figures.currency)),
        "oldest_at": instant(waiting.oldest_at),
        "longest_seconds": int(waiting.longest(told.at).total_seconds()),
        "mean_seconds": int(waiting.mean(told.at).total_seconds()),
    }


def lines(chosen: Sequence[CurrencyFigures], step: Step) -> str:
    """A line for each step and currency, under a line of headings (RFC 4180)."""
    parties = [party.name for party in PARTIES]
    rows = (
        {
            "on": taken.on.isoformat(),
            "currency": figures.currency.code,
            **_figures(taken.figures),
            **(asdict(taken.active) if taken.active else dict.fromkeys(parties)),
        }
        for figures in chosen
        for taken in steps(figures, step)
    )
    return sheet(["on", "currency", *_figures(Figures()), *parties], rows)
