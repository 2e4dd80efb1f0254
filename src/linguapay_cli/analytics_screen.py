"""The figures for a person: this period beside the one before, bars, cards, people, and what waits now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from linguapay_cli.analytics_steps import Step, steps
from linguapay_cli.books_screen import counted
from linguapay_cli.screen import FAINT, indented, section, state, table
from linguapay_cli.values import bare
from linguapay_core.domain.dashboard import CurrencyFigures, Dashboard, MonthFigures
from linguapay_core.domain.figures import Figures
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Currency, Money, half_up
from linguapay_core.domain.span import DAY

BAR: Final = 16
"""How many characters the longest bar has."""

NAMES: Final = {
    "payments_started": "payments started",
    "payments_succeeded": "… succeeded",
    "payments_failed": "… failed",
    "payments_cancelled": "… abandoned",
    "payments_quarantined": "… quarantined",
    "success_bps": "success rate",
    "cards_declined": "cards declined",
    "volume_minor": "volume",
    "refunded_minor": "refunds",
    "net_minor": "net",
    "platform_fees_minor": "platform fees",
    "stripe_fees_minor": "Stripe's fees",
    "goodwill_minor": "goodwill",
    "bad_debt_minor": "bad debt",
    "margin_minor": "margin",
    "requests_submitted": "refund requests",
    "requests_approved": "… approved",
    "requests_rejected": "… rejected",
    "requests_withdrawn": "… withdrawn",
    "requests_expired": "… expired",
    "mean_deciding_seconds": "mean time to decide",
    "transfers_sent": "transfers sent",
    "transferred_minor": "transferred",
}
"""The figures that are shown, and how they are called here."""


def dashboard(told: Dashboard, chosen: Sequence[CurrencyFigures], step: Step, block: str) -> Group:
    """A span, and the figures of the chosen currencies. Bars are made of ``block``; without one there are none."""
    return Group(*_parts(told, chosen, step, block))


def _parts(told: Dashboard, chosen: Sequence[CurrencyFigures], step: Step, block: str) -> Iterator[RenderableType]:
    span = told.span
    first, last = span.days[0].on, span.days[-1].on
    yield Text.assemble(
        (f"{first} to {last}", "bold"),
        (f" in {span.zone}, beside {counted(len(span.days_before), 'day')} before", FAINT),
    )
    if told.open_alarms:
        yield Text(f"! {counted(told.open_alarms, 'alarm')} stand: linguapay alarms list", "bold red")
    yield Text()
    for figures in chosen:
        yield from _currency(told, figures, step, block)
    if not chosen:
        yield Text("Nothing happened in this time.", FAINT)


def _currency(told: Dashboard, figures: CurrencyFigures, step: Step, block: str) -> Iterator[RenderableType]:
    code = figures.currency.code
    yield section(f"In {code}", _compared(figures))
    yield section(f"By {step}", _by_step(figures, step, block))
    if figures.brands:
        yield section("Cards", _cards(figures))
    if figures.held or figures.requests:
        yield section("Waiting now", _waiting(told, figures))
    for month in figures.months:
        if month.top_teachers:
            yield section(f"Top teachers of {month.month.on:%B %Y}, the whole month", _top(month, figures.currency))


def _compared(figures: CurrencyFigures) -> Table:
    headings = ("now", "before", "change")
    made = table("", *headings, right=headings)
    for name, called in NAMES.items():
        now, before = (getattr(one, name) for one in (figures.total, figures.before))
        made.add_row(
            called, _shown(name, now, figures.currency), _shown(name, before, figures.currency), _change(now, before)
        )
    return made


def _shown(name: str, number: int | None, currency: Currency) -> str:
    if number is None:
        return "-"
    if name.endswith("_minor"):
        return bare(Money(number, currency))
    if name.endswith("_bps"):
        whole, tenths = divmod(half_up(number, 10), 10)
        return f"{whole}.{tenths} %"
    return _lasting(timedelta(seconds=number)) if name.endswith("_seconds") else f"{number:,}"


def _change(now: int | None, before: int | None) -> Text:
    """By how much per cent of what it was before; a dash where that can't be said."""
    if not now and not before:
        return Text("-", FAINT)
    if now is None or before is None or before <= 0:
        return Text("new" if before == 0 else "-", FAINT)
    return Text(f"{half_up(100 * (now - before), before):+} %", FAINT)


def _by_step(figures: CurrencyFigures, step: Step, block: str) -> Table:
    code = figures.currency.code
    taken = tuple(steps(figures, step))
    right = ("payments", code, "margin", "students", "teachers")
    headings = ("from", "payments", code, *(("",) if block else ()), "margin")
    people = () if step is Step.WEEK else ("students", "teachers")
    made = table(*headings, *people, right=right)
    largest = max((one.figures.volume_minor for one in taken), default=0)
    for one in taken:
        volume, margin = (
            Money(minor, figures.currency) for minor in (one.figures.volume_minor, one.figures.margin_minor)
        )
        bar = (Text(_bar(one.figures, largest, block), "cyan"),) if block else ()
        counts = (one.active.students_active, one.active.teachers_active) if one.active else ()
        made.add_row(
            one.on.isoformat(),
            f"{one.figures.payments_succeeded:,}",
            bare(volume),
            *bar,
            bare(margin),
            *map(str, counts),
        )
    return made


def _bar(figures: Figures, largest: int, block: str) -> str:
    """As long as the volume is beside the largest; whatever is more than nothing is seen."""
    volume = figures.volume_minor
    return block * max(volume * BAR // largest, 1) if volume > 0 else ""


def _cards(figures: CurrencyFigures) -> Group:
    headings = ("succeeded", "declined", "success rate")
    brands = table("brand", *headings, right=headings)
    for brand in figures.brands:
        rate = _shown("success_bps", brand.success_bps, figures.currency)
        brands.add_row(brand.brand or "unknown", f"{brand.succeeded:,}", f"{brand.declined:,}", rate)
    if not figures.declines:
        return Group(brands)
    reasons = table("declined because of", "times", right=("times",))
    for reason, times in figures.declines.items():
        reasons.add_row(reason or "unknown", f"{times:,}")
    return Group(brands, Text(), reasons)


def _waiting(told: Dashboard, figures: CurrencyFigures) -> Table:
    code = figures.currency.code
    made = table("what", "why", "number", code, "longest", "mean", right=("number", code, "longest", "mean"))
    for hold, tally in figures.held.items():
        amount = Money(tally.amount_minor, figures.currency)
        made.add_row("held transfers", spoken(hold), f"{tally.count:,}", bare(amount), "", "")
    for name, waiting in figures.requests.items():
        amount = Money(waiting.amount_minor, figures.currency)
        longest, mean = (_lasting(one) for one in (waiting.longest(told.at), waiting.mean(told.at)))
        made.add_row("refund requests", state(name), f"{waiting.count:,}", bare(amount), longest, mean)
    return made


def _top(told: MonthFigures, currency: Currency) -> RenderableType:
    made = table("teacher", currency.code, right=(currency.code,))
    for one in told.top_teachers:
        made.add_row(one.teacher_id, bare(Money(one.volume_minor, currency)))
    people = f"{counted(told.active.students_active, 'student')}, {counted(told.active.teachers_active, 'teacher')}"
    return Group(made, indented(Text(people, FAINT)))


def _lasting(time: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(max(time, timedelta(0)).total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, DAY // timedelta(hours=1))
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
