"""An admin's desk with something of everything on it: requests that wait, money in quarantine, a credit, a contest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from linguapay_adapters.composition import Rehearsal, beside, sandbox
from linguapay_core.domain.gig import Gig
from tests.cli.terminal import Ended, run_here
from tests.use_cases.stage import (
    DAY,
    OTHER_STUDENT,
    OTHER_TEACHER,
    STUDENT,
    asked_back,
    booking_of,
    completed,
    confirmed,
    credited,
    funded,
    offered,
    paid,
    paid_out,
    quarantined,
    refund_of,
    transfer_of,
    until,
)

LONG_AGO: Final = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)
"""Commands look at the machine's clock: what they say of this day's deadlines never changes any more."""

DATABASE: Final = "desk.db"
FILES: Final = (DATABASE, beside(f"sqlite:///{DATABASE}").name)


@dataclass(frozen=True)
class Desk:
    """The folder with its database, and what lies on the desk by a name each."""

    folder: Path
    names: Mapping[str, str]

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command; its words may name what lies on the desk: ``{small}``."""
        told = (argument.format(**self.names) for argument in arguments)
        return run_here(self.folder, *told, LINGUAPAY_DATABASE_URL=f"sqlite:///{self.folder / DATABASE}", **variables)

    def data(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """What a command that goes well says as JSON."""
        ended = self.run(*arguments, "--json")
        assert ended.code == 0, ended
        return json.loads(ended.out)

    @contextmanager
    def house(self, at: datetime | None = None) -> Iterator[Rehearsal]:
        """The same database and Stripe, with a clock that stands still, for what no command does."""
        url = f"sqlite:///{self.folder / DATABASE}"
        with sandbox(url, stripe_path=beside(url), starts_at=at or datetime.now(UTC)) as lp:
            yield lp

    def login(self, person: str = "carla") -> None:
        """Sit down as this admin."""
        assert self.run("login", "--person", person).code == 0


def laid(folder: Path) -> Desk:
    """A desk in an empty folder."""
    url = f"sqlite:///{folder / DATABASE}"
    with sandbox(url, stripe_path=beside(url), starts_at=LONG_AGO, seed=5) as lp:
        return Desk(folder, _lay(lp))


def _lay(lp: Rehearsal) -> Mapping[str, str]:
    funded(lp, 200_000)
    gig, dear, other = offered(lp), offered(lp, OTHER_TEACHER, 60_000), offered(lp, "teacher-max")
    sent_out = paid_out(lp, paid(lp, confirmed(lp, gig)))
    owed = asked_back(lp, sent_out, 2000)
    small = asked_back(lp, paid(lp, confirmed(lp, gig, notice=30 * DAY)))
    large = asked_back(lp, paid(lp, confirmed(lp, dear, student=OTHER_STUDENT)), 60_000)
    earned = completed(lp, paid(lp, confirmed(lp, dear, notice=8 * DAY)))
    return {
        "owed": owed.id,
        "small": small.id,
        "large": large.id,
        "payment": small.payment_id,
        "transfer": transfer_of(lp, earned).id,
        "quarantined": quarantined(lp, confirmed(lp, gig, notice=20 * DAY)).id,
        "sent_out": sent_out.id,
        **_credited(lp, other),
        "contested": _contested(lp, other),
    }


def _credited(lp: Rehearsal, gig: Gig) -> Mapping[str, str]:
    """A payment of which a refund came back and is owed as credit; and the refund, and the request that is blocked."""
    payment = credited(lp, confirmed(lp, gig, notice=12 * DAY))
    refund = refund_of(lp, payment)
    assert refund.request_id is not None
    return {"credited": payment.id, "failed": refund.id, "blocked": refund.request_id}


def _contested(lp: Rehearsal, gig: Gig) -> str:
    """A lesson of which the student says that something was wrong."""
    payment = paid(lp, confirmed(lp, gig, notice=4 * DAY))
    booking = booking_of(lp, payment)
    until(lp, booking.ends_at)
    lp.report_problem(booking.id, STUDENT, "Nobody could hear anything.")
    return booking.id
