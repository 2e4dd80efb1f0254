"""The composition root: the only module that names every adapter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from os import getpid
from pathlib import Path
from socket import gethostname
from threading import Event
from typing import TYPE_CHECKING, Final

from linguapay_adapters.identity.late import LateIdentity
from linguapay_adapters.settings import Settings
from linguapay_adapters.system.alone import only_worker
from linguapay_adapters.system.clock import MovableClock, SystemClock
from linguapay_adapters.system.identifiers import SeededIdentifiers, SystemIdentifiers
from linguapay_adapters.telling import logs
from linguapay_adapters.telling.boundary import Boundary, OnCrossing, seen_by, unseen
from linguapay_adapters.worker.worker import Pace, Worker, no_webhooks
from linguapay_core.application import LinguaPay, Ports
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.house import Mode, ServedAccount, check_mode
from linguapay_core.domain.machine import Role
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.identity import Identity
from linguapay_core.use_cases.recognise_account import Recognised

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from linguapay_adapters.stripe_sandbox.browser import Browser
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
    from linguapay_adapters.telling.teller import Teller

SANDBOX_SECRET_KEY: Final = "sk_test_sandbox"  # noqa: S105 - a sandbox has no secrets
SANDBOX_WEBHOOK_SECRET: Final = "whsec_sandbox"  # noqa: S105

REHEARSAL_TOKEN_SECRET: Final = "a rehearsal moves no money, so anybody may know this"  # noqa: S105

REHEARSAL_STARTS: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where the clock of a rehearsal stands at first: a Monday morning."""


@dataclass(frozen=True, slots=True)
class House:
    """LinguaPay with what runs it: a worker, and the sandbox if that plays Stripe.

    Where the house was opened to serve, ``recognised`` is the account that is served, and ``teller`` counts and traces.
    """

    linguapay: LinguaPay
    worker: Worker
    stripe: StripeSandbox | None
    recognised: Recognised | None = None
    teller: Teller | None = None

    def work(self, stop: Event) -> None:
        """Let the worker work until it is told to stop, and log what goes wrong.

        Raises ``Refused`` where another has the only turn.
        """
        self.worker.run(stop, tell=logs.tell_trouble)


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
def from_settings(
    settings: Settings, *, fresh: bool = True, serves: bool = True, on_crossing: OnCrossing = unseen
) -> Iterator[House]:
    """LinguaPay as the settings say: on PostgreSQL or SQLite, with Stripe or with the sandbox beside the database.

    Where it may be ``fresh``, an SQLite file gets its schema; any other database must be at this version's migrations.
    A house that ``serves`` asks Stripe whose key it has, and the database remembers the first such account; one that is
    only looked at compares the mode, and calls nobody.

    Raises ``Invalid`` for a file that isn't there, ``Refused`` for a database that must be upgraded first or that holds
    another account's payments, ``GatewayUnreachable`` where the account isn't known yet and Stripe is silent.
    """
    clock = SystemClock()
    url = settings.database_url.get_secret_value()
    with _database(url, fresh=fresh and url.startswith("sqlite")) as engine:
        check_mode(_remembered(engine), settings.mode)
        with _sandbox_of(settings, clock) as stripe, _teller_of(settings, serves=serves) as teller:
            ports = _ports(
                engine,
                clock,
                SystemIdentifiers(clock),
                settings.policies,
                stripe=stripe,
                settings=settings,
                on_crossing=seen_by(teller.crossed, on_crossing) if teller else on_crossing,
            )
            linguapay = LinguaPay(ports)
            if teller:
                teller.attend(linguapay)
            recognised = _recognised(linguapay, settings.mode) if serves else None
            yield House(linguapay, _worker(linguapay, clock, settings, stripe, recognised), stripe, recognised, teller)


@contextmanager
def _teller_of(settings: Settings, *, serves: bool) -> Iterator[Teller | None]:
    """Who tells of a house that serves."""
    if not serves:
        yield None
        return
    from linguapay_adapters.telling.teller import teller  # noqa: PLC0415 - imported where it is used

    with teller(settings.traces_to) as made:
        yield made


def open_logs(settings: Settings) -> None:
    """Write the logs of this process as the settings say."""
    logs.open_logs(settings.log_format, settings.log_level)


