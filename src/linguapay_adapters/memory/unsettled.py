"""What isn't settled of somebody's, as ``erasure`` names its states."""

from __future__ import annotations

from collections.abc import Iterator

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.erasure_rules import UNSETTLED, Matter
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import listing_of
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund


def of(shelves: Shelves, person_id: PersonId) -> Iterator[Matter]:
    """All of it, type by type, the oldest first."""
    for kind, states in UNSETTLED.items():
        for matter in shelves.all(kind):
            if _is_theirs(shelves, matter, person_id) and (matter.state in states or _has_credit(matter)):
                yield matter


def _is_theirs(shelves: Shelves, matter: Matter, person_id: PersonId) -> bool:
    """Whose it is; a refund is of those of its payment."""
    if isinstance(matter, Refund):
        payment = shelves.get(Payment, matter.payment_id)
        return payment is not None and _is_theirs(shelves, payment, person_id)
    return listing_of(type(matter)).is_of(matter, person_id)


def _has_credit(matter: Matter) -> bool:
    return isinstance(matter, Payment) and bool(matter.counters.credit)
