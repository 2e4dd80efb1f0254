"""Databases for the tests of the SQL adapter, each with the schema and nothing in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.migrate import upgrade


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that isn't there yet."""
    return f"sqlite:///{tmp_path / 'linguapay.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each database in turn, with nothing in it at all."""
    engine = connect(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty: Engine) -> Engine:
    """Each database in turn, with the schema."""
    upgrade(empty)
    return empty


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """SQLite with the schema."""
    engine = connect(sqlite_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_engine(postgres_url: str) -> Iterator[Engine]:
    """PostgreSQL with the schema."""
    engine = connect(postgres_url)
    upgrade(engine)
    yield engine
    engine.dispose()
