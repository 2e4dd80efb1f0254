"""The figures are exact while others write, whoever counts ahead meanwhile, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event, func, select, update

from linguapay_adapters.sql import figures
from linguapay_adapters.sql.bookmark import START as START_OF_ALL
from linguapay_adapters.sql.bookmark import end_of, parameters_of
from linguapay_adapters.sql.books import entries, events, legs
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.counting import Rows
from linguapay_adapters.sql.engine import for_reading
from linguapay_adapters.sql.figure_queries import figure_queries
from linguapay_adapters.sql.folding import SqlProjections
from linguapay_adapters.sql.projections import COUNTED, daily_figures, figures_mark
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_core.domain.dashboard import put_together
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.figures import EDITION, NAMES
from linguapay_core.domain.span import DAY, Span, span_between
from linguapay_core.ports.projections import Folded
from linguapay_core.testing.builders import NOON
from linguapay_core.use_cases.rebuild_figures import RebuildFigures, rebuild_figures
from tests.contracts.happenings import KINDS, PEOPLE, Happening, begin, expected, happen

WARSAW = ZoneInfo("Europe/Warsaw")
START = datetime(2026, 3, 27, 23, tzinfo=UTC)
SPAN = span_between(START, START + 4 * DAY, WARSAW)
WRITERS = 8
COMMITS = 25


def happening(number: int) -> Happening:
    """Something else each time, over four days."""
    at = START + timedelta(hours=7 * number % 95)
    return Happening(sorted(KINDS)[number % len(KINDS)], number % len(PEOPLE), at)


def stored(connection: Connection) -> list[Happening]:
    """What happened, as its rows tell: those that move money by their entry, all others by their event."""
    told = select(events.c.subject, events.c.name, events.c.fact, events.c.at)
    found = [_told(row) for row in connection.execute(told)]
    moved = select(entries.c.subject, entries.c.what, entries.c.at).where(
        ~entries.c.what.in_(["paid by visa", "paid by amex"])
    )
    assert connection.scalar(select(func.count()).select_from(entries)) == connection.scalar(
        select(func.count()).select_from(legs)
    )
    return found + [Happening(row.what, int(row.subject[-1]) - 1, row.at) for row in connection.execute(moved)]


def _told(row: Any) -> Happening:  # noqa: ANN401 - a row
    kind = next(
        name
        for name, means in KINDS.items()
        if means.fact and means.fact.name == row.name and means.brand in row.fact and (means.reason in row.fact)
    )
    return Happening(kind, int(row.subject[-1]) - 1, row.at)


def figures_equal_a_recount(engine: Engine, span: Span) -> int:
    """Compare both in one snapshot, and tell how much had happened by then."""
    with committing(for_reading(engine)) as connection:
        shown = put_together(span, figures.find(connection, span), at=NOON)
        happenings = stored(connection)
    ever = expected(happenings, WARSAW)
    for one in shown.currencies:
        for day, found in one.days:
            counted = ever.figures[day.on, one.currency]
            assert {name: getattr(found, name) for name in NAMES} == {name: counted[name] for name in NAMES}
            active = one.active.get(day)
            people = ever.students[day.name, one.currency], ever.teachers[day.name, one.currency]
            assert tuple(map(len, people)) == ((active.students_active, active.teachers_active) if active else (0, 0))
    shown_days = {(day.on, one.currency) for one in shown.currencies for day, _ in one.days}
    assert {key for key, found in ever.figures.items() if any(found.values())} <= shown_days
    return len(happenings)


def test_eight_writers_commit_and_two_fold_while_a_reader_counts(postgresql_engine: Engine) -> None:
    """At every moment the figures equal a recount of the same snapshot."""
    transactions, over = SqlTransactions(postgresql_engine), Signal()
    begin(transactions)

    def write(writer: int) -> None:
        for number in range(COMMITS):
            happen_until_fresh(transactions, happening(writer * COMMITS + number), f"{writer} {number}")

    def fold() -> int:
        folded = 0
        while not over.is_set():
            folded += SqlProjections(postgresql_engine).fold(WARSAW, limit=7).counted
        return folded

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        folders = [pool.submit(fold) for _ in range(2)]
        writers = [pool.submit(write, writer) for writer in range(WRITERS)]
        seen = set()
        while not all(writer.done() for writer in writers):
            seen.add(figures_equal_a_recount(postgresql_engine, SPAN))
        over.set()
        for future in writers:
            future.result()
        folded = sum(future.result() for future in folders)
    while more := SqlProjections(postgresql_engine).fold(WARSAW, limit=1000):
        folded += more.counted
    assert len(seen) > 1
    with postgresql_engine.connect() as connection:
        rows = [connection.scalar(select(func.count()).select_from(table)) or 0 for table in (events, entries)]
    assert folded == sum(rows)
    assert figures_equal_a_recount(postgresql_engine, SPAN) == WRITERS * COMMITS
    assert SqlReports(postgresql_engine).differences(WARSAW) == ()


def happen_until_fresh(transactions: SqlTransactions, one: Happening, key: str) -> None:
    """Payments are shared by the writers: whoever is stale tries again."""
    while True:
        try:
            happen(transactions, one, key)
        except Stale:
            continue
        return


def test_whoever_finds_the_mark_taken_has_nothing_to_count(postgresql_engine: Engine) -> None:
    transactions, projections = SqlTransactions(postgresql_engine), SqlProjections(postgresql_engine)
    begin(transactions)
    assert projections.fold(WARSAW, limit=5) == Folded()
    happen(transactions, happening(3), "one")
    with committing(postgresql_engine) as other:
        other.execute(select(figures_mark).with_for_update())
        assert projections.fold(WARSAW, limit=5) == Folded()
    assert projections.fold(WARSAW, limit=5).counted > 0


def test_who_counts_all_anew_waits_until_nobody_else_counts(postgresql_engine: Engine) -> None:
    """A worker that is counting at that moment doesn't end the rebuild, and what is swept away isn't counted."""
    transactions, projections = SqlTransactions(postgresql_engine), SqlProjections(postgresql_engine)
    begin(transactions)
    happen(transactions, happening(3), "one")
    first = rebuild_figures(RebuildFigures(), projections=projections, zone=WARSAW)

    begun = Signal()

    class Begun(SqlProjections):
        def begin_anew(self) -> None:
            super().begin_anew()
            other.execute(select(figures_mark).with_for_update())
            begun.set()

    with ThreadPoolExecutor(1) as pool, postgresql_engine.connect() as other:
        rebuilt = pool.submit(rebuild_figures, RebuildFigures(), projections=Begun(postgresql_engine), zone=WARSAW)
        assert begun.wait(30)
        with pytest.raises(TimeoutError):
            rebuilt.result(timeout=0.2)
        other.rollback()
        assert rebuilt.result(timeout=30) == first > 0
    assert figures_equal_a_recount(postgresql_engine, SPAN) == 1


def test_what_is_committed_late_is_counted_when_it_is(postgresql_engine: Engine) -> None:
    """Nothing is counted past a transaction that is open, and a reading sees what was committed beside it."""
    transactions, projections = SqlTransactions(postgresql_engine), SqlProjections(postgresql_engine)
    begin(transactions)
    with postgresql_engine.connect() as slow:
        slow.execute(select(func.pg_current_xact_id().cast(events.c.why.type)))
        happen(transactions, happening(0), "quick")
        assert projections.fold(WARSAW, limit=5) == Folded()
        assert figures_equal_a_recount(postgresql_engine, SPAN) == 1
        slow.rollback()
    assert projections.fold(WARSAW, limit=5).counted > 0
    assert figures_equal_a_recount(postgresql_engine, SPAN) == 1


def test_what_an_older_generation_counted_is_swept_away(engine: Engine) -> None:
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    for number in range(20):
        happen(transactions, happening(number), f"{number}")
    for _ in range(2):
        while projections.fold(WARSAW, limit=100):
            pass
        projections.begin_anew()
    while projections.fold(WARSAW, limit=100):
        pass
    with engine.connect() as connection:
        for table in COUNTED:
            assert connection.scalars(select(table.c.generation).distinct()).all() == [4]
    assert figures_equal_a_recount(engine, SPAN) == 20


def test_what_was_counted_by_other_rules_is_counted_anew(engine: Engine) -> None:
    """Readers don't trust it either."""
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    happen(transactions, happening(0), "one")
    projections.fold(WARSAW, limit=100)
    with engine.begin() as connection:
        connection.execute(update(figures_mark).values(edition=EDITION - 1))
        connection.execute(update(daily_figures).values(payments_cancelled=99))
    assert figures_equal_a_recount(engine, SPAN) == 1
    assert projections.fold(WARSAW, limit=100).counted > 0
    assert figures_equal_a_recount(engine, SPAN) == 1


