"""The composition root: the only module that names every adapter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from linguapay_adapters.settings import Settings
from linguapay_adapters.system.clock import MovableClock, SystemClock
from linguapay_adapters.system.identifiers import SeededIdentifiers, SystemIdentifiers
from linguapay_adapters.telling.boundary import Boundary, OnCrossing, unseen
from linguapay_adapters.worker.worker import Worker
from linguapay_core.application import LinguaPay, Ports
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from linguapay_adapters.stripe_sandbox.browser import Browser
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox

SANDBOX_SECRET_KEY: Final = "sk_test_sandbox"  # noqa: S105 - a sandbox has no secrets
SANDBOX_WEBHOOK_SECRET: Final = "whsec_sandbox"  # noqa: S105

REHEARSAL_STARTS: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where the clock of a rehearsal stands at first: a Monday morning."""


@dataclass(frozen=True, slots=True)
class House:
    """LinguaPay with what runs it: a worker, and the sandbox if that plays Stripe."""

    linguapay: LinguaPay
    worker: Worker
    stripe: StripeSandbox | None


class Rehearsal(LinguaPay):
    """LinguaPay on nothing but Python, with the means to move the clock, to let the worker work, and to be the student.

    ``clock`` stands still until it is moved; ``stripe`` is the sandbox, ``browser`` the student's browser; ``worker``
    does what in production nobody waits for.
    """

    def __init__(self, ports: Ports, clock: MovableClock, stripe: StripeSandbox, browser: Browser) -> None:
        """Plug in, and keep what a rehearsal needs."""
        super().__init__(ports)
        self.ports = ports
        self.clock = clock
        self.stripe = stripe
        self.browser = browser
        self.worker = Worker(self, clock, hand_over_webhooks=lambda: hand_over(stripe, self))

    def work(self) -> Mapping[str, int]:
        """Let the worker work until nothing is left to do now, and tell how much each step did.

        What goes wrong is raised.
        """
        done: Counter[str] = Counter()
        for round_ in self.worker.run_until_idle():
            for trouble in round_.troubles.values():
                raise trouble
            done.update(round_.done)
        return done


@contextmanager
def sandbox(
    database_url: str = "sqlite://",
    *,
    stripe_path: Path | None = None,
    starts_at: datetime = REHEARSAL_STARTS,
    seed: int | None = None,
    policies: Policies | None = None,
    on_crossing: OnCrossing = unseen,
) -> Iterator[Rehearsal]:
    """LinguaPay on a Stripe sandbox in this process, with a clock that stands still until it is moved.

    By default nothing outlives it; ``database_url`` and ``stripe_path`` keep the database and Stripe's state. With a
    ``seed`` the same calls give the same identifiers. ``on_crossing`` sees every call through a port.
    """
    from linguapay_adapters.stripe_sandbox.browser import Browser  # noqa: PLC0415 - imported where it is used
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox  # noqa: PLC0415

    clock = MovableClock(starts_at)
    identifiers = SystemIdentifiers(clock) if seed is None else SeededIdentifiers(seed, clock)
    with _database(database_url, fresh=True) as engine:
        stripe = StripeSandbox(path=stripe_path, clock=clock, identifiers=_stripe_names(seed))
        try:
            ports = _ports(engine, clock, identifiers, policies or Policies(), stripe=stripe, on_crossing=on_crossing)
            yield Rehearsal(ports, clock, stripe, Browser(stripe))
        finally:
            stripe.close()


@contextmanager
def from_settings(settings: Settings, *, fresh: bool = True) -> Iterator[House]:
    """LinguaPay as the settings say: on PostgreSQL or SQLite, with Stripe or with the sandbox beside the database.

    Where it may be ``fresh``, an SQLite file gets its schema; any other database must be at this version's migrations.
    Raises ``Invalid`` for a file that isn't there, and ``Refused`` for a database that must be upgraded first.
    """
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox  # noqa: PLC0415

    clock = SystemClock()
    url = settings.database_url.get_secret_value()
    with _database(url, fresh=fresh and url.startswith("sqlite")) as engine:
        identifiers = SystemIdentifiers(clock)
        if not settings.uses_sandbox:
            linguapay = LinguaPay(_ports(engine, clock, identifiers, settings.policies, settings=settings))
            yield House(linguapay, Worker(linguapay, clock), None)
            return
        stripe = StripeSandbox(path=beside(url), clock=clock)
        try:
            linguapay = LinguaPay(_ports(engine, clock, identifiers, settings.policies, stripe=stripe))
            yield House(
                linguapay, Worker(linguapay, clock, hand_over_webhooks=lambda: hand_over(stripe, linguapay)), stripe
            )
        finally:
            stripe.close()


