"""A stand-in that speaks Stripe's REST API, so that nobody needs an account.

It is reached through the real SDK: in process (`in_process.SandboxHTTPClient`) or as a server (`server.serve`).
"""

from linguapay_adapters.stripe_sandbox.deliveries import Delivery
from linguapay_adapters.stripe_sandbox.errors import Refusal
from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.stripe_sandbox.wire import API_VERSION, ConnectionDropped, Headers, Request, Response

__all__ = ["API_VERSION", "ConnectionDropped", "Delivery", "Headers", "Refusal", "Request", "Response", "StripeSandbox"]
