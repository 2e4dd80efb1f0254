"""Customers (Stripe's page "The Customer object")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import saved_methods
from linguapay_adapters.stripe_sandbox.errors import no_such
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    clearable,
    merged_metadata,
    metadata,
    object_of,
    optional,
    text,
)
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shape_of

FIELDS: Parameters = {
    "description": optional(clearable(text)),
    "email": optional(clearable(text)),
    "invoice_settings": optional(object_of({"default_payment_method": optional(clearable(text))})),
    "metadata": optional(metadata),
    "name": optional(clearable(text)),
    "phone": optional(clearable(text)),
}


def living(world: World, identifier: str, *, param: str, status: int = HTTPStatus.BAD_REQUEST) -> Document:
    """Find a customer who isn't deleted."""
    customer = world.get("customer", identifier, param=param, status=status)
    if customer.get("deleted"):
        raise no_such("customer", identifier, param=param, status=status)
    return customer


def create(call: Call) -> Document:
    """Make a customer."""
    world = call.world
    identifier = world.new_id("cus")
    customer: Document = {
        "id": identifier,
        **shape_of("customer"),
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": None,
        "invoice_prefix": identifier[-8:].upper(),
        "invoice_settings": {"default_payment_method": None},
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
    }
    customer.update(_changes(world, customer, call.asked))
    return world.add(customer, event="customer.created")


def retrieve(call: Call) -> Document:
    """Show a customer; a deleted one is shown as deleted."""
    customer = call.world.get("customer", call.path["customer"], status=HTTPStatus.NOT_FOUND)
    if customer.get("deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    return customer


def update(call: Call) -> Document:
    """Change a customer."""
    customer = living(call.world, call.path["customer"], param="id", status=HTTPStatus.NOT_FOUND)
    changes = _changes(call.world, customer, call.asked)
    return call.world.change(customer, **changes, event="customer.updated")


def delete(call: Call) -> Document:
    """Delete a customer and take the saved methods away."""
    customer = living(call.world, call.path["customer"], param="id", status=HTTPStatus.NOT_FOUND)
    for method in call.world.find("payment_method", customer=customer["id"]):
        saved_methods.detach(call.world, method)
    call.world.tell("customer.deleted", customer)
    call.world.change(customer, deleted=True, email=None)
    return {"id": customer["id"], "object": "customer", "deleted": True}


def _changes(world: World, customer: Document, asked: Document) -> Document:
    changes = dict(asked)
    if "metadata" in asked:
        changes["metadata"] = merged_metadata(customer["metadata"], asked["metadata"])
    method = asked.get("invoice_settings", {}).get("default_payment_method")
    if method is not None:
        found = world.store.get(world.account, method)
        if found is None or found.get("customer") != customer["id"]:
            raise no_such("PaymentMethod", method, param="invoice_settings[default_payment_method]")
    return changes


ROUTES = (
    Route("POST", "/v1/customers", create, FIELDS),
    Route("GET", "/v1/customers/{customer}", retrieve),
    Route("POST", "/v1/customers/{customer}", update, FIELDS),
    Route("DELETE", "/v1/customers/{customer}", delete),
    listing("/v1/customers", "customer", {"email": optional(text)}),
)
