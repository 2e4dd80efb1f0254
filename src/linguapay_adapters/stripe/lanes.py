"""Which object an event is news of: its lane, in which the news of one object wait for one fetch of it."""

from __future__ import annotations

from typing import Final

from linguapay_adapters.stripe.reading import Document, expect, id_at, inner, instant, text, text_or_empty, truth
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.seen import SeenEvent

LANES: Final = (
    # An event's type begins with ... -> is news of ... -> whose id stands in the event's object at ...
    ("payment_intent.", ObjectKind.INTENT, "id"),
    ("charge.dispute.", ObjectKind.OTHER, "id"),
    ("charge.refund.updated", ObjectKind.REFUND, "id"),
    ("charge.", ObjectKind.INTENT, "payment_intent"),
    ("refund.", ObjectKind.REFUND, "id"),
    ("transfer.", ObjectKind.TRANSFER, "id"),
    ("account.updated", ObjectKind.ACCOUNT, "id"),
    ("", ObjectKind.OTHER, "id"),
)
"""The first row that fits counts (Stripe: Types of events). Disputes have no lane of their own yet."""


def event(document: Document) -> SeenEvent:
    """Translate an event (Stripe: The Event object). Raises ``ForeignBody``.

    Events that have no object of their lane (a charge without a PaymentIntent) are news of something else.
    """
    expect(document, "event")
    kind = text(document, "type")
    about = inner(inner(document, "data"), "object")
    object_kind, place = next((lane, place) for prefix, lane, place in LANES if kind.startswith(prefix))
    object_id = id_at(about, place)
    if not object_id:
        object_kind, object_id = ObjectKind.OTHER, id_at(about, "id")
    return SeenEvent(
        id=text(document, "id"),
        kind=kind,
        object_kind=object_kind,
        object_id=object_id,
        live=truth(document, "livemode"),
        created_at=instant(document, "created"),
        account_id=text_or_empty(document, "account"),
    )
