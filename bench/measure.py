"""Measurements as ratios within one run: what we cost beside the bare thing that has to be done anyway.

Run by `make bench`. Each pair alternates, so that a neighbour's noise falls on both; the median round counts.
"""

from __future__ import annotations

import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL

from linguapay_adapters.composition import SANDBOX_SECRET_KEY, Rehearsal, sandbox
from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.migrate import upgrade
from linguapay_adapters.stripe.client import connect as connect_stripe
from linguapay_adapters.stripe.gateway import StripeGateway
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_adapters.telling.boundary import Crossing, Side
from linguapay_core.domain.booking import BOOKING, BookingState, BookingTrigger
from linguapay_core.domain.money import USD, Money
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.quote import quote
from tests import postgres

ROUNDS = 7
EXPAND = ["latest_charge.balance_transaction"]


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement: ours, the bare thing, and what that means."""

    what: str
    ours: str
    bare: str
    ratio: str


class Counter:
    """Counts the commits of a composition."""

    def __init__(self) -> None:
        """Begin at none."""
        self.commits = 0

    def __call__(self, crossing: Crossing) -> None:
        """See a crossing."""
        self.commits += crossing.call == "commit" and crossing.side is Side.AFTER


def teach(lingua: Rehearsal, number: int) -> None:
    """One lesson from booking to payout, with its webhooks."""
    teacher, student = f"teacher-{number}", f"student-{number}"
    gig = lingua.offer_gig(teacher, "French", 2500)
    page = lingua.open_teacher_account(teacher, "FR", "https://host.example/back", "https://host.example/again")
    lingua.stripe.complete_onboarding(page.account.account_id)
    starts_at = lingua.clock.now() + timedelta(days=2)
    booking = lingua.request_booking(student_id=student, gig_id=gig.id, starts_at=starts_at, minutes=60)
    lingua.confirm_booking(booking.id, teacher)
    checkout = lingua.create_payment_intent(booking.id, student)
    assert checkout.client_secret is not None
    lingua.browser.pay(checkout.client_secret.reveal(), "pm_card_bypassPending")
    lingua.confirm_payment(checkout.payment.id, student)
    lingua.clock.advance(timedelta(days=2, hours=2))
    lingua.work()
    lingua.complete_booking(booking.id, teacher)
    lingua.clock.advance(timedelta(hours=73))
    lingua.work()


def lesson(name: str, database_url: str, commit: Callable[[], None]) -> Line:
    """A lesson beside as many commits of one row each on the same database."""
    ours: list[float] = []
    bare: list[float] = []
    counter = Counter()
    with made(database_url), sandbox(database_url, on_crossing=counter) as lingua:
        teach(lingua, 0)
        commits = 0
        for number in range(1, ROUNDS + 1):
            counter.commits = 0
            started = perf_counter()
            teach(lingua, number)
            ours.append(perf_counter() - started)
            started = perf_counter()
            for _ in range(counter.commits):
                commit()
            bare.append(perf_counter() - started)
            commits = counter.commits
        assert lingua.verify_books().holds
    what = f"one lesson on {name}, {commits} transactions"
    return Line(what, f"{median(ours) * 1000:.0f} ms", f"{median(bare) * 1000:.0f} ms", ratio(ours, bare))


@contextmanager
def made(database_url: str) -> Iterator[None]:
    """A database with our schema."""
    engine = connect(database_url)
    upgrade(engine)
    engine.dispose()
    yield


def gateway() -> Line:
    """Our gateway beside the bare SDK, over the same sandbox in process."""
    with sandbox() as lingua:
        teach(lingua, 0)
        client = connect_stripe(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(lingua.stripe))
        intent_id = client.v1.payment_intents.list({"limit": 1}).data[0].id
        ours_through = StripeGateway(client)
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(ROUNDS * 20):
            started = process_time()
            ours_through.intent(intent_id)
            ours.append(process_time() - started)
            started = process_time()
            client.v1.payment_intents.retrieve(intent_id, {"expand": EXPAND})
            bare.append(process_time() - started)
    return Line(
        "gateway over the bare SDK call (CPU)",
        f"{median(ours) * 1000:.2f} ms",
        f"{median(bare) * 1000:.2f} ms",
        ratio(ours, bare),
    )


def rates() -> Iterator[Line]:
    """Pure rules: how many a second, beside a dictionary look-up."""
    table = {("requested", "confirm"): "confirmed"}
    look_up = per_second(lambda: table["requested", "confirm"])
    for what, rule in (
        ("transitions", lambda: BOOKING.after(BookingState.REQUESTED, BookingTrigger.CONFIRM)),
        ("quotes", lambda: quote(Money(2500, USD), 45, Policies())),
    ):
        rate = per_second(rule)
        yield Line(f"{what} a second", f"{rate:,.0f}", f"{look_up:,.0f} look-ups", f"1 : {look_up / rate:.1f}")


def per_second(call: Callable[[], object]) -> float:
    """How often a second a call can be made: the best of some rounds."""
    count, best = 20_000, float("inf")
    for _ in range(ROUNDS):
        started = process_time()
        for _ in range(count):
            call()
        best = min(best, process_time() - started)
    return count / best


def ratio(ours: list[float], bare: list[float]) -> str:
    """The median of the rounds' ratios."""
    return f"{median(one / other for one, other in zip(ours, bare, strict=True)):.2f}"


@contextmanager
def sqlite_commits(folder: Path) -> Iterator[Callable[[], None]]:
    """Commits of one row, as durable as ours, on SQLite."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE bare (number INTEGER)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare VALUES (1)")
        connection.execute("COMMIT")

    yield commit
    connection.close()


@contextmanager
def postgresql_commits(url: URL) -> Iterator[Callable[[], None]]:
    """Commits of one row, as durable as ours, on PostgreSQL."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("CREATE TABLE bare (number INTEGER)")
        connection.commit()

        def commit() -> None:
            connection.execute("INSERT INTO bare VALUES (1)")
            connection.commit()

        yield commit


def measured() -> Iterator[Line]:
    """Every measurement, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with sqlite_commits(folder) as commit:
            yield lesson("SQLite", f"sqlite:///{folder / 'linguapay.db'}", commit)
    with postgres.server() as server, postgres.database(server) as url, postgresql_commits(url) as commit:
        yield lesson("PostgreSQL", url.render_as_string(hide_password=False), commit)
    yield gateway()
    yield from rates()


def main() -> None:
    """Measure, and print a table."""
    show(measured())


def free_port() -> int:
    """A port that nobody listens at: a server of before isn't taken for the one that is measured."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def show(lines: Iterator[Line]) -> None:
    """Print what is measured as it comes, and then a table of it."""
    console = Console()
    table = Table("what", "ours", "bare", "ratio", title="ratios within one run")
    for line in lines:
        console.print(f"{line.what}: {line.ours} beside {line.bare}, {line.ratio}")
        table.add_row(line.what, line.ours, line.bare, line.ratio)
    console.print(table)


if __name__ == "__main__":
    main()
