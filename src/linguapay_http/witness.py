"""What is seen of each request: one line in the log, one span where traces are asked for.

A line names the door, never the path as it was asked for, nor the query: those may hold what nobody should read.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from linguapay_http.telling import Telling

LOG: Final = logging.getLogger("linguapay.http")
SERVER_ERROR: Final = 500


def witnessed(app: ASGIApp, telling: Telling) -> ASGIApp:
    """The same application, seen from outside: what it refuses before a door is reached is told of, too."""

    async def seen(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == ScopeType.HTTP, "there are no WebSockets here"
        began, status = perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with telling.request(scope["method"], Headers.from_scope(scope).get("traceparent", "")) as trace:
            try:
                await app(scope, receive, noted)
            finally:
                _log(scope, status, perf_counter() - began, trace)

    return seen


def _log(scope: HTTPScope, status: int, seconds: float, trace: str) -> None:
    """Say who asked for what, how it ended and how long it took. Status 0 is the end of whoever didn't wait."""
    state = scope.get("state", {})
    fields = {
        "method": scope["method"],
        "route": scope.get("path_template", ""),
        "door": getattr(scope.get("route_handler"), "name", None) or "",
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
        "request": state.get("request_id", ""),
        "trace": trace,
        "person": state.get("person", ""),
        "acting_for": state.get("acting_for", ""),
    }
    told = {name: value for name, value in fields.items() if value != ""}
    LOG.log(logging.ERROR if status >= SERVER_ERROR else logging.INFO, "answered", extra={"fields": told})
