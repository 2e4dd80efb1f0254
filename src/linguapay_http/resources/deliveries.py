"""Deliveries: what subscribers were told, and how they took it."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from linguapay_core.domain.delivery import Attempt, Delivery, DeliveryState
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Instant, Name, Page, PagedByTime, View

TAG: Final = "Deliveries"


class AttemptView(View):
    """A post: the subscriber's status, or the reason why none came."""

    at: Instant
    status_code: int | None
    took_milliseconds: int
    reason: str | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Show an attempt."""
        reply = attempt.reply
        return cls(
            at=attempt.at,
            status_code=reply.status or None,
            took_milliseconds=reply.took_milliseconds,
            reason=reply.reason or None,
        )


class DeliveryView(View):
    """A message to a subscriber. ``id`` is its `webhook-id`; ``next_try_at`` is empty once nothing more is tried.

    ``attempts`` are the latest 20.
    """

    named: ClassVar[str] = "delivery_id"
    id: str
    state: DeliveryState
    subscription_id: str
    event_type: str
    made_at: Instant
    next_try_at: Instant | None
    attempts: list[AttemptView]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Show a delivery."""
        return cls(
            id=delivery.id,
            state=delivery.state,
            subscription_id=delivery.subscription_id,
            event_type=delivery.event_type,
            made_at=delivery.made_at,
            next_try_at=delivery.due_at if delivery.waiting else None,
            attempts=[AttemptView.of(attempt) for attempt in delivery.attempts],
        )


class DeliveryPage(Page):
    """A page of deliveries."""

    items: list[DeliveryView]


class DeliverySearch(PagedByTime):
    """Which deliveries. ``from`` and ``to`` are about when they were queued."""

    state: DeliveryState | None = None
    subscription_id: Name | None = None


def list_deliveries(desk: Desk, _caller: Caller, search: DeliverySearch) -> DeliveryPage:
    """List what subscribers were told or are to be told, the newest first."""
    found = listed(desk, Delivery, search)
    return DeliveryPage(items=[DeliveryView.of(delivery) for delivery in found.items], next_cursor=found.next_cursor)


def redeliver_message(desk: Desk, caller: Caller, delivery_id: str) -> DeliveryView:
    """Send a message once more under the same identifier, at once. What is under way is let be."""
    return DeliveryView.of(desk.linguapay.redeliver_message(delivery_id, caller.person, caller.in_charge_as))


def present_delivery(desk: Desk, _caller: Caller, delivery_id: str) -> DeliveryView:
    """How a delivery stands now."""
    return DeliveryView.of(shown(desk, Delivery, delivery_id))


ALL: Final = "/api/deliveries/"

DOORS: Final = (
    Door("GET", ALL, list_deliveries, DeliveryPage, TAG),
    Door("POST", f"{ALL}{{delivery_id}}/redeliver/", redeliver_message, DeliveryView, TAG, again=present_delivery),
)
