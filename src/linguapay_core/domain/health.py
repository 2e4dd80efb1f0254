"""Whether a house can serve: each check with a sentence for whoever is called at night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain.house import Heartbeat

SECOND: Final = timedelta(seconds=1)

LONGEST_ROUND: Final = timedelta(minutes=15)
"""How much longer than its signs of life a worker's round may take: it asks Stripe many times, which may be slow."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and what was found.

    ``cause`` is the store's own word for it. It may name machines, so it is for the log; the sentence is for everybody.
    """

    name: str
    holds: bool
    sentence: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All that was checked. What couldn't be checked any more is missing."""

    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        """Whether requests may come."""
        return all(check.holds for check in self.checks)


def database_silent(cause: str) -> Health:
    """The database can't be asked, and so nothing else is known."""
    return Health((Check("database", holds=False, sentence="The database doesn't answer.", cause=cause),))


def database_answers() -> Check:
    """The database was asked, and answered."""
    return Check("database", holds=True, sentence="The database answers.")


def migrations(*, current: bool) -> Check:
    """Whether the database has all that this version needs."""
    if current:
        return Check("migrations", holds=True, sentence="The database is at this version's revision.")
    return Check("migrations", holds=False, sentence="The database is behind: run `linguapay db upgrade`.")


def worker(heartbeats: Sequence[Heartbeat], *, limit: timedelta, at: datetime) -> Check:
    """Whether somebody works: of all workers one must have been heard within the limit and get on with its rounds.

    A worker that is stuck in a round may still be heard: its signs of life come from beside its work.
    """
    if not heartbeats:
        return Check("worker", holds=False, sentence="No worker was ever heard: start one with `linguapay worker`.")
    silent = at - max(heartbeat.beat_at for heartbeat in heartbeats)
    if silent > limit:
        sentence = f"No worker was heard for {_seconds(silent)} s: start one, or look at it."
        return Check("worker", holds=False, sentence=sentence)
    heard = (heartbeat for heartbeat in heartbeats if at - heartbeat.beat_at <= limit)
    stuck = at - max(heartbeat.last_round_at or heartbeat.started_at for heartbeat in heard)
    if stuck > limit + LONGEST_ROUND:
        sentence = f"A worker is heard, but ended no round for {_seconds(stuck)} s: look at its log."
        return Check("worker", holds=False, sentence=sentence)
    return Check("worker", holds=True, sentence=f"A worker was heard {_seconds(silent)} s ago.")


def _seconds(age: timedelta) -> int:
    return max(age // SECOND, 0)
