"""Dashboards and lists as history grows: ratios within one run.

`python -m bench.analytics` measures 10,000, 100,000 and 1,000,000 payments, and with `LINGUAPAY_SOAK=1` ten million on
PostgreSQL besides, which takes 20 GB of the folder for temporary files; other sizes may be named as arguments. Filling
takes longer than measuring.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from sqlalchemy import URL

from bench.history import LAST, ZONE, Filled, filled
from bench.measure import Line, show
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.query import ask
from linguapay_core.domain.span import DAY, Span, midnight, span_between
from tests import postgres

SPANS: Final = (30, 365)
SIZES: Final = (10_000, 100_000, 1_000_000)
SOAK: Final = 10_000_000
ROUNDS: Final = 40

LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "all payments": {},
    "those in a state": {"state": "failed"},
    "a teacher's": {"teacher_id": "teacher-1"},
}
PAGE: Final = 20
"""As many payments as each teacher has in the smallest history."""


def span_of(days: int) -> Span:
    """The last so many days of the history."""
    return span_between(midnight(LAST - days * DAY, ZONE), midnight(LAST, ZONE), ZONE)


def dashboards(name: str, databases: list[Filled]) -> Iterator[Line]:
    """The same dashboard over each history in turn."""
    smallest, largest = databases[0], databases[-1]
    for days in SPANS:
        span = span_of(days)
        small, *_, large = timed(*(partial(one.reports.figures, span) for one in databases))
        what = f"dashboard of {days} days on {name}, {largest.payments:,} payments beside {smallest.payments:,}"
        yield line(what, large, small)


def lists(name: str, databases: list[Filled]) -> Iterator[Line]:
    """The last page of a list of the largest history, beside its first and beside the first of the smallest history."""
    smallest, largest = databases[0], databases[-1]
    for called, filters in LISTS.items():
        first = ask(Payment, filters, limit=PAGE)
        earliest = largest.reports.page(ask(Payment, filters, sort="started_at", limit=PAGE)).items[-1]
        last = replace(first, after=first.place(earliest))
        asked = ((smallest, first), (largest, first), (largest, last))
        small, shallow, deep = timed(*(partial(one.reports.page, query) for one, query in asked))
        what = f"list of {called} on {name}, the last page of {largest.payments:,}"
        yield line(f"{what} beside its first", deep, shallow)
        yield line(f"{what} beside the first of {smallest.payments:,}", deep, small)


def timed(*several: Callable[[], object]) -> tuple[float, ...]:
    """How long each takes, in seconds: they take turns, so that a neighbour's noise falls on all."""
    taken: list[list[float]] = [[] for _ in several]
    for one in several:
        one()
    for _ in range(ROUNDS):
        for one, times in zip(several, taken, strict=True):
            started = perf_counter()
            one()
            times.append(perf_counter() - started)
    return tuple(map(median, taken))


def line(what: str, ours: float, bare: float) -> Line:
    """Two times beside each other."""
    return Line(what, f"{ours * 1000:.1f} ms", f"{bare * 1000:.1f} ms", f"{ours / bare:.2f}")


def measured(sizes: tuple[int, ...]) -> Iterator[Line]:
    """Every measurement, one after the other."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [f"sqlite:///{Path(folder) / f'{size}.db'}" for size in sizes]
        databases = [stack.enter_context(filled(url, size)) for url, size in zip(urls, sizes, strict=True)]
        yield from dashboards("SQLite", databases)
        yield from lists("SQLite", databases)
    sizes = (*sizes, SOAK) if os.environ.get("LINGUAPAY_SOAK") else sizes
    with postgres.server(Path(tempfile.gettempdir())) as server, ExitStack() as stack:
        servers = [_text(stack.enter_context(postgres.database(server))) for _ in sizes]
        databases = [stack.enter_context(filled(url, size)) for url, size in zip(servers, sizes, strict=True)]
        yield from dashboards("PostgreSQL", databases)
        yield from lists("PostgreSQL", databases)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def main() -> None:
    """Measure, and print a table. Other sizes may be named as arguments, the smallest first."""
    show(measured(tuple(map(int, sys.argv[1:])) or SIZES))


if __name__ == "__main__":
    main()
