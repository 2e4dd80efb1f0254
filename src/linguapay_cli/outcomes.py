"""Doing something to one record after the other: each outcome is told at once, and the sum of them at the end."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Final

import typer

from linguapay_cli.exits import ending
from linguapay_cli.tables import print_json
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.listing import RecordT

INTERRUPTED: Final = 130
"""How a command ends that was stopped with Ctrl-C (128 and the signal's number)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record: what was done, that it was done already, or the error."""

    identifier: str
    word: str
    error: LinguaPayError | None = None

    @property
    def kind(self) -> str:
        """What it counts as: the word, without who and when."""
        return self.word.partition(",")[0]

    def __str__(self) -> str:
        """Say it in a line."""
        return self.word if self.error is None else _sentence(self.error)


def outcome_of(record: RecordT, do: Callable[[], object], what_came: Callable[[], str]) -> Outcome:
    """Do something to a record, and say what came of it; an error of ours is an outcome too."""
    try:
        do()
        return Outcome(record.id, what_came())
    except LinguaPayError as error:
        return Outcome(record.id, "failed", error)


def one_by_one(records: Sequence[RecordT], do: Callable[[RecordT], Outcome], *, tell: bool) -> Iterator[Outcome]:
    """Do it to one after the other, and report each. Ctrl-C stops after the one that is under way."""
    with _stoppable() as stop:
        for number, record in enumerate(records, 1):
            if stop.is_set():
                return
            outcome = do(record)
            if tell:
                typer.echo(f"[{number}/{len(records)}] {outcome.identifier}: {outcome}")
            yield outcome


def conclude(verb: str, done: str, outcomes: Sequence[Outcome], *, left: int, as_json: bool) -> None:
    """Sum up, and end as the first that failed; if some are ``left``, as what was interrupted."""
    failed = [outcome.error for outcome in outcomes if outcome.error is not None]
    if as_json:
        told = [
            {"id": one.identifier, "outcome": one.word, "problem": one.error and _sentence(one.error)}
            for one in outcomes
        ]
        print_json({"verb": verb, "outcomes": told, "left": left})
    else:
        kinds = Counter(outcome.kind for outcome in outcomes) or {done: 0}
        parts = [f"{number} {kind}" for kind, number in kinds.items()]
        parts += [f"{left} left: give the command again to go on"] if left else []
        typer.echo(f"{', '.join(parts)}.")
    if left:
        raise typer.Exit(INTERRUPTED)
    if failed:
        raise typer.Exit(ending(failed[0])[0])


def _sentence(error: LinguaPayError) -> str:
    _, called, line = ending(error)
    return f"{called}: {line}"


@contextmanager
def _stoppable() -> Iterator[Event]:
    """An event that Ctrl-C sets; a second Ctrl-C stops at once."""
    stop = Event()

    def asked(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)
        typer.echo("Stopping after this one …", err=True)

    before = signal.signal(signal.SIGINT, asked)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
