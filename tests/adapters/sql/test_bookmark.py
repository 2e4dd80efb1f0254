"""Whoever reads on from a bookmark gets every row once, in whatever order transactions commit."""

from sqlalchemy import Connection, Engine, func, insert, select

from linguapay_adapters.sql import books
from linguapay_adapters.sql.bookmark import START, Place, read_on
from linguapay_core.testing.builders import an_event


def tell(connection: Connection, why: str) -> None:
    """Add an event in the transaction that is open."""
    connection.execute(insert(books.events), [books.event_row(an_event(why=why))])


def read(engine: Engine, after: Place = START, *, limit: int = 100) -> tuple[list[str], Place]:
    """Read on, and give what the new events say and the next place."""
    with engine.connect() as connection:
        rows, place = read_on(connection, books.events, after, limit=limit)
        return [row.why for row in rows], place


def test_every_row_is_read_once(engine: Engine) -> None:
    bookmark = START
    for round_number in range(3):
        told = [f"{round_number} {number}" for number in range(3)]
        with engine.begin() as connection:
            for why in told:
                tell(connection, why)
        assert read(engine, bookmark)[0] == told
        _, bookmark = read(engine, bookmark)
        assert read(engine, bookmark) == ([], bookmark)


def test_a_limit_stops_within_what_one_transaction_wrote_and_loses_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        for number in range(5):
            tell(connection, f"{number}")
    place, seen = START, list[str]()
    for _ in range(3):
        said, place = read(engine, place, limit=2)
        seen += said
    assert seen == ["0", "1", "2", "3", "4"]
    assert read(engine, place) == ([], place)


def test_a_row_that_is_committed_late_is_not_lost(postgresql_engine: Engine) -> None:
    """The first of two takes the lower number and commits last: nothing is read past it, and then both are."""
    with postgresql_engine.connect() as slow, postgresql_engine.connect() as quick:
        tell(slow, "slow")
        tell(quick, "quick")
        quick.commit()
        seen, bookmark = read(postgresql_engine)
        assert seen == []
        slow.commit()
    assert read(postgresql_engine, bookmark)[0] == ["slow", "quick"]


def test_the_order_of_writers_counts_before_that_of_numbers(postgresql_engine: Engine) -> None:
    """A transaction that began first and took its number last is read before and after consistently: never twice."""
    with postgresql_engine.connect() as first, postgresql_engine.connect() as second:
        first.scalar(select(func.pg_current_xact_id().cast(books.events.c.why.type)))
        tell(second, "second")
        second.commit()
        tell(first, "first")
        seen, bookmark = read(postgresql_engine)
        assert seen == []
        first.commit()
    seen, bookmark = read(postgresql_engine, bookmark)
    assert seen == ["first", "second"]
    assert read(postgresql_engine, bookmark)[0] == []


def test_a_row_that_is_rolled_back_holds_nobody_up(postgresql_engine: Engine) -> None:
    with postgresql_engine.connect() as dropped, postgresql_engine.connect() as kept:
        tell(dropped, "dropped")
        tell(kept, "kept")
        kept.commit()
        dropped.rollback()
    assert read(postgresql_engine)[0] == ["kept"]
