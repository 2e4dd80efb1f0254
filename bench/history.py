"""Years of payments, filled by bulk SQL, for those who measure what grows with history and what doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from linguapay_adapters.sql.engine import Limits, connect
from linguapay_adapters.sql.facts import written
from linguapay_adapters.sql.folding import SqlProjections
from linguapay_adapters.sql.migrate import upgrade
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_core.domain.events.payment import (
    PaymentDeclined,
    PaymentStarted,
    PaymentSucceeded,
)
from linguapay_core.domain.identifiers import BookingId
from linguapay_core.domain.span import DAY
from linguapay_core.testing.builders import a_booking, a_gig, a_payment
from linguapay_core.testing.finding_contract import ENDED
from linguapay_core.testing.keeping import keep

ZONE: Final = ZoneInfo("Europe/Warsaw")
FIRST: Final = date(2024, 1, 1)
LAST: Final = FIRST + 730 * DAY
"""Histories cover two years, so that also the period before a year has its payments."""

SOME: Final = 10_000
"""How many payments are filled in one transaction, so that no statement takes long."""

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
        "started_at": INSTANT[connection.dialect.name],
        "student_id": "'student-' || (n % 5000)",
        "teacher_id": "'teacher-' || (n % 500)",
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
