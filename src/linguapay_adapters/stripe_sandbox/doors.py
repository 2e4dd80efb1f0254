"""The paths under `/sandbox`: for a sandbox that runs as a server, what its methods do for one in the same process."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from linguapay_adapters.stripe_sandbox.currencies import currency
from linguapay_adapters.stripe_sandbox.errors import refusal
from linguapay_adapters.stripe_sandbox.faults import COURSES
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    boolean,
    integer,
    one_of,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.routing import Call, Endpoint, Route
from linguapay_adapters.stripe_sandbox.wire import Document

if TYPE_CHECKING:
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox

MONEY: Parameters = {
    "amount": required(integer),
    "currency": required(currency),
    "description": required(text),
}
FAULT: Parameters = {
    "kind": required(one_of(*COURSES)),
    "method": optional(text),
    "path": optional(text),
    "nth": optional(integer),
    "times": optional(integer),
    "seconds": optional(integer),
}
DONE: Document = {"object": "sandbox.done"}


def routes(sandbox: "StripeSandbox") -> tuple[Route, ...]:
    """Return a path for each thing that can be done to a sandbox beside Stripe's API."""

    def done(deed: Callable[[Call], object]) -> Endpoint:
        def endpoint(call: Call) -> Document:
            deed(call)
            return DONE

        return endpoint

    def settle(call: Call) -> Document:
        del call
        sandbox.settle()
        due = sandbox.next_due()
        return {"object": "sandbox.due", "next_due": due and int(due.timestamp())}

    def webhooks(call: Call) -> Document:
        found = sandbox.pending_webhooks(call.asked.get("limit", 100))
        data = [
            {"event": delivery.event_id, "payload": delivery.payload.decode(), "signature": delivery.signature}
            for delivery in found
        ]
        return {"object": "sandbox.webhooks", "data": data}

    def faults(call: Call) -> Document:
        del call
        return {"object": "sandbox.faults", "data": [asdict(record) for record in sandbox.faults.records()]}

    def add_fault(call: Call) -> Document:
        try:
            number = sandbox.faults.add(**call.asked)
        except ValueError as error:
            raise refusal(str(error)) from error
        return {"object": "sandbox.fault", "number": number}

    def complete_action(call: Call) -> None:
        sandbox.complete_action(call.path["intent"], succeeds=call.asked["succeeds"])

    return (
        Route("POST", "/sandbox/settle", settle),
        Route("GET", "/sandbox/webhooks", webhooks, {"limit": optional(integer)}),
        Route(
            "POST",
            "/sandbox/webhooks/{event}/acknowledge",
            done(lambda call: sandbox.acknowledge(call.path["event"])),
        ),
        Route("GET", "/sandbox/faults", faults),
        Route("POST", "/sandbox/faults", add_fault, FAULT),
        Route("DELETE", "/sandbox/faults", done(lambda _: sandbox.faults.clear())),
        Route(
            "POST",
            "/sandbox/intents/{intent}/complete_action",
            done(complete_action),
            {"succeeds": required(boolean)},
        ),
        Route(
            "POST",
            "/sandbox/accounts/{account}/complete_onboarding",
            done(lambda call: sandbox.complete_onboarding(call.path["account"])),
        ),
        Route(
            "POST",
            "/sandbox/accounts/{account}/disable_transfers",
            done(lambda call: sandbox.disable_transfers(call.path["account"])),
        ),
        Route(
            "POST",
            "/sandbox/payouts/{payout}/fail",
            done(lambda call: sandbox.fail_payout(call.path["payout"])),
        ),
        Route(
            "POST",
            "/sandbox/adjustments",
            done(lambda call: sandbox.adjust(call.asked["amount"], call.asked["currency"], call.asked["description"])),
            MONEY,
        ),
        Route(
            "POST",
            "/sandbox/stripe_fees",
            done(
                lambda call: sandbox.charge_stripe_fee(
                    call.asked["amount"], call.asked["currency"], call.asked["description"]
                )
            ),
            MONEY,
        ),
    )
