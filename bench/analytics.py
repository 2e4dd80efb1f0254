"""The dashboard as history grows, and what counting ahead costs those who pay: ratios within one run.

`python -m bench.analytics` measures 10,000 and 100,000 payments; `python -m bench.analytics 1000000` that many too, in
some minutes more, because filling takes long; with `LINGUAPAY_SOAK=1` PostgreSQL has ten million besides. Histories are
filled by bulk SQL and cover two years, so that also the period before a year has its payments.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from threading import Event
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import URL, Connection, Engine, text

from bench.measure import Line, show
from linguapay_adapters.sql.engine import Limits, connect
from linguapay_adapters.sql.facts import written
from linguapay_adapters.sql.folding import SqlProjections
from linguapay_adapters.sql.migrate import upgrade
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_adapters.worker.worker import FOLD_EVERY
from linguapay_core.domain.events import PaymentDeclined, PaymentStarted, PaymentSucceeded
from linguapay_core.domain.identifiers import BookingId, PaymentId
from linguapay_core.domain.ledger import CHARGE_CLEARING, ESCROW, Leg
from linguapay_core.domain.span import DAY, Span, midnight, span_between
from linguapay_core.testing.builders import PARTS, a_booking, a_gig, a_payment, an_entry, an_event
from linguapay_core.testing.finding_contract import ENDED
from linguapay_core.testing.keeping import decision_of, keep
from tests import postgres

ZONE: Final = ZoneInfo("Europe/Warsaw")
FIRST: Final = date(2024, 1, 1)
LAST: Final = FIRST + 730 * DAY
SPANS: Final = (30, 365)
SIZES: Final = (10_000, 100_000)
SOAK: Final = 10_000_000
SOME: Final = 10_000
"""How many payments are filled in one transaction, so that no statement takes long."""

ROUNDS: Final = 40
WRITERS: Final = 16
WRITING: Final = timedelta(seconds=12)
TURNS: Final = 3
PATIENT: Final = Limits(statement_milliseconds=600_000)

SERIES: Final = {
    "postgresql": "generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS series(n)",
    "sqlite": "(WITH RECURSIVE series(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM series WHERE n < :last) "
    "SELECT n FROM series) AS series",
}
INSTANT: Final = {
    "postgresql": "CAST(:start AS timestamptz) + CAST(n AS double precision) / :payments * interval '730 days'",
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f', :start, (n * 1.0 / :payments * 730) || ' days') || '000Z'",
}
"""When the n-th payment succeeds: evenly over two years."""

FILLING: Final = """
INSERT INTO payments SELECT 'pay_x' || n AS id, {columns} FROM payments, {series} WHERE payments.id = :model;
INSERT INTO events (subject, name, fact_version, fact, role, person, at, why)
    SELECT 'pay_x' || n, 'payment.started', 1, :started, 'student', '', {instant}, '' FROM {series};
INSERT INTO events (subject, name, fact_version, fact, role, person, at, why)
    SELECT 'pay_x' || n, 'payment.declined', 1, :declined, 'stripe', '', {instant}, '' FROM {series} WHERE n % 20 = 0;
INSERT INTO events (subject, name, fact_version, fact, role, person, at, why)
    SELECT 'pay_x' || n, 'payment.succeeded', 1, CASE WHEN n % 3 = 0 THEN :mastercard ELSE :visa END,
    'stripe', '', {instant}, '' FROM {series} WHERE n % 20 <> 0;
INSERT INTO entries (key, what, subject, at)
    SELECT 'entry ' || n, 'payment succeeded', 'pay_x' || n, {instant} FROM {series} WHERE n % 20 <> 0;
INSERT INTO legs (entry_key, debit, credit, currency, amount_minor, payment_id)
    SELECT 'entry ' || n, 'charge_clearing', 'escrow', 'USD', 3150, 'pay_x' || n FROM {series} WHERE n % 20 <> 0
