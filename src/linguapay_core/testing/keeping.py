"""How the contract suites write: a decision of whatever they are about, and all that it refers to."""

from __future__ import annotations

from linguapay_core.domain.decision import Decision, Event, Record
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.payment import Payment
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import a_booking, a_gig, a_payment


def keep(transactions: Transactions, *things: Record | Event | Entry) -> None:
    """Store all of these in one transaction."""
    with transactions.begin() as transaction:
        transaction.keep(decision_of(*things))


def decision_of(*things: Record | Event | Entry) -> Decision[None]:
    """A decision about these. A new effect is promised, any other record has changed."""
    events = tuple(thing for thing in things if isinstance(thing, Event))
    entries = tuple(thing for thing in things if isinstance(thing, Entry))
    records = tuple(thing for thing in things if not isinstance(thing, Event | Entry))
    effects = tuple(record for record in records if isinstance(record, Effect) and record.version == 0)
    changed = tuple(record for record in records if not isinstance(record, Effect) or record.version > 0)
    return Decision(None, changed, events, entries, effects)


def begin_lesson(transactions: Transactions) -> Payment:
    """Store a gig, a booking and its open payment; give the payment as it was stored."""
    keep(transactions, a_gig(), a_booking(), a_payment())
    return stored_payment(transactions)


def stored_payment(transactions: Transactions) -> Payment:
    """The builders' payment, as it stands now."""
    with transactions.begin() as transaction:
        return transaction.payment(a_payment().id)


class raising:  # noqa: N801 - read as a word: ``with raising(Stale):``
    """Demand that the block raises this."""

    def __init__(self, kind: type[BaseException]) -> None:
        """Name what it raises."""
        self._kind = kind

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        """Swallow what was demanded, let anything else pass, and complain about nothing."""
        assert kind is not None, f"this raises {self._kind.__name__}, or should"
        return issubclass(kind, self._kind)
