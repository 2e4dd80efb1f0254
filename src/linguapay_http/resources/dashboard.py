"""The dashboard: how the marketplace is doing, in figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field

from linguapay_core.domain.dashboard import FIGURES, CurrencyFigures, Dashboard, Figures
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import Amount, Instant, Search, View

TAG: Final = "Dashboard"


class DashboardSearch(Search):
    """Which span of time: at most 366 days, and the last 30 unless they are named."""

    since: Annotated[Instant | None, Field(alias="from", description="From this instant on.")] = None
    until: Annotated[Instant | None, Field(alias="to", description="Before this instant.")] = None


def _explained(schema: dict[str, Any]) -> None:
    """Each figure's meaning, as the core's table has it."""
    for figure in FIGURES:
        schema["properties"][figure.name]["description"] = figure.meaning


class FiguresView(View):
    """What happened in a span of time, in one currency; amounts in its minor units.

    The rates are in basis points (10000 is all) of the payments that ended, and empty where none did.
    """

    model_config = ConfigDict(json_schema_extra=_explained)
    payments_started: int
    payments_succeeded: int
    payments_failed: int
    payments_cancelled: int
    payments_quarantined: int
    success_bps: int | None
    failure_bps: int | None
    volume_minor: int
    refunds_begun: int
    refunded_minor: int
    net_minor: int
    platform_fees_minor: int
    stripe_fees_minor: int
    transfers_sent: int
    transferred_minor: int
    disputes_opened: int
    disputed_minor: int

    @classmethod
    def of(cls, figures: Figures) -> Self:
        """Show figures."""
        return cls.model_validate(figures, from_attributes=True)


class DayView(View):
    """A day of the marketplace's time zone, as far as it lies in the span."""

    on: date
    starts_at: Instant
    ends_at: Instant
    figures: FiguresView


class HeldView(View):
    """How many transfers wait now for this reason, and what they come to."""

    hold: Hold
    count: int
    amount: Amount


class RequestsView(View):
    """How many refund requests of the span are in this state now, and what they come to."""

    state: RequestState
    count: int
    amount: Amount


class CurrencyView(View):
    """All that is in one currency."""

    currency: str
    total: FiguresView
    days: list[DayView]
    held_transfers: list[HeldView]
    refund_requests: list[RequestsView]

    @classmethod
    def of(cls, figures: CurrencyFigures) -> Self:
        """Show what is in one currency."""
        code = figures.currency.code
        return cls(
            currency=code,
            total=FiguresView.of(figures.total),
            days=[
                DayView(on=day.on, starts_at=day.starts_at, ends_at=day.ends_at, figures=FiguresView.of(found))
                for day, found in figures.days
            ],
            held_transfers=[
                HeldView(hold=hold, count=tally.count, amount=_amount(tally.amount_minor, code))
                for hold, tally in figures.held.items()
            ],
            refund_requests=[
                RequestsView(state=state, count=tally.count, amount=_amount(tally.amount_minor, code))
                for state, tally in figures.requests.items()
            ],
        )


class ActivityView(View):
    """Something that became true: what, of which object, by whom, when."""

    id: str
    type: str
    subject: str
    by: str
    at: Instant

    @classmethod
    def of(cls, told: ToldEvent) -> Self:
        """Show an event."""
        event = told.event
        return cls(id=told.id, type=told.type, subject=event.subject, by=str(event.by), at=event.at)


class DashboardView(View):
    """The figures of a span of time, what calls for a person, and what happened last, the newest first."""

    starts_at: Instant
    ends_at: Instant
    currencies: list[CurrencyView]
    open_alarms: int
    recent_activity: list[ActivityView]

    @classmethod
    def of(cls, dashboard: Dashboard) -> Self:
        """Show a dashboard."""
        return cls(
            starts_at=dashboard.starts_at,
            ends_at=dashboard.ends_at,
            currencies=[CurrencyView.of(figures) for figures in dashboard.currencies],
            open_alarms=dashboard.open_alarms,
            recent_activity=[ActivityView.of(told) for told in dashboard.recent],
        )


def show_dashboard(desk: Desk, _caller: Caller, search: DashboardSearch) -> DashboardView:
    """Show totals, revenue, fees, rates, refunds, transfers and recent activity, as a whole and for each day."""
    return DashboardView.of(desk.linguapay.show_dashboard(search.since, search.until))


def _amount(amount_minor: int, code: str) -> Amount:
    return Amount.model_construct(amount_minor=amount_minor, currency=code)


DOORS: Final = (Door("GET", "/api/payments/dashboard/", show_dashboard, DashboardView, TAG),)
