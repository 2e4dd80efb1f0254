"""The application: every door, and what goes around them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.config.cors import CORSConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from linguapay_adapters.settings import Settings
from linguapay_core.application import LinguaPay
from linguapay_http import policy
from linguapay_http.doors import Desk
from linguapay_http.limits import Limits
from linguapay_http.pages import Pages
from linguapay_http.problems import BUG, MALFORMED, OF_HTTP, tell
from linguapay_http.resources import DOORS
from linguapay_http.serving import KEY_HEADER, PERSON_HEADER, Serving, as_response, tell_methods
from linguapay_http.telling import Telling, Untold
from linguapay_http.witness import witnessed

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer (OWASP: REST Security Cheat Sheet). A page may say more about what it loads."""

LOG: Final = logging.getLogger("linguapay.http")
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(
    linguapay: LinguaPay, settings: Settings, *, telling: Telling | None = None, lifespan: Sequence[Lifespan] = ()
) -> Litestar:
    """LinguaPay over HTTP, as an ASGI application.

    ``telling`` counts what is answered; ``lifespan`` is entered at the application's start and left at its end.
    """
    policy.check_complete(door.name for door in DOORS)
    telling = telling or Untold()
    serving = Serving(Desk(linguapay, settings, telling), Limits(settings))

    @asynccontextmanager
    async def threads(_app: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            serving.close()

    app = Litestar(
        route_handlers=[
            *(tell_methods(path, DOORS) for path in dict.fromkeys(door.path for door in DOORS)),
            *(serving.handler(door) for door in DOORS),
            *Pages(DOORS, live=settings.live).routes,
        ],
        middleware=[_with_request_id],
        before_send=[_set_headers],
        exception_handlers={HTTPException: _http_problem, Exception: _bug},
        cors_config=_cors(settings),
        request_max_body_size=settings.http_body_bytes,
        openapi_config=None,
        logging_config=None,
        lifespan=[*lifespan, threads],
        debug=False,
    )
    app.asgi_handler = witnessed(app.asgi_handler, telling)
    return app


def _cors(settings: Settings) -> CORSConfig | None:
    if not settings.allowed_origins:
        return None
    return CORSConfig(
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", KEY_HEADER, PERSON_HEADER],
        expose_headers=["Retry-After", "X-Request-Id"],
    )


def _with_request_id(app: ASGIApp) -> ASGIApp:
    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        _request_id(scope)
        await app(scope, receive, send)

    return named


def _request_id(scope: Scope) -> str:
    """The name of a request, under which logs tell of it."""
    state = scope.setdefault("state", {})
    found: str = state.setdefault("request_id", str(uuid.uuid4()))
    return found


async def _set_headers(message: Message, scope: Scope) -> None:
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers["X-Request-Id"] = _request_id(scope)


def _http_problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar refuses before a door is reached, in our words: its own may tell of its insides."""
    problem = OF_HTTP.get(error.status_code, MALFORMED)
    detail = HTTPStatus(problem.status).description or problem.title
    response = as_response(tell(problem, f"{detail}.", request_id=_request_id(request.scope)))
    if error.headers and "allow" in error.headers:
        response.headers["Allow"] = error.headers["allow"]
    return response


def _bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Whatever wasn't foreseen. The log has the story; the caller gets the name under which it is found."""
    LOG.error("a bug", exc_info=error, extra={"fields": {"request": _request_id(request.scope)}})
    detail = "We made a mistake. Nothing is lost; repeat the request with the same Idempotency-Key."
    return as_response(tell(BUG, detail, request_id=_request_id(request.scope)))
