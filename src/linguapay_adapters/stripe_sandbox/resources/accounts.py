"""Our own account and Express accounts connected to it (Stripe's pages "The Account object" and "Account Links")."""

from linguapay_adapters.stripe_sandbox.errors import no_such, unknown_account
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    boolean,
    merged_metadata,
    metadata,
    object_of,
    one_of,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import PLATFORM, World

LINK_SECONDS = 5 * 60
CAPABILITY = optional(object_of({"requested": optional(boolean)}))
CREATE: Parameters = {
    "type": required(one_of("express")),
    "business_type": optional(one_of("company", "government_entity", "individual", "non_profit")),
    "capabilities": optional(object_of({"transfers": CAPABILITY, "card_payments": CAPABILITY})),
    "country": optional(text),
    "email": optional(text),
    "metadata": optional(metadata),
}
UPDATE: Parameters = {name: parameter for name, parameter in CREATE.items() if name not in ("type", "country")}
LINK: Parameters = {
    "account": required(text),
    "type": required(one_of("account_onboarding", "account_update")),
    "collect": optional(one_of("currently_due", "eventually_due")),
    "refresh_url": required(text),
    "return_url": required(text),
}
ASKED_ON_ONBOARDING = ("external_account", "individual.dob", "individual.first_name", "tos_acceptance.date")


def connected(world: World, identifier: str) -> Document:
    """Find an account that is connected to ours."""
    account = world.store.get(PLATFORM, identifier)
    if account is None or account["object"] != "account":
        raise unknown_account(identifier)
    return account


def create(call: Call) -> Document:
    """Connect a new account; it can receive nothing before its owner has been through onboarding."""
    asked = call.asked
    account: Document = {
        "id": call.world.new_id("acct"),
        "object": "account",
        "business_profile": {"mcc": None, "name": None, "url": None},
        "business_type": asked.get("business_type"),
        "capabilities": _requested({}, asked),
        "charges_enabled": False,
        "controller": {"type": "application", "is_controller": True, "stripe_dashboard": {"type": "express"}},
        "country": asked.get("country", "US"),
        "default_currency": "usd",
        "details_submitted": False,
        "email": asked.get("email"),
        "external_accounts": {"object": "list", "url": "", "has_more": False, "data": [], "total_count": 0},
        "future_requirements": _requirements(()),
        "metadata": merged_metadata({}, asked.get("metadata")),
        "payouts_enabled": False,
        "requirements": _requirements(ASKED_ON_ONBOARDING),
        "settings": {"payouts": {"schedule": {"delay_days": 2, "interval": "daily"}}},
        "tos_acceptance": {"date": None},
        "type": "express",
    }
    return call.world.add(account)


def retrieve(call: Call) -> Document:
    """Show a connected account, or our own."""
    if call.path["account"] == PLATFORM:
        return retrieve_own(call)
    return connected(call.world, call.path["account"])


def retrieve_own(call: Call) -> Document:
    """Show the account that the key belongs to."""
    if call.world.account != PLATFORM:
        return connected(call.world, call.world.account)
    return {
        "id": PLATFORM,
        "object": "account",
        "business_profile": {"mcc": None, "name": "Sandbox", "url": None},
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def update(call: Call) -> Document:
    """Change a connected account."""
    account = connected(call.world, call.path["account"])
    changes = dict(call.asked)
    changes["capabilities"] = _requested(account["capabilities"], call.asked)
    changes["metadata"] = merged_metadata(account["metadata"], call.asked.get("metadata", {}))
    return change(call.world, account, changes)


def change(world: World, account: Document, changes: Document) -> Document:
    """Change a connected account and tell of it as that account."""
    world.of(PLATFORM).change(account, **changes)
    world.of(account["id"]).tell("account.updated", account)
    return account


def complete_onboarding(world: World, account: Document) -> Document:
    """Let the owner have answered everything: what was requested becomes active."""
    changes: Document = {
        "capabilities": dict.fromkeys(account["capabilities"], "active"),
        "charges_enabled": True,
        "details_submitted": True,
        "payouts_enabled": True,
        "requirements": _requirements(()),
        "tos_acceptance": {"date": world.now},
    }
    return change(world, account, changes)


def disable_transfers(world: World, account: Document) -> Document:
    """Let Stripe restrict the account: it can't receive transfers any more."""
    changes: Document = {
        "capabilities": {**account["capabilities"], "transfers": "inactive"},
        "payouts_enabled": False,
        "requirements": _requirements(("individual.verification.document",)),
    }
    return change(world, account, changes)


def link(call: Call) -> Document:
    """Make the link that leads an account's owner to Stripe's onboarding."""
    account = call.asked["account"]
    found = call.world.store.get(PLATFORM, account)
    if found is None or found["object"] != "account":
        raise no_such("account", account, param="account")
    return {
        "object": "account_link",
        "created": call.world.now,
        "expires_at": call.world.now + LINK_SECONDS,
        "url": f"https://connect.stripe.com/setup/e/{account}/{call.world.identifiers()}",
    }


def _requested(held: dict[str, str], asked: Document) -> dict[str, str]:
    wanted = [name for name, wish in asked.get("capabilities", {}).items() if wish.get("requested")]
    return {**dict.fromkeys(wanted, "inactive"), **held}


def _requirements(due: tuple[str, ...]) -> Document:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": "requirements.past_due" if due else None,
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due),
        "pending_verification": [],
    }


ROUTES = (
    Route("GET", "/v1/account", retrieve_own),
    Route("POST", "/v1/accounts", create, CREATE),
    Route("GET", "/v1/accounts/{account}", retrieve),
    Route("POST", "/v1/accounts/{account}", update, UPDATE),
    Route("POST", "/v1/account_links", link, LINK),
    listing("/v1/accounts", "account"),
)
