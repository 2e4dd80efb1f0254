"""LinguaPay as the settings say, with what runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from os import getpid
from socket import gethostname
from threading import Event
from typing import TYPE_CHECKING

from linguapay_adapters.composition.database import check_served, database
from linguapay_adapters.composition.places import file_of
from linguapay_adapters.composition.playing import hand_over, sandbox_beside
from linguapay_adapters.settings import Settings
from linguapay_adapters.system.alone import only_worker
from linguapay_adapters.system.clock import SystemClock
from linguapay_adapters.system.identifiers import SystemIdentifiers
from linguapay_adapters.telling import logs
from linguapay_adapters.telling.boundary import OnCrossing, seen_by, unseen
from linguapay_adapters.worker.worker import Pace, Worker, no_webhooks
from linguapay_core.application import LinguaPay
from linguapay_core.domain.house import Mode
from linguapay_core.ports.clock import Clock
from linguapay_core.use_cases.recognise_account import Recognised

if TYPE_CHECKING:
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
    from linguapay_adapters.telling.teller import Teller


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


def open_logs(settings: Settings) -> None:
    """Write the logs of this process as the settings say."""
    logs.open_logs(settings.log_format, settings.log_level)


@contextmanager
def from_settings(
    settings: Settings, *, fresh: bool = True, serves: bool = True, on_crossing: OnCrossing = unseen
) -> Iterator[House]:
    """LinguaPay as the settings say: on PostgreSQL or SQLite, with Stripe or with the sandbox beside the database.

    Where it may be ``fresh``, an SQLite file gets its schema; any other database must be at this version's migrations.
    A house that ``serves`` asks Stripe whose key it has, and the database remembers the first such account; any other
    compares the mode, and asks before its first call (see ``gate``).

    Raises ``Invalid`` for a file that isn't there, ``Refused`` for a database that must be upgraded first or that holds
    another account's payments, ``GatewayUnreachable`` where the account isn't known yet and Stripe is silent.
    """
    from linguapay_adapters.composition.plugs import ports  # noqa: PLC0415 - imported where it is used

    clock = SystemClock()
    url = settings.database_url.get_secret_value()
    with database(url, fresh=fresh and url.startswith("sqlite")) as engine:
        check_served(engine, settings.mode)
        playing = sandbox_beside(settings, clock) if settings.uses_sandbox else nullcontext()
        with playing as stripe, _teller_of(settings, serves=serves) as teller:
            plugs = ports(
                engine,
                clock,
                SystemIdentifiers(clock),
                settings.policies,
                stripe=stripe,
                settings=settings,
                on_crossing=seen_by(teller.crossed, on_crossing) if teller else on_crossing,
            )
            linguapay = LinguaPay(plugs)
            if teller:
                teller.attend(linguapay)
            recognised = _recognised(linguapay, settings.mode) if serves else None
            yield House(linguapay, _worker(linguapay, clock, settings, stripe), stripe, recognised, teller)


@contextmanager
def _teller_of(settings: Settings, *, serves: bool) -> Iterator[Teller | None]:
    """Who tells of a house that serves."""
    if not serves:
        yield None
        return
    from linguapay_adapters.telling.teller import teller  # noqa: PLC0415 - imported where it is used

    with teller(settings.traces_to) as made:
        yield made


def _recognised(linguapay: LinguaPay, mode: Mode) -> Recognised:
    """Whose payments these are. Somebody hears of it where Stripe doesn't say so."""
    recognised = linguapay.recognise_account(mode)
    if not recognised.confirmed:
        logs.tell_unconfirmed(recognised.account.account_id)
    return recognised


def _worker(linguapay: LinguaPay, clock: Clock, settings: Settings, stripe: StripeSandbox | None) -> Worker:
    """The house's worker, named by its machine and process. On an SQLite file it is the only one."""
    file = file_of(settings.database_url.get_secret_value())
    return Worker(
        linguapay,
        clock,
        hand_over_webhooks=no_webhooks if stripe is None else lambda: hand_over(stripe, linguapay),
        name=f"{gethostname()}:{getpid()}",
        pace=Pace(interval=settings.worker_interval, keys_kept=settings.keys_kept),
        turn=nullcontext if file is None else lambda: only_worker(file.with_suffix(".worker")),
    )
