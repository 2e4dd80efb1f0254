"""Expansion: show an object where its id stands (Stripe's page "Expanding responses")."""

from collections.abc import Sequence

from linguapay_adapters.stripe_sandbox.errors import refusal
from linguapay_adapters.stripe_sandbox.lists import embedded
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import PLATFORM, World, shown

DEPTH_AT_MOST = 4
EXPANDABLE: dict[str, frozenset[str]] = {
    "balance_transaction": frozenset({"source"}),
    "charge": frozenset(
        {
            "balance_transaction",
            "customer",
            "failure_balance_transaction",
            "payment_intent",
            "refunds",
            "source_transfer",
        }
    ),
    "payment_intent": frozenset({"customer", "latest_charge", "payment_method"}),
    "payment_method": frozenset({"customer"}),
    "payout": frozenset({"balance_transaction", "failure_balance_transaction"}),
    "refund": frozenset(
        {"balance_transaction", "charge", "customer", "failure_balance_transaction", "payment_intent", "payment_method"}
    ),
    "setup_intent": frozenset({"customer", "payment_method"}),
    "transfer": frozenset({"balance_transaction", "destination", "destination_payment", "source_transaction"}),
    "transfer_reversal": frozenset({"balance_transaction", "destination_payment_refund", "transfer"}),
}


def present(world: World, document: Document, expand: Sequence[str]) -> Document:
    """Show an object, or a list of them, with the asked ids expanded."""
    if document["object"] == "list":
        inner = [path.removeprefix("data.") for path in expand]
        if wrong := [path for path in expand if not path.startswith("data.")]:
            raise _not_expandable(wrong[0])
        return {**document, "data": [_expanded(world, item, inner, depth=1) for item in document["data"]]}
    return _expanded(world, document, expand, depth=0)


def _expanded(world: World, document: Document, paths: Sequence[str], *, depth: int) -> Document:
    result = shown(document)
    branches: dict[str, list[str]] = {}
    for path in paths:
        if depth + path.count(".") >= DEPTH_AT_MOST:
            raise refusal(f"You cannot expand more than {DEPTH_AT_MOST} levels of a property.", param="expand")
        name, _, rest = path.partition(".")
        if name not in EXPANDABLE.get(document["object"], frozenset()):
            raise _not_expandable(path)
        branches.setdefault(name, []).extend([rest] if rest else [])
    for name, inner in branches.items():
        if name == "refunds":
            refunds = [shown(refund) for refund in reversed(world.find("refund", charge=document["id"]))]
            result[name] = embedded(f"/v1/charges/{document['id']}/refunds", refunds)
        elif name in result:
            result[name] = _expanded_id(world, result[name], inner, depth=depth + 1)
    return result


def _expanded_id(world: World, identifier: object, paths: Sequence[str], *, depth: int) -> object:
    if not isinstance(identifier, str):
        return identifier
    owner = world.store.account_of(identifier) or PLATFORM
    document = world.store.get(owner, identifier)
    return identifier if document is None else _expanded(world.of(owner), document, paths, depth=depth)


def _not_expandable(path: str) -> Exception:
    return refusal(f"This property cannot be expanded ({path}).", param="expand")