@contextmanager
def _sandbox_of(settings: Settings, clock: Clock) -> Iterator[StripeSandbox | None]:
    """The sandbox beside the database, if it plays Stripe."""
    if not settings.uses_sandbox:
        yield None
        return
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox  # noqa: PLC0415

    stripe = StripeSandbox(path=beside(settings.database_url.get_secret_value()), clock=clock)
    try:
        yield stripe
    finally:
        stripe.close()


def _recognised(linguapay: LinguaPay, mode: Mode) -> Recognised:
    """Whose payments these are. Somebody hears of it where Stripe doesn't say so."""
    recognised = linguapay.recognise_account(mode)
    if not recognised.confirmed:
        logs.tell_unconfirmed(recognised.account.account_id)
    return recognised


def _worker(
    linguapay: LinguaPay, clock: Clock, settings: Settings, stripe: StripeSandbox | None, recognised: Recognised | None
) -> Worker:
    """The house's worker, named by its machine and process. On an SQLite file it is the only one."""
    file = _file(settings.database_url.get_secret_value())
    return Worker(
        linguapay,
        clock,
        hand_over_webhooks=no_webhooks if stripe is None else lambda: hand_over(stripe, linguapay),
        name=f"{gethostname()}:{getpid()}",
        pace=Pace(interval=settings.worker_interval, keys_kept=settings.keys_kept),
        turn=nullcontext if file is None else lambda: only_worker(file.with_suffix(".worker")),
        unconfirmed=settings.mode if recognised and not recognised.confirmed else None,
    )


def _remembered(engine: Engine) -> ServedAccount | None:
    from linguapay_adapters.sql.watch import SqlWatch  # noqa: PLC0415

    return SqlWatch(engine).served_account()


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
    from linguapay_adapters.messenger.messenger import HttpMessenger, usual_trust  # noqa: PLC0415
    from linguapay_adapters.messenger.post import Way  # noqa: PLC0415
    from linguapay_adapters.sql.reports import SqlReports  # noqa: PLC0415
    from linguapay_adapters.sql.stored_answers import SqlStoredAnswers  # noqa: PLC0415
    from linguapay_adapters.sql.transactions import SqlTransactions  # noqa: PLC0415
    from linguapay_adapters.sql.watch import SqlWatch  # noqa: PLC0415
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
        messenger=boundary.around_outside(
            "messenger", HttpMessenger(Way(usual_trust, this_machine=stripe is not None))
        ),
        stored_answers=boundary.around("stored_answers", SqlStoredAnswers(engine)),
        watch=boundary.around("watch", SqlWatch(engine)),
        identity=boundary.around_outside("identity", LateIdentity(lambda: _identity(settings, clock))),
        clock=clock,
        identifiers=identifiers,
        policies=policies,
        live=settings is not None and settings.live,
        zone=UTC if settings is None else settings.zone,
    )


def _identity(settings: Settings | None, clock: Clock) -> Identity:
    """Who believes which tokens; in a rehearsal those of the fixed secret."""
    from linguapay_adapters.identity.keys import shared  # noqa: PLC0415
    from linguapay_adapters.identity.of_settings import identity_of  # noqa: PLC0415
    from linguapay_adapters.identity.tokens import TokenIdentity  # noqa: PLC0415

    if settings is None:
        return TokenIdentity(shared(REHEARSAL_TOKEN_SECRET), issuer="linguapay", audience="linguapay", clock=clock)
    return identity_of(settings, clock, local=_token_secret_file(settings))


def check_identity(settings: Settings) -> None:
    """See that tokens can be checked. Raises ``Refused`` or ``Invalid``, with what to set."""
    _identity(settings, SystemClock())


def issue_token(settings: Settings, *, person: str, roles: frozenset[Role], lives: timedelta) -> str:
    """A token for development. Raises ``Refused`` where only the host platform can sign them."""
    from linguapay_adapters.identity import of_settings  # noqa: PLC0415

    expires_at = SystemClock().now() + lives
    local = _token_secret_file(settings)
    return of_settings.issue_token(settings, local=local, person=person, roles=roles, expires_at=expires_at)


def _token_secret_file(settings: Settings) -> Path:
    """Where the secret for development's tokens is kept: beside the database, as the sandbox's state."""
    return beside(settings.database_url.get_secret_value(), ".tokens")


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


def beside(url: str, suffix: str = ".stripe.db") -> Path:
    """Where the sandbox keeps its state: beside the SQLite file, or in the working folder."""
    return (_file(url) or Path("linguapay.db")).with_suffix(suffix)
