"""The event feed: all that happened, in one order that never changes."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.feed import LARGEST_PAGE, USUAL_PAGE, ToldEvent
from linguapay_core.domain.machine import Role
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import Instant, Search, View

TAG: Final = "Events"


class FeedSearch(Search):
    """From where on, and how many events at most."""

    after: Annotated[
        str,
        StringConstraints(max_length=500),
        Field(description="The `next_cursor` that was read last; without it, from the first event on."),
    ] = ""
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many at most.", examples=[100])] = USUAL_PAGE


class ActorView(View):
    """Who did it: a role, and the person where it was one."""

    role: Role
    person: str | None

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """Show who it was."""
        return cls(role=actor.role, person=actor.person or None)


class EventView(View):
    """Something that became true of ``subject``. ``type`` and ``version`` say which facts ``data`` has."""

    id: str
    type: str
    version: int
    subject: str
    by: ActorView
    at: Instant
    why: str | None
    data: dict[str, str | int | bool]

    @classmethod
    def of(cls, told: ToldEvent) -> Self:
        """Show an event."""
        event = told.event
        return cls(
            id=told.id,
            type=told.type,
            version=told.version,
            subject=event.subject,
            by=ActorView.of(event.by),
            at=event.at,
            why=event.why or None,
            data=dict(told.data),
        )


class FeedPage(View):
    """The next events. The feed has no end: ask on from ``next_cursor``, also where no event came."""

    items: list[EventView]
    next_cursor: str


def read_events(desk: Desk, _caller: Caller, search: FeedSearch) -> FeedPage:
    """Read the next events. Whoever goes on from `next_cursor` is told every event, each once."""
    found = desk.linguapay.read_events(search.after, search.limit)
    return FeedPage(items=[EventView.of(told) for told in found.items], next_cursor=found.next_cursor)


DOORS: Final = (Door("GET", "/api/events/", read_events, FeedPage, TAG),)