@contextmanager
def served_sandbox(settings: Settings, *, host: str, port: int) -> Iterator[str]:
    """The sandbox beside the database, as a server with the machine's clock; yields its URL. Port 0 takes any free one.

    Raises ``Invalid`` where it can't listen.
    """
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox  # noqa: PLC0415
    from linguapay_adapters.stripe_sandbox.server import served  # noqa: PLC0415

    stripe = StripeSandbox(path=beside(settings.database_url.get_secret_value()), clock=SystemClock())
    try:
        with ExitStack() as stack:
            try:
                url = stack.enter_context(served(stripe, host, port))
            except OSError as error:
                raise Invalid("host, port", f"can't listen on {host}:{port}: {error.strerror}.") from error
            yield url
    finally:
        stripe.close()


def upgrade_database(settings: Settings) -> str:
    """Bring the database to this version's schema; the answer is its revision. Raises ``Busy`` if it can't now."""
    from linguapay_adapters.sql.migrate import HEAD  # noqa: PLC0415

    with _database(settings.database_url.get_secret_value(), fresh=True):
        return HEAD


def hand_over(stripe: StripeSandbox, linguapay: LinguaPay) -> int:
    """Carry the sandbox's webhooks to our door, as the network does; the count says how many."""
    stripe.settle()
    handed_over = 0
    while waiting := stripe.pending_webhooks():
        for delivery in waiting:
            linguapay.receive_webhook(delivery.payload, delivery.signature)
            stripe.acknowledge(delivery.event_id)
            handed_over += 1
    return handed_over


def _ports(
    engine: Engine,
    clock: Clock,
    identifiers: Identifiers,
    policies: Policies,
    *,
    stripe: StripeSandbox | None = None,
    settings: Settings | None = None,
    on_crossing: OnCrossing = unseen,
) -> Ports:
    """Every port, with the boundary around it."""
    from linguapay_adapters.sql.reports import SqlReports  # noqa: PLC0415
    from linguapay_adapters.sql.transactions import SqlTransactions  # noqa: PLC0415
    from linguapay_adapters.stripe.client import connect  # noqa: PLC0415
    from linguapay_adapters.stripe.gateway import StripeGateway  # noqa: PLC0415
    from linguapay_adapters.stripe.webhook_reader import StripeWebhookReader  # noqa: PLC0415

    if stripe is not None:
        from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient  # noqa: PLC0415

        client = connect(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(stripe))
        reader = StripeWebhookReader([SANDBOX_WEBHOOK_SECRET], clock, live=False)
    else:
        assert settings is not None, "without a sandbox the settings name the account"
        client = connect(settings.stripe_secret_key.get_secret_value())
        reader = StripeWebhookReader(settings.webhook_secrets, clock, live=settings.live)
    boundary = Boundary(on_crossing)
    return Ports(
        transactions=boundary.around_transactions(SqlTransactions(engine)),
        reports=boundary.around("reports", SqlReports(engine)),
        gateway=boundary.around_gateway(StripeGateway(client)),
        webhook_reader=boundary.around("webhook_reader", reader),
        clock=clock,
        identifiers=identifiers,
        policies=policies,
        live=settings is not None and settings.live,
    )


@contextmanager
def _database(url: str, *, fresh: bool) -> Iterator[Engine]:
    """The database: brought to this version where it may be fresh, and otherwise found at it."""
    from sqlalchemy.exc import ArgumentError, DatabaseError  # noqa: PLC0415

    from linguapay_adapters.sql.engine import connect  # noqa: PLC0415

    file = _file(url)
    if not fresh and file is not None and not file.exists():
        raise Invalid("LINGUAPAY_DATABASE_URL", f"there is no database {file}. Name one that is there.")
    try:
        engine = connect(url)
    except (ArgumentError, ValueError) as error:  # the URL may hold a password, and isn't repeated
        raise Invalid("LINGUAPAY_DATABASE_URL", "that is no URL of a database.") from error
    try:
        try:
            _bring_or_find(engine, fresh=fresh)
        except DatabaseError as error:
            raise Invalid("LINGUAPAY_DATABASE_URL", f"that can't be used: {error.orig}.") from error
        yield engine
    finally:
        engine.dispose()


def _bring_or_find(engine: Engine, *, fresh: bool) -> None:
    from linguapay_adapters.sql.migrate import HEAD, is_current, upgrade  # noqa: PLC0415

    if fresh:
        upgrade(engine)
    elif not is_current(engine):
        reason = f"The database isn't at revision {HEAD}."
        raise Refused("schema_behind", reason, way_out="Run `linguapay db upgrade` first.")


def _stripe_names(seed: int | None) -> Callable[[], str] | None:
    """Names for Stripe's objects: the same every time where there is a seed."""
    if seed is None:
        return None
    numbers = count(1)
    return lambda: f"{seed:04d}{next(numbers):012d}"


def _file(url: str) -> Path | None:
    """The file in which an SQLite database is kept; no other database has one."""
    _, _, file = url.partition("sqlite:///")
    return Path(file) if file else None


def beside(url: str) -> Path:
    """Where the sandbox keeps its state: beside the SQLite file, or in the working folder."""
    return (_file(url) or Path("linguapay.db")).with_suffix(".stripe.db")
