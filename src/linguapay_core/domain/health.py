"""Whether a house can serve: each check with a sentence for whoever is called at night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain.house import Heartbeat

SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, and what was found.

    ``cause`` is the store's own word for it. It may name machines, so it isn't for everybody, as the sentence is.
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
    """Whether somebody works: of all workers the one that was heard last counts."""
    if not heartbeats:
        return Check("worker", holds=False, sentence="No worker was ever heard: start one with `linguapay worker`.")
    age = at - max(heartbeat.beat_at for heartbeat in heartbeats)
    seconds = max(age // SECOND, 0)
    if age > limit:
        return Check("worker", holds=False, sentence=f"No worker was heard for {seconds} s: start one, or look at it.")
    return Check("worker", holds=True, sentence=f"A worker was heard {seconds} s ago.")
