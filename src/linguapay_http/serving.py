"""What happens to every request, whichever door it comes to: limit, identify, admit, read, run, answer.

Use cases run in threads: a waiting one never stops the loop. Doors that call Stripe first wait in a line of their own,
shorter than the threads are many, so that a slow Stripe takes no thread from webhooks and health.
"""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final, ParamSpec, TypeVar

from litestar import HttpMethod, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Empty

from linguapay_core.domain.errors import (
    Busy,
    GatewayUnreachable,
    InFlight,
    Invalid,
    LinguaPayError,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    Unauthenticated,
)
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.stored_answer import StoredAnswer
from linguapay_http.caller import NOBODY, Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.limits import Limits
from linguapay_http.line import Line
from linguapay_http.models import View
from linguapay_http.policy import ANYBODY, POLICY, admitted
from linguapay_http.problems import BUG, MEDIA_TYPE, TOO_SLOW, Malformed, Told, tell, told
from linguapay_http.reading import read_body, read_query

LOG: Final = logging.getLogger("linguapay.http")

KEY_HEADER: Final = "Idempotency-Key"
PERSON_HEADER: Final = "LinguaPay-Person"
"""The person for whom the host platform's back end acts."""
SIGNATURE_HEADER: Final = "Stripe-Signature"
LARGEST_SIGNED_BYTES: Final = 512 * 1024
"""Stripe's events may be larger than what people send."""

OPEN_THREADS: Final = 16
"""How many threads Stripe's webhooks and the health checks have for themselves."""

FREEING: Final = (Refused, Invalid, NotFound, NotAllowed, InFlight, Stale, Busy, GatewayUnreachable)
"""After these the key may be used again at once: nothing happened, or asking again finds what was promised. After a
commit in doubt, and after a mistake of ours, it waits for its lease."""

