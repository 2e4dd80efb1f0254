"""Events, kept for thirty days (Stripe's pages "The Event object" and "List all events")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import lists
from linguapay_adapters.stripe_sandbox.errors import exclusive_parameters, no_such
from linguapay_adapters.stripe_sandbox.parameters import Parameters, array_of, optional, text
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.store import Condition
from linguapay_adapters.stripe_sandbox.wire import Document

LISTED_SECONDS = 30 * 24 * 60 * 60
LIST: Parameters = {**lists.PAGE, "type": optional(text), "types": optional(array_of(text))}


def retrieve(call: Call) -> Document:
    """Show an event."""
    event = call.world.get("event", call.path["event"], status=HTTPStatus.NOT_FOUND)
    if event["created"] < call.world.now - LISTED_SECONDS:
        raise no_such("event", event["id"], param="id", status=HTTPStatus.NOT_FOUND)
    return event


def list_events(call: Call) -> Document:
    """List events by type; `charge.*` stands for all that begin so."""
    asked = call.asked
    if "type" in asked and "types" in asked:
        raise exclusive_parameters("You may only specify one of these parameters: type, types.", "type")
    wanted = asked.get("types", [asked["type"]] if "type" in asked else [])
    conditions = [Condition("created >= ?", (call.world.now - LISTED_SECONDS,))]
    if wanted:
        any_of = " OR ".join("json_extract(document, '$.type') GLOB ?" for _ in wanted)
        conditions.append(Condition(f"({any_of})", tuple(wanted)))
    return lists.page(call, "/v1/events", "event", conditions)


ROUTES = (
    Route("GET", "/v1/events", list_events, LIST),
    Route("GET", "/v1/events/{event}", retrieve),
)