def test_what_a_newer_version_counts_is_left_to_it(engine: Engine) -> None:
    """Or else two versions, side by side during a deploy, would undo each other's counts without end."""
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    happen(transactions, happening(0), "one")
    projections.fold(WARSAW, limit=100)
    happen(transactions, happening(1), "two")
    with engine.begin() as connection:
        connection.execute(update(figures_mark).values(edition=EDITION + 1))
    assert projections.fold(WARSAW, limit=100, waits=True) == Folded()
    assert figures_equal_a_recount(engine, SPAN) == 2


def test_nobody_who_writes_waits_for_counting(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept meanwhile is counted afterwards."""
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    happen(transactions, happening(0), "one")
    count = Rows.numbers

    def slowly(rows: Rows) -> Sequence[int]:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(happen, transactions, happening(1), "two").result(timeout=20)
        return count(rows)

    with monkeypatch.context() as slow:
        slow.setattr(Rows, "numbers", slowly)
        assert projections.fold(WARSAW, limit=100)
    assert figures_equal_a_recount(engine, SPAN) == 2
    assert projections.fold(WARSAW, limit=100)
    assert figures_equal_a_recount(engine, SPAN) == 2


def test_a_full_batch_tells_that_more_is_waiting(engine: Engine) -> None:
    """Whoever counts goes on at once then, and else rests: to count few rows costs as much as many."""
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    for number in range(4):
        happen(transactions, happening(number), f"{number}")
    assert projections.fold(WARSAW, limit=1).full
    rest = projections.fold(WARSAW, limit=100)
    assert (bool(rest), rest.full) == (True, False)
    assert projections.fold(WARSAW, limit=1) == Folded()


def test_a_batch_is_reached_without_reading_what_was_counted_before_it(postgresql_engine: Engine) -> None:
    """Or else every batch would cost a walk through all that ever happened."""
    with postgresql_engine.connect() as connection:
        filled = "INSERT INTO events (subject, name, fact_version, fact, role, person, at, why) "
        event = "SELECT n, 'payment.started', 1, repeat('x', 100), 'system', '', now(), '' FROM generate_series"
        for last in range(20):
            connection.exec_driver_sql(f"{filled}{event}({last * 1000 + 1}, {last * 1000 + 1000}) AS series(n)")
            connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE events")
        after = end_of(connection, events, START_OF_ALL, limit=19_000)
        places = parameters_of(events, after=after, up_to=end_of(connection, events, after, limit=30))
        query = figure_queries("postgresql", after=True, up_to=True).numbers[0]
        assert connection.scalar(query, {**places, "rows": 30}) == 30
        compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", {**compiled.params, **places, "rows": 30})
        shown = "\n".join(plan.scalars())
    assert "Seq Scan on events" not in shown, shown


@pytest.mark.parametrize("waits", [False, True])
def test_what_somebody_else_counted_meanwhile_isnt_added_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    for number in range(4):
        happen(transactions, happening(number), f"{number}")
    count, others = Rows.numbers, [2]

    def beside(rows: Rows) -> Sequence[int]:
        if others:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(projections.fold, WARSAW, limit=others.pop()).result(timeout=20)
        return count(rows)

    monkeypatch.setattr(Rows, "numbers", beside)
    assert bool(projections.fold(WARSAW, limit=100, waits=waits)) is waits
    assert figures_equal_a_recount(engine, SPAN) == 4
    assert SqlReports(engine).differences(WARSAW) == ()


def test_a_wrong_count_is_found_with_its_day_and_its_figure(engine: Engine) -> None:
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    happen(transactions, happening(0), "one")
    projections.fold(WARSAW, limit=100)
    with engine.begin() as connection:
        connection.execute(update(daily_figures).values(disputed_minor=5))
    (wrong,) = SqlReports(engine).differences(WARSAW)
    assert (wrong.period, wrong.figure, wrong.counted, wrong.recounted) == ("2026-03-28", "disputed_minor", 5, 0)


@pytest.mark.parametrize("days", [30, 365])
def test_a_dashboard_that_is_counted_ahead_takes_few_statements(engine: Engine, days: int) -> None:
    """However long the span is: one for each table that is read, and one for the top teachers of each month."""
    transactions, projections = SqlTransactions(engine), SqlProjections(engine)
    begin(transactions)
    happen(transactions, happening(0), "one")
    while projections.fold(WARSAW, limit=100):
        pass
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    SqlReports(engine).figures(span_between(SPAN.starts_at, SPAN.starts_at + days * DAY, WARSAW))
    assert len([one for one in statements if one.startswith(("SELECT", "WITH"))]) <= 20