T = TypeVar("T")
P = ParamSpec("P")
AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, read: what the handler takes, by name, and the key under which it may be repeated, if there is one."""

    named: Mapping[str, object]
    key: str | None
    fingerprint: str


class Serving:
    """Serves the doors of one application."""

    def __init__(self, desk: Desk, limits: Limits) -> None:
        """Take threads and a line for Stripe, as many as the settings say."""
        settings = desk.settings
        self._desk = desk
        self._limits = limits
        self._threads = ThreadPoolExecutor(settings.http_threads, thread_name_prefix="door")
        self._open_threads = ThreadPoolExecutor(OPEN_THREADS, thread_name_prefix="open door")
        self._stripe_line = Line(settings.http_stripe_calls)
        self._body_seconds = settings.http_body_seconds

    def close(self) -> None:
        """Let the threads end what they do."""
        self._threads.shutdown()
        self._open_threads.shutdown()

    def handler(self, door: Door) -> HTTPRouteHandler:
        """The route handler of a door."""

        async def handle(request: AnyRequest) -> Response[bytes]:
            return await self._answer(door, request)

        return HTTPRouteHandler(
            _route(door.path),
            http_method=HttpMethod(door.method),
            name=door.name,
            status_code=200,  # each response has its own; Litestar asks for one of its own choosing to be none
            request_max_body_size=LARGEST_SIGNED_BYTES if door.takes_raw else Empty,
        )(handle)

    async def _answer(self, door: Door, request: AnyRequest) -> Response[bytes]:
        """Answer, and tell how that went. Whatever isn't foreseen is answered as a bug, further out."""
        began, status = perf_counter(), BUG.status
        try:
            response = await self._answer_in_words(door, request)
            status = response.status_code or door.status
        finally:
            self._desk.telling.answered(door.name, door.method, status, perf_counter() - began)
        return response

    async def _answer_in_words(self, door: Door, request: AnyRequest) -> Response[bytes]:
        request_id: str = request.scope["state"]["request_id"]
        try:
            caller = await self._admit(door, request)
            asked = await self._read(door, request)
            async with self._stripe_line.place() if door.calls_stripe else nullcontext():
                status, view = await self._run(door, caller, asked)
        except Malformed as error:
            return as_response(tell(error.problem, str(error), request_id=request_id))
        except LinguaPayError as error:
            answer = told(error, request_id=request_id, promised=door.promises)
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                LOG.warning("%s: %s", type(error).__name__, error, extra={"request": request_id})
            return as_response(answer)
        if view is None:
            return Response(b"", status_code=status)
        return Response(view.rendered(), status_code=view.status or status, media_type=view.media_type)

    async def _run(self, door: Door, caller: Caller, asked: Asked) -> tuple[int, View | None]:
        """Let the handler run: at once, or in a thread. Doors that ask for no token have some of their own."""
        run = partial(self._serve, door, caller, asked)
        if door.at_once:
            return run()
        return await _in_thread(self._open_threads if caller is NOBODY else self._threads, run)

    async def _admit(self, door: Door, request: AnyRequest) -> Caller:
        if POLICY[door.name] is ANYBODY:
            return NOBODY
        address = request.client.host if request.client else ""
        self._limits.check_address(address)
        try:
            token = _bearer(request.headers.get("Authorization", ""))
            principal = await _in_thread(self._threads, partial(self._desk.linguapay.identify, token))
        except Unauthenticated:
            self._limits.count_stranger(address)
            raise
        state = request.scope["state"]
        state["person"] = principal.person
        named = request.headers.get(PERSON_HEADER)
        if named is not None:
            state["acting_for"] = named = PersonId.parse(named, field=PERSON_HEADER)
        self._limits.count(principal.person if named is None else f"{principal.person} for {named}")
        return admitted(door.name, principal, acting_for=named)

    async def _read(self, door: Door, request: AnyRequest) -> Asked:
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await request.body()
        except TimeoutError as error:
            raise Malformed(TOO_SLOW, "The body didn't arrive in time.") from error
        named: dict[str, object] = dict(request.path_params)
        if door.takes_raw:
            return Asked({"body": body, "signature": request.headers.get(SIGNATURE_HEADER, "")}, None, "")
        key = request.headers.get(KEY_HEADER) if door.method == "POST" else None
        wish = read_body(request.headers.get("Content-Type", ""), body, door.wish)
        search = read_query(request.scope["query_string"], door.search)
        named |= {name: given for name, given in (("wish", wish), ("search", search)) if given is not None}
        about = json.dumps([request.path_params, body.hex()], sort_keys=True)
        return Asked(named, key, hashlib.sha256(about.encode()).hexdigest())

    def _serve(self, door: Door, caller: Caller, asked: Asked) -> tuple[int, View | None]:
        if asked.key is None:
            return door.status, door.enter_with(self._desk, caller, asked.named)
        found = self._desk.linguapay.claim_key(caller.principal, door.name, asked.key, asked.fingerprint)
        if isinstance(found, StoredAnswer):
            return found.status, self._presented_again(door, caller, asked, found.reference)
        try:
            view = door.enter_with(self._desk, caller, asked.named)
        except FREEING:
            self._note(self._desk.linguapay.release_key, found)
            raise
        self._note(self._desk.linguapay.answer_key, found, door.status, view.reference if view else "")
        return door.status, view

    def _note(self, note: Callable[P, None], *about: P.args, **named: P.kwargs) -> None:
        """Note how a key's request ended. What was done stays done where that fails: the key waits for its lease."""
        try:
            note(*about, **named)
        except LinguaPayError as trouble:
            LOG.warning("an Idempotency-Key is freed by its lease alone: %s", trouble)

    def _presented_again(self, door: Door, caller: Caller, asked: Asked, reference: str) -> View | None:
        if door.again is None:
            return door.enter_with(self._desk, caller, asked.named)
        return door.again(self._desk, caller, reference)


async def _in_thread(threads: ThreadPoolExecutor, run: Callable[[], T]) -> T:
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(threads, partial(context.run, run))


def _bearer(header: str) -> str:
    """The token of an ``Authorization`` header (RFC 6750, section 2.1)."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send a token: Authorization: Bearer <token>.")
    return token.strip()


def tell_methods(path: str, doors: Iterable[Door]) -> HTTPRouteHandler:
    """The handler of ``OPTIONS``: what the doors at a path are asked by (RFC 9110, section 9.3.7)."""
    allowed = ", ".join([*(door.method for door in doors if door.path == path), HttpMethod.OPTIONS])

    async def tell_them() -> Response[bytes]:
        return Response(b"", status_code=204, headers={"Allow": allowed})

    return HTTPRouteHandler(_route(path), http_method=HttpMethod.OPTIONS, status_code=200)(tell_them)


def _route(path: str) -> str:
    """A door's path as Litestar writes it."""
    parts = path.strip("/").split("/")
    return "/" + "/".join(f"{{{part[1:-1]}:str}}" if part.startswith("{") else part for part in parts)


def as_response(answer: Told) -> Response[bytes]:
    """A problem as a response."""
    body = json.dumps(answer.body, ensure_ascii=False).encode()
    return Response(body, status_code=answer.status, headers=dict(answer.headers), media_type=MEDIA_TYPE)
