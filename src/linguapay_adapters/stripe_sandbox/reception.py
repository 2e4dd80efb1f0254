"""From a request to an answer: the key, the version, the route, the parameters, the idempotency key, the endpoint."""

from dataclasses import dataclass, replace
from hmac import compare_digest
from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import errors, expansion, forms, idempotency, parameters
from linguapay_adapters.stripe_sandbox.errors import Refusal
from linguapay_adapters.stripe_sandbox.faults import Course
from linguapay_adapters.stripe_sandbox.idempotency import Answer
from linguapay_adapters.stripe_sandbox.parameters import array_of, optional, text
from linguapay_adapters.stripe_sandbox.resources import accounts
from linguapay_adapters.stripe_sandbox.routing import Call, Route, Routes
from linguapay_adapters.stripe_sandbox.wire import API_VERSION, Document, Request
from linguapay_adapters.stripe_sandbox.world import PLATFORM, World

EXPAND = {"expand": optional(array_of(text))}


@dataclass(frozen=True, slots=True)
class Keys:
    """The API keys of the sandbox's account: the server's and the browser's."""

    secret: str
    publishable: str


@dataclass(frozen=True, slots=True)
class _Visit:
    """A request that has been let in: where it goes and what it brought."""

    world: World
    route: Route
    path: dict[str, str]
    given: Document
    is_publishable: bool
    fingerprint: str


def answer(world: World, routes: Routes, keys: Keys, request: Request, course: Course) -> Answer:
    """Answer a request. What it did is undone if it is refused, unless trying was an effect."""
    try:
        visit = _admit(world, routes, keys, request)
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        known = idempotency.recall(visit.world, key, visit.fingerprint) if key else None
        if known is not None:
            return known
        asked = parameters.read({**visit.route.parameters, **EXPAND}, visit.given)
    except Refusal as refusal:
        return _refused(refusal)
    outcome = _run(visit, asked) if course.takes_effect else None
    if outcome is None or course.keeps_error_500:
        outcome = _refused(errors.internal_error())
    if key:
        idempotency.keep(visit.world, key, visit.fingerprint, outcome)
    return outcome


def _admit(world: World, routes: Routes, keys: Keys, request: Request) -> _Visit:
    is_publishable = _is_publishable(keys, request)
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:
        raise errors.wrong_version(version)
    path, _, query = request.path.partition("?")
    route, ids = routes.find(request.method, path)
    if is_publishable and not route.admits_publishable_key:
        raise errors.secret_key_required()
    account = request.headers.get("Stripe-Account", PLATFORM)
    if account != PLATFORM:
        accounts.connected(world, account)
    body = request.body.decode("utf-8", errors="replace")
    given = forms.decode("&".join(part for part in (query, body) if part))
    return _Visit(
        world=replace(world, account=account),
        route=route,
        path=ids,
        given=given,
        is_publishable=is_publishable,
        fingerprint=idempotency.fingerprint_of(request.method, path, given),
    )


def _is_publishable(keys: Keys, request: Request) -> bool:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    for known, is_publishable in ((keys.secret, False), (keys.publishable, True)):
        if scheme == "Bearer" and compare_digest(key.encode(), known.encode()):
            return is_publishable
    raise errors.wrong_key(key)


def _run(visit: _Visit, asked: Document) -> Answer:
    expand = asked.pop("expand", [])
    call = Call(visit.world, visit.path, asked, is_publishable=visit.is_publishable)
    try:
        with visit.world.store.transaction(keeping=_keeps_effects):
            return Answer(HTTPStatus.OK, expansion.present(visit.world, visit.route.endpoint(call), expand))
    except Refusal as refusal:
        return _refused(refusal)


def _keeps_effects(error: BaseException) -> bool:
    return isinstance(error, Refusal) and error.keeps_effects


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, {"error": refusal.error})
