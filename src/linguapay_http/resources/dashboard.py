"""The dashboard: how the marketplace is doing, in figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field

from linguapay_core.domain.dashboard import Brand, CurrencyFigures, Dashboard, MonthFigures, TopTeacher, Waiting
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.figures import FIGURES, PARTIES, Active, Figures
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import Amount, Instant, Search, View

TAG: Final = "Dashboard"


class DashboardSearch(Search):
    """Which span of time: at most 366 days, and the last 30 up to the end of today unless they are named."""

    since: Annotated[Instant | None, Field(alias="from", description="From this instant on.")] = None
    until: Annotated[Instant | None, Field(alias="to", description="Before this instant.")] = None


def _explained(schema: dict[str, Any]) -> None:
    """Each figure's meaning, as the core's table has it."""
    for figure in FIGURES:
        schema["properties"][figure.name]["description"] = figure.meaning


def _introduced(schema: dict[str, Any]) -> None:
    """Who is counted, as the core's table has it."""
    for party in PARTIES:
        schema["properties"][party.name]["description"] = party.meaning


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
    cards_declined: int
    volume_minor: int
    refunds_begun: int
    refunded_minor: int
    net_minor: int
    platform_fees_minor: int
    stripe_fees_minor: int
    goodwill_minor: int
    bad_debt_minor: int
    margin_minor: Annotated[int, Field(description="platform fees less Stripe's fees, goodwill and bad debt")]
    requests_submitted: int
    requests_approved: int
    requests_rejected: int
    requests_withdrawn: int
    requests_expired: int
    requests_blocked: int
    requests_done: int
    deciding_seconds: int
    mean_deciding_seconds: int | None
    transfers_sent: int
    transferred_minor: int
    disputes_opened: int
    disputed_minor: int

    @classmethod
    def of(cls, figures: Figures) -> Self:
        """Show figures."""
        return cls.model_validate(figures, from_attributes=True)


class ActiveView(View):
    """How many different people took part."""

    model_config = ConfigDict(json_schema_extra=_introduced)
    students_active: int
    teachers_active: int

    @classmethod
    def of(cls, active: Active) -> Self:
        """Show how many."""
        return cls.model_validate(active, from_attributes=True)


class DayView(View):
    """A day of the marketplace's time zone, as far as it lies in the span."""

    on: date
    starts_at: Instant
    ends_at: Instant
    figures: FiguresView
    active: ActiveView


class TopTeacherView(View):
    """A teacher, and what students paid for lessons with them in the month."""

    teacher_id: str
    volume: Amount

    @classmethod
    def of(cls, top: TopTeacher, code: str) -> Self:
        """Show one of the top."""
        return cls(teacher_id=top.teacher_id, volume=_amount(top.volume_minor, code))


class MonthView(View):
    """A month that the span touches, always as a whole; ``on`` is its first day."""

    on: date
    starts_at: Instant
    ends_at: Instant
    active: ActiveView
    top_teachers: list[TopTeacherView]

    @classmethod
    def of(cls, figures: MonthFigures, code: str) -> Self:
        """Show a month."""
        month = figures.month
        return cls(
            on=month.on,
            starts_at=month.starts_at,
            ends_at=month.ends_at,
            active=ActiveView.of(figures.active),
            top_teachers=[TopTeacherView.of(one, code) for one in figures.top_teachers],
        )


class BrandView(View):
    """How cards of one brand fared in the span; the rate is in basis points of successes and declines together."""

    brand: str
    succeeded: int
    declined: int
    success_bps: int | None

    @classmethod
    def of(cls, brand: Brand) -> Self:
        """Show a brand."""
        return cls.model_validate(brand, from_attributes=True)


class DeclinesView(View):
    """How often cards were declined in the span for one reason, as the bank named it."""

    decline_code: str
    count: int


class HeldView(View):
    """How many transfers wait now for this reason, and what they come to."""

    hold: Hold
    count: int
    amount: Amount


class RequestsView(View):
    """How many refund requests are open now in this state, what they come to, and for how long they have waited."""

    state: RequestState
    count: int
    amount: Amount
    oldest_at: Instant
    longest_seconds: int
    mean_seconds: int

    @classmethod
    def of(cls, state: RequestState, waiting: Waiting, code: str, at: datetime) -> Self:
        """Show those in one state."""
        return cls(
            state=state,
            count=waiting.count,
            amount=_amount(waiting.amount_minor, code),
            oldest_at=waiting.oldest_at,
            longest_seconds=int(waiting.longest(at).total_seconds()),
            mean_seconds=int(waiting.mean(at).total_seconds()),
        )


class CurrencyView(View):
    """All that is in one currency. ``before`` are the figures of as many days before the span."""

    currency: str
    total: FiguresView
    before: FiguresView
    days: list[DayView]
    months: list[MonthView]
    brands: list[BrandView]
    declines: list[DeclinesView]
    held_transfers: list[HeldView]
    refund_requests: list[RequestsView]

    @classmethod
    def of(cls, figures: CurrencyFigures, at: datetime) -> Self:
        """Show what is in one currency."""
        code = figures.currency.code
        nobody = Active()
        return cls(
            currency=code,
            total=FiguresView.of(figures.total),
            before=FiguresView.of(figures.before),
            days=[
                DayView(
                    on=day.on,
                    starts_at=day.starts_at,
                    ends_at=day.ends_at,
                    figures=FiguresView.of(found),
                    active=ActiveView.of(figures.active.get(day, nobody)),
                )
                for day, found in figures.days
            ],
            months=[MonthView.of(month, code) for month in figures.months],
            brands=[BrandView.of(brand) for brand in figures.brands],
            declines=[DeclinesView(decline_code=reason, count=count) for reason, count in figures.declines.items()],
            held_transfers=[
                HeldView(hold=hold, count=tally.count, amount=_amount(tally.amount_minor, code))
                for hold, tally in figures.held.items()
            ],
            refund_requests=[RequestsView.of(state, waiting, code, at) for state, waiting in figures.requests.items()],
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
    """The figures of a span of time, what calls for a person, and what happened last, the newest first.

    Days and months are those of ``time_zone``.
    """

    starts_at: Instant
    ends_at: Instant
    time_zone: str
    currencies: list[CurrencyView]
    open_alarms: int
    recent_activity: list[ActivityView]

    @classmethod
    def of(cls, dashboard: Dashboard) -> Self:
        """Show a dashboard."""
        return cls(
            starts_at=dashboard.starts_at,
            ends_at=dashboard.ends_at,
            time_zone=str(dashboard.span.zone),
            currencies=[CurrencyView.of(figures, dashboard.at) for figures in dashboard.currencies],
            open_alarms=dashboard.open_alarms,
            recent_activity=[ActivityView.of(told) for told in dashboard.recent],
        )


def show_dashboard(desk: Desk, _caller: Caller, search: DashboardSearch) -> DashboardView:
    """Show totals, revenue, fees, rates, refunds, transfers and recent activity, as a whole and for each day."""
    return DashboardView.of(desk.linguapay.show_dashboard(search.since, search.until))


def _amount(amount_minor: int, code: str) -> Amount:
    return Amount.model_construct(amount_minor=amount_minor, currency=code)


DOORS: Final = (Door("GET", "/api/payments/dashboard/", show_dashboard, DashboardView, TAG),)
