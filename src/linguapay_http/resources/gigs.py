"""What teachers offer, and what a lesson costs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field

from linguapay_core.domain.gig import LONGEST_TITLE, Gig
from linguapay_core.domain.quote import Quote
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Instant, Line, Name, Page, Paged, Search, View, Wish

TAG: Final = "Gigs"


class GigWish(Wish):
    """A gig to offer."""

    title: Annotated[Line, Field(max_length=LONGEST_TITLE, examples=["Spanish for beginners"])]
    hourly_price: Amount


class GigView(View):
    """A gig. One that is not active can't be booked."""

    named: ClassVar[str] = "gig_id"
    id: str
    teacher_id: str
    title: str
    hourly_price: Amount
    active: bool
    offered_at: Instant

    @classmethod
    def of(cls, gig: Gig) -> Self:
        """Show a gig."""
        return cls(
            id=gig.id,
            teacher_id=gig.teacher_id,
            title=gig.title,
            hourly_price=Amount.of(gig.hourly_price),
            active=gig.active,
            offered_at=gig.offered_at,
        )


class GigPage(Page):
    """A page of gigs."""

    items: list[GigView]


class GigSearch(Paged):
    """Which gigs."""

    teacher_id: Name | None = None
    active: bool | None = None


class Length(Search):
    """How long a lesson is."""

    minutes: Annotated[int, Field(ge=1, le=1440, examples=[60])]


class TierView(View):
    """Cancelled so many hours before the start or earlier, this share of the price goes back (10000 is all of it)."""

    hours_before: int
    refund_bps: int


class QuoteView(View):
    """Price, fee and total, itemised, before anyone pays: the total is what is charged."""

    hourly_price: Amount
    minutes: int
    price: Amount
    fee: Amount
    total: Amount
    teacher_earns: Amount
    cancellation_terms: list[TierView]

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """Show a quote."""
        tiers = quote.terms.tiers
        return cls(
            hourly_price=Amount.of(quote.hourly_price),
            minutes=quote.minutes,
            price=Amount.of(quote.price),
            fee=Amount.of(quote.fee),
            total=Amount.of(quote.total),
            teacher_earns=Amount.of(quote.teacher_earns),
            cancellation_terms=[TierView(hours_before=tier.hours_before, refund_bps=tier.refund_bps) for tier in tiers],
        )


def list_gigs(desk: Desk, _caller: Caller, search: GigSearch) -> GigPage:
    """List gigs, the newest first."""
    found = listed(desk, Gig, search)
    return GigPage(items=[GigView.of(gig) for gig in found.items], next_cursor=found.next_cursor)


def offer_gig(desk: Desk, caller: Caller, wish: GigWish) -> GigView:
    """Offer lessons at an hourly price."""
    price = wish.hourly_price
    gig = desk.linguapay.offer_gig(caller.person, wish.title, price.amount_minor, price.currency)
    return GigView.of(gig)


def show_gig(desk: Desk, _caller: Caller, gig_id: str) -> GigView:
    """Show one gig."""
    return GigView.of(shown(desk, Gig, gig_id))


def retire_gig(desk: Desk, caller: Caller, gig_id: str) -> GigView:
    """Take an offer back. What was booked stays booked; a second time changes nothing."""
    return GigView.of(desk.linguapay.retire_gig(gig_id, caller.person))


def quote_lesson(desk: Desk, _caller: Caller, gig_id: str, search: Length) -> QuoteView:
    """Say what a lesson of this gig would cost."""
    return QuoteView.of(desk.linguapay.quote_lesson(gig_id, search.minutes))


DOORS: Final = (
    Door("GET", "/api/gigs/", list_gigs, GigPage, TAG),
    Door("POST", "/api/gigs/", offer_gig, GigView, TAG, status=201, again=show_gig),
    Door("GET", "/api/gigs/{gig_id}/", show_gig, GigView, TAG),
    Door("POST", "/api/gigs/{gig_id}/retire/", retire_gig, GigView, TAG, again=show_gig),
    Door("GET", "/api/gigs/{gig_id}/quote/", quote_lesson, QuoteView, TAG),
)
