"""Reach the sandbox through the real SDK without a socket."""

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

import stripe

from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.stripe_sandbox.wire import ConnectionDropped, Headers, Request


class SandboxHTTPClient(stripe.HTTPClient):
    """An HTTP client for `StripeClient(…, http_client=…)` that hands each request to a sandbox.

    A dropped connection and a body cut short raise `stripe.APIConnectionError`, as they do over a socket.
    """

    name = "sandbox"

    def __init__(self, sandbox: StripeSandbox) -> None:
        super().__init__()
        self._sandbox = sandbox

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,  # noqa: ANN401 - the SDK's own signature
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Answer as the SDK's own clients do: body, status and headers."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = post_data.encode() if isinstance(post_data, str) else bytes(post_data or b"")
        try:
            response = self._sandbox.handle(Request(method.upper(), path, Headers(headers or {}), body))
        except ConnectionDropped as error:
            raise _unreachable("The sandbox dropped the connection.") from error
        if len(response.body) < int(response.headers.get("Content-Length", "0")):
            raise _unreachable("The sandbox broke off in the middle of its answer.")
        return response.body.decode(), response.status, response.headers

    def request_stream(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: nothing that the sandbox speaks is streamed."""
        raise NotImplementedError

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _unreachable(message: str) -> stripe.APIConnectionError:
    return stripe.APIConnectionError(message)  # type: ignore[no-untyped-call] # the SDK leaves its errors untyped
