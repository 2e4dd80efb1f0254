"""Cursor lists, newest first (Stripe's page "Pagination")."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from linguapay_adapters.stripe_sandbox.errors import exclusive_parameters, no_such, refusal
from linguapay_adapters.stripe_sandbox.parameters import Parameter, Parameters, instants, integer, optional, text
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.store import Condition, field_is
from linguapay_adapters.stripe_sandbox.wire import Document

LIMIT_BY_DEFAULT = 10
LIMIT_AT_MOST = 100
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PAGE: Parameters = {
    "limit": optional(integer),
    "starting_after": optional(text),
    "ending_before": optional(text),
    "created": optional(instants),
}


def listing(
    template: str, kind: str, filters: Mapping[str, Parameter] | None = None, *, within: Sequence[str] = ()
) -> Route:
    """Make the route of a list whose filters are fields of its objects.

    `within` names the ids of the path that are fields too.
    """
    fields = dict(filters or {})

    def endpoint(call: Call) -> Document:
        values = {**{name: call.path[name] for name in within}, **call.asked}
        conditions = [field_is(name, values[name]) for name in (*within, *fields) if name in values]
        return page(call, template, kind, conditions)

    return Route("GET", template, endpoint, {**PAGE, **fields})


def page(call: Call, url: str, kind: str, conditions: Sequence[Condition]) -> Document:
    """Cut one page out of the objects that meet the conditions."""
    asked = call.asked
    limit = asked.get("limit", LIMIT_BY_DEFAULT)
    if not 1 <= limit <= LIMIT_AT_MOST:
        raise refusal(
            f"Invalid limit: must be between 1 and {LIMIT_AT_MOST}", code="parameter_invalid_integer", param="limit"
        )
    if "starting_after" in asked and "ending_before" in asked:
        raise exclusive_parameters("Received both starting_after and ending_before.", "starting_after")
    backwards = "ending_before" in asked
    conditions = [*conditions, *_created(asked.get("created", {})), *_cursor(call, kind)]
    found = call.world.store.find(call.world.account, kind, conditions, limit=limit + 1, newest_first=not backwards)
    data = found[:limit]
    return {
        "object": "list",
        "url": url.format(**call.path),
        "has_more": len(found) > limit,
        "data": data[::-1] if backwards else data,
    }


def embedded(url: str, data: list[Document]) -> Document:
    """Show a whole list inside another object."""
    return {"object": "list", "url": url, "has_more": False, "data": data, "total_count": len(data)}


def _created(bounds: Document) -> list[Condition]:
    return [Condition(f"created {COMPARISONS[bound]} ?", (at,)) for bound, at in bounds.items()]


def _cursor(call: Call, kind: str) -> list[Condition]:
    for name, comparison in (("starting_after", "<"), ("ending_before", ">")):
        if name in call.asked:
            number = call.world.store.number_of(call.world.account, kind, call.asked[name])
            if number is None:
                raise no_such(kind, call.asked[name], param=name, status=HTTPStatus.BAD_REQUEST)
            return [Condition(f"number {comparison} ?", (number,))]
    return []
