"""What counting ahead costs those who pay: commits by many writers with a folder beside them and without, in turns."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice
from statistics import median
from threading import Event
from typing import Final

from bench.history import ZONE, begin
from bench.measure import Line, show
from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.folding import SqlProjections
from linguapay_adapters.sql.migrate import upgrade
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_adapters.worker.worker import FOLD_EVERY
from linguapay_core.domain.events.payment import PaymentSucceeded
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import CHARGE_CLEARING, ESCROW, Leg
from linguapay_core.testing.builders import PARTS, a_payment, an_entry, an_event
from linguapay_core.testing.finding_contract import ENDED
from linguapay_core.testing.keeping import decision_of
from linguapay_core.use_cases.fold_figures import FoldFigures
from tests import postgres

WRITERS: Final = 16
WRITING: Final = timedelta(seconds=12)
TURNS: Final = 8


def measured() -> Iterator[Line]:
    """On a PostgreSQL of its own."""
    with postgres.server() as server, postgres.database(server) as url:
        yield writing(url.render_as_string(hide_password=False))


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
            folded += _caught_up(projections)
        return folded

    def turn(*, folding: bool) -> float:
        _caught_up(SqlProjections(engine))
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
    orders = islice(cycle(((False, True), (True, False))), TURNS)
    rates = [{folding: turn(folding=folding) for folding in order} for order in orders]
    engine.dispose()
    without, with_ = (median(rate[folding] for rate in rates) for folding in (False, True))
    ratio = median(rate[False] / rate[True] for rate in rates)
    return Line(
        f"payments by {WRITERS} writers, counted ahead beside not", f"{with_:.0f}/s", f"{without:.0f}/s", f"{ratio:.2f}"
    )


def _caught_up(projections: SqlProjections) -> int:
    """Count until less than a batch is left, as a worker does."""
    counted = 0
    while True:
        folded = projections.fold(ZONE, limit=FoldFigures().batch)
        counted += folded.counted
        if not folded.full:
            return counted


def main() -> None:
    """Measure, and print a table."""
    show(measured())


if __name__ == "__main__":
    main()
