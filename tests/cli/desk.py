"""An admin's desk with something of everything on it: requests that wait, money in quarantine, a credit, a contest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.gig import Gig
from tests.cli.place import LONG_AGO, Place
from tests.cli.terminal import Ended
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


@dataclass(frozen=True)
class Desk(Place):
    """Where it stands, and what lies on it by a name each."""

    names: Mapping[str, str]

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command; its words may name what lies on the desk: ``{small}``."""
        return super().run(*(argument.format(**self.names) for argument in arguments), **variables)


def laid(folder: Path) -> Desk:
    """A desk in an empty folder."""
    place = Place(folder, "desk.db")
    with place.house(LONG_AGO, seed=5) as lp:
        return Desk(place.folder, place.database, _lay(lp))


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
