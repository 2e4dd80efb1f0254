"""When the database misbehaves the caller gets an honest word, and nothing is half done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from linguapay_adapters.sql.engine import Limits, connect
from linguapay_adapters.sql.migrate import is_current, upgrade
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.sql.transactions import SqlTransaction, SqlTransactions
from linguapay_core.domain.errors import Busy, InDoubt, NotFound, Stale
from linguapay_core.domain.identifiers import GigId
from linguapay_core.testing.builders import a_booking, a_gig, a_person, an_event
from linguapay_core.testing.keeping import decision_of, keep, raising

IMPATIENT = Limits(connections=2, pool_seconds=1, lock_milliseconds=50)


@contextmanager
def impatient(engine: Engine) -> Iterator[SqlTransactions]:
    """Transactions over the same database that wait for nobody."""
    url = engine.url.render_as_string(hide_password=False)
    other = connect(url, IMPATIENT)
    try:
        yield SqlTransactions(other)
    finally:
        other.dispose()


def kill(engine: Engine, transaction: SqlTransaction) -> None:
    """Have PostgreSQL end the session of an open transaction, as a crash or a failover does."""
    session = transaction._connection.scalar(text("SELECT pg_backend_pid()"))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:session, 5000)"), {"session": session})


def test_sqlite_that_is_locked_is_busy(sqlite_engine: Engine) -> None:
    with (
        sqlite_engine.begin(),
        impatient(sqlite_engine) as transactions,
        pytest.raises(Busy),
        transactions.begin(),
    ):
        pass


def test_sqlite_that_is_locked_can_still_be_read(sqlite_engine: Engine) -> None:
    keep(SqlTransactions(sqlite_engine), a_gig(), a_booking())
    with sqlite_engine.begin():
        assert list(SqlReports(sqlite_engine).bookings()) == [a_booking().id]


def test_a_full_disk_is_busy_and_leaves_no_half_state(sqlite_engine: Engine) -> None:
    transactions = SqlTransactions(sqlite_engine)
    with raising(Busy), transactions.begin() as transaction:
        transaction._connection.exec_driver_sql("PRAGMA max_page_count = 1")
        transaction.keep(decision_of(a_gig(), *(an_event(why="long " * 1000) for _ in range(100))))
    with transactions.begin() as transaction, pytest.raises(NotFound):
        transaction.gig(GigId.of(1))


def test_a_row_that_is_locked_is_busy(postgresql_engine: Engine) -> None:
    keep(SqlTransactions(postgresql_engine), a_gig())
    with postgresql_engine.begin() as connection, impatient(postgresql_engine) as transactions:
        connection.execute(text("UPDATE gigs SET title = 'held'"))
        with pytest.raises(Busy):
            keep(transactions, a_gig(version=1))


def test_when_all_connections_are_taken_the_next_is_busy(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    narrow = connect(url, Limits(connections=1, pool_seconds=0))
    transactions = SqlTransactions(narrow)
    with transactions.begin(), ThreadPoolExecutor(1) as pool, pytest.raises(Busy):
        pool.submit(keep, transactions, a_gig()).result()
    keep(transactions, a_gig())
    narrow.dispose()


def test_a_session_that_is_lost_is_busy_and_the_next_works(postgresql_engine: Engine) -> None:
    transactions = SqlTransactions(postgresql_engine)
    with raising(Busy), transactions.begin() as transaction:
        transaction.keep(decision_of(a_gig()))
        kill(postgresql_engine, transaction)
        transaction.gig(GigId.of(1))
    with transactions.begin() as transaction, pytest.raises(NotFound):
        transaction.gig(GigId.of(1))


def test_a_commit_in_doubt_says_that_it_may_have_happened(postgresql_engine: Engine) -> None:
    transactions = SqlTransactions(postgresql_engine)

    def lose_the_answer() -> None:
        with transactions.begin() as transaction:
            transaction.keep(decision_of(a_gig()))
            kill(postgresql_engine, transaction)

    with pytest.raises(InDoubt):
        lose_the_answer()
    keep(transactions, a_gig())


def test_an_error_of_the_callers_own_survives_a_lost_session(postgresql_engine: Engine) -> None:
    """A rollback that can't be sent doesn't hide why it was wanted."""
    transactions = SqlTransactions(postgresql_engine)
    with raising(KeyboardInterrupt), transactions.begin() as transaction:
        kill(postgresql_engine, transaction)
        raise KeyboardInterrupt
    keep(transactions, a_gig())


def test_a_deadlock_is_stale_for_one_of_the_two(postgresql_engine: Engine) -> None:
    """`keep` orders its writes, so it takes two decisions in each of two transactions to make one."""
    transactions = SqlTransactions(postgresql_engine)
    keep(transactions, a_gig(), a_gig(id=GigId.of(2)))

    meeting = Barrier(2, timeout=30)

    def write_both(first: int, second: int) -> None:
        with transactions.begin() as transaction:
            transaction.keep(decision_of(a_gig(id=GigId.of(first), version=1)))
            meeting.wait()
            transaction.keep(decision_of(a_gig(id=GigId.of(second), version=1)))

    with ThreadPoolExecutor(2) as pool:
        written = [pool.submit(write_both, 1, 2), pool.submit(write_both, 2, 1)]
    errors = [error for error in (one.exception() for one in written) if error is not None]
    assert [type(error) for error in errors] == [Stale]


@pytest.mark.parametrize("url", ["postgresql://postgres@/nothing?host=/nowhere", "sqlite:////nowhere/linguapay.db"])
def test_a_database_that_is_not_there_is_busy(url: str) -> None:
    engine = connect(url)
    for attempt in (
        lambda: keep(SqlTransactions(engine), a_gig()),
        lambda: SqlReports(engine).totals(),
        lambda: upgrade(engine),
        lambda: is_current(engine),
    ):
        with pytest.raises(Busy):
            attempt()


def test_what_the_schema_refuses_is_a_bug(engine: Engine) -> None:
    """A booking without its gig: the check comes at the end, and nothing stays."""
    transactions = SqlTransactions(engine)
    with pytest.raises(AssertionError):
        keep(transactions, a_booking(), a_person())
    with transactions.begin() as transaction:
        assert transaction.person(a_person().id).version == 0


def test_sqlite_is_set_up_to_lose_nothing(sqlite_engine: Engine, tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    with sqlite_engine.connect() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
    assert (tmp_path / "linguapay.db-wal").exists()