"""
"""Payments like one that is there, two events of each, and the entry of those that succeed."""

FACTS: Final = {
    "started": PaymentStarted(BookingId.of(1), 3000, 150, "USD"),
    "declined": PaymentDeclined("generic_decline", "visa"),
    "visa": PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "visa"),
    "mastercard": PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "mastercard"),
}


def fill(engine: Engine, payments: int) -> None:
    """Let so many payments have happened, and count them ahead."""
    begin(SqlTransactions(engine))
    dialect = engine.dialect.name
    for first in range(1, payments + 1, SOME):
        with engine.begin() as connection:
            known: dict[str, object] = {name: written(fact) for name, fact in FACTS.items()}
            known |= {"first": first, "last": min(first + SOME - 1, payments), "payments": payments}
            known |= {
                "model": str(a_payment().id),
                "start": f"{FIRST}T00:00:00Z" if dialect == "sqlite" else str(FIRST),
            }
            columns = _columns(connection)
            for statement in FILLING.split(";"):
                filled = statement.format(columns=columns, series=SERIES[dialect], instant=INSTANT[dialect])
                connection.execute(text(filled), {name: known[name] for name in known if f":{name}" in filled})
    projections = SqlProjections(engine)
    while projections.fold(ZONE, limit=30_000):
        pass
    if dialect == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def begin(transactions: SqlTransactions) -> None:
    """Store the payment that all others are like."""
    keep(transactions, a_gig(), a_booking(), a_payment(**ENDED))


def _columns(connection: Connection) -> str:
    """The columns of a payment behind its name, for the n-th of them."""
    other = {
        "student_id": "'student ' || (n % 5000)",
        "teacher_id": "'teacher ' || (n % 500)",
    }
    names = list(connection.execute(text("SELECT * FROM payments LIMIT 1")).keys())[1:]
    return ", ".join(other.get(name, f"payments.{name}") for name in names)


@dataclass(frozen=True, slots=True)
class Filled:
    """A database with a history."""

    payments: int
    reports: SqlReports


@contextmanager
def filled(url: str, payments: int) -> Iterator[Filled]:
    """A database, filled."""
    engine = connect(url, PATIENT)
    try:
        upgrade(engine)
        fill(engine, payments)
        yield Filled(payments, SqlReports(engine))
    finally:
        engine.dispose()


def span_of(days: int) -> Span:
    """The last so many days of the history."""
    return span_between(midnight(LAST - days * DAY, ZONE), midnight(LAST, ZONE), ZONE)


def dashboards(name: str, databases: list[Filled]) -> Iterator[Line]:
    """The same dashboard over each history in turn, so that a neighbour's noise falls on all."""
    for days in SPANS:
        span = span_of(days)
        taken: dict[int, list[float]] = {one.payments: [] for one in databases}
        for number in range(ROUNDS):
            for one in databases:
                started = perf_counter()
                one.reports.figures(span)
                if number:
                    taken[one.payments].append(perf_counter() - started)
        best = {payments: median(times) * 1000 for payments, times in taken.items()}
        smallest, largest = min(best), max(best)
        yield Line(
            f"dashboard of {days} days on {name}, {largest:,} payments beside {smallest:,}",
            f"{best[largest]:.1f} ms",
            f"{best[smallest]:.1f} ms",
            f"{best[largest] / best[smallest]:.2f}",
        )


def writing(url: str) -> Line:
    """Commits of a payment by sixteen writers, with a folder beside them and without, in turns."""
    engine = connect(url)
    upgrade(engine)
    transactions, numbers = SqlTransactions(engine), count(1)
    begin(transactions)

    def write(over: Event) -> int:
        kept = 0
        while not over.is_set():
            number = next(numbers)
            payment = a_payment(id=PaymentId.of(number + 1), **ENDED)
            succeeded = an_event(
                subject=payment.id, fact=PaymentSucceeded(3150, "USD", "pi", "ch", "visa"), at=datetime.now(UTC)
            )
            leg = Leg(CHARGE_CLEARING, ESCROW, PARTS.total, payment.id)
            booked = an_entry(leg, key=f"entry {number}", subject=payment.id, at=datetime.now(UTC))
            with transactions.begin() as transaction:
                transaction.keep(decision_of(payment, succeeded, booked))
            kept += 1
        return kept

    def fold(over: Event) -> int:
        projections, folded = SqlProjections(engine), 0
        while not over.wait(FOLD_EVERY.total_seconds()):
            while more := projections.fold(ZONE, limit=5000):
                folded += more.counted
        return folded

    def turn(*, folding: bool) -> float:
        over = Event()
        with ThreadPoolExecutor(WRITERS + 1) as pool:
            folder = pool.submit(fold, over) if folding else None
            writers = [pool.submit(write, over) for _ in range(WRITERS)]
            over.wait(WRITING.total_seconds())
            over.set()
            if folder:
                assert folder.result() > 0, "the folder had its turns"
            return sum(writer.result() for writer in writers) / WRITING.total_seconds()

    turn(folding=False)
    rates = [(turn(folding=False), turn(folding=True)) for _ in range(TURNS)]
    engine.dispose()
    without, with_ = (median(rate) for rate in zip(*rates, strict=True))
    ratio = median(one / other for one, other in rates)
    return Line(
        f"payments by {WRITERS} writers, counted ahead beside not", f"{with_:.0f}/s", f"{without:.0f}/s", f"{ratio:.2f}"
    )


def measured(sizes: tuple[int, ...]) -> Iterator[Line]:
    """Every measurement, one after the other."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [f"sqlite:///{Path(folder) / f'{size}.db'}" for size in sizes]
        databases = [stack.enter_context(filled(url, size)) for url, size in zip(urls, sizes, strict=True)]
        yield from dashboards("SQLite", databases)
    sizes = (*sizes, SOAK) if os.environ.get("LINGUAPAY_SOAK") else sizes
    with postgres.server() as server:
        with ExitStack() as stack:
            servers = [_text(stack.enter_context(postgres.database(server))) for _ in sizes]
            databases = [stack.enter_context(filled(url, size)) for url, size in zip(servers, sizes, strict=True)]
            yield from dashboards("PostgreSQL", databases)
        with postgres.database(server) as url:
            yield writing(_text(url))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def main() -> None:
    """Measure, and print a table. Further sizes may be named as arguments."""
    show(measured((*SIZES, *map(int, sys.argv[1:]))))


if __name__ == "__main__":
    main()
