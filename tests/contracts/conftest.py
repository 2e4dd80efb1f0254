"""The stores that keep one contract, each empty at the start of a test."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from linguapay_adapters.memory.projections import MemoryProjections
from linguapay_adapters.memory.reports import MemoryReports
from linguapay_adapters.memory.stored_answers import MemoryStoredAnswers
from linguapay_adapters.memory.transactions import Memory, MemoryTransactions
from linguapay_adapters.memory.watch import MemoryWatch
from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.folding import SqlProjections
from linguapay_adapters.sql.migrate import upgrade
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.sql.stored_answers import SqlStoredAnswers
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_adapters.sql.watch import SqlWatch
from linguapay_core.ports.projections import Projections
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.stored_answers import StoredAnswers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.watch import Watch
from tests import postgres


@dataclass(frozen=True)
class Store:
    """A place to keep things: every port of it."""

    transactions: Transactions
    reports: Reports
    projections: Projections
    watch: Watch
    stored_answers: StoredAnswers


def in_memory() -> Store:
    """A store that is gone with the process."""
    memory = Memory()
    return Store(
        MemoryTransactions(memory),
        MemoryReports(memory),
        MemoryProjections(),
        MemoryWatch(memory),
        MemoryStoredAnswers(),
    )


def in_engine(engine: Engine) -> Store:
    """A store in a database that has the schema."""
    return Store(
        SqlTransactions(engine), SqlReports(engine), SqlProjections(engine), SqlWatch(engine), SqlStoredAnswers(engine)
    )


@contextmanager
def in_database(url: str, *, made: bool = False) -> Iterator[Store]:
    """A store in a database, whose schema is made unless it is there."""
    engine = connect(url)
    try:
        if not made:
            upgrade(engine)
        yield in_engine(engine)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def migrated_url(postgres_server: URL) -> Iterator[URL]:
    """A PostgreSQL database with the schema and nothing in it, to be cloned."""
    with postgres.database(postgres_server) as url:
        engine = connect(url.render_as_string(hide_password=False))
        upgrade(engine)
        engine.dispose()
        yield url


@contextmanager
def cloned(template: URL) -> Iterator[Store]:
    """A store in a PostgreSQL database of its own."""
    with postgres.clone(template) as url, in_database(url.render_as_string(hide_password=False), made=True) as store:
        yield store


@pytest.fixture(params=["memory", "sqlite in memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each store in turn."""
    stores: dict[str, AbstractContextManager[Store]] = {
        "sqlite in memory": in_database("sqlite://"),
        "sqlite": in_database(f"sqlite:///{tmp_path / 'linguapay.db'}"),
    }
    if request.param == "memory":
        yield in_memory()
        return
    if request.param == "postgresql":
        stores["postgresql"] = cloned(request.getfixturevalue("migrated_url"))
    with stores[request.param] as opened:
        yield opened
