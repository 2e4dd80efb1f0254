"""Reading the database without deciding. Each answer sees one moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, func, select, text

from linguapay_adapters.sql import books, listing
from linguapay_adapters.sql.bookmark import read_on
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.engine import for_reading
from linguapay_adapters.sql.errands import ALARM_IS_OPEN, ALARMS, EFFECTS, WEBHOOK_EVENTS, WEBHOOK_HAS_WORK
from linguapay_adapters.sql.lessons import BOOKINGS, GIGS
from linguapay_adapters.sql.payments import PAYMENTS
from linguapay_adapters.sql.people import ACCOUNTS, TEXTS
from linguapay_adapters.sql.refunds import REFUND_REQUESTS, REFUNDS
from linguapay_adapters.sql.shape import RecordT, Shape
from linguapay_adapters.sql.transfers import TRANSFERS
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.decision import Event, Record
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.feed import ToldEvent, cursor_at, place_at
from linguapay_core.domain.identifiers import (
    BookingId,
    EventId,
    PaymentId,
    PersonId,
    RefundId,
    RefundRequestId,
    TransferId,
)
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.page import Page
from linguapay_core.domain.people import FreeText
from linguapay_core.domain.query import Query
from linguapay_core.domain.span import Span
from linguapay_core.domain.story import Story
from linguapay_core.domain.totals import Totals

if TYPE_CHECKING:
    from linguapay_core.domain.closing import Closing, Kept, Place
    from linguapay_core.domain.dashboard import Findings
    from linguapay_core.domain.figures import Difference
    from linguapay_core.domain.history import History, Side
    from linguapay_core.domain.holdings import Moves, Wanted
    from linguapay_core.domain.numbered_receipt import NumberedReceipt

PAGE: Final = 1000
"""How many names are read at once."""

MEMBERS: Final[Mapping[str, Shape[Any]]] = {
    PaymentId.prefix: PAYMENTS,
    RefundRequestId.prefix: REFUND_REQUESTS,
    RefundId.prefix: REFUNDS,
    TransferId.prefix: TRANSFERS,
}
"""What belongs to a booking, by the prefix of its identifiers."""


class SqlReports:
    """Answers questions about what is in a database."""

    def __init__(self, engine: Engine) -> None:
        """Take connections from this engine."""
        self._engine = for_reading(engine)

    def bookings(self) -> Iterator[BookingId]:
        """Every booking, the oldest first, read page by page."""
        name, last = BOOKINGS.table.c.id, ""
        while True:
            with self._moment() as connection:
                page = connection.scalars(select(name).where(name > last).order_by(name).limit(PAGE)).all()
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1]

    def story(self, booking_id: BookingId) -> Story:
        """All that belongs to a booking. Raises ``NotFound``."""
        with self._moment() as connection:
            return _story(connection, booking_id)

    def booking_of(self, identifier: str) -> BookingId:
        """The booking to which something belongs, or that it is. Raises ``NotFound``."""
        prefix = identifier.partition("_")[0]
        if prefix == BookingId.prefix:
            shape, column = BOOKINGS, "id"
        elif prefix in MEMBERS:
            shape, column = MEMBERS[prefix], "booking_id"
        else:
            raise NotFound("object", identifier)
        table = shape.table.c
        with self._moment() as connection:
            found = connection.scalars(select(table[column]).where(table.id == identifier)).one_or_none()
        if found is None:
            raise NotFound(shape.called, identifier)
        return BookingId(found)

    def page(self, query: Query[RecordT]) -> Page[RecordT]:
        """One page of a list."""
        with self._moment() as connection:
            return listing.page_of(connection, query)

    def one(self, kind: type[RecordT], name: str, party: PersonId | None = None) -> RecordT:
        """A record by its name. Raises ``NotFound``, also for one that isn't this person's."""
        with self._moment() as connection:
            return listing.one_of(connection, kind, name, party)

    def texts(self, subjects: Iterable[str]) -> Sequence[FreeText]:
        """What people wrote about these objects, erased or not, the oldest first."""
        with self._moment() as connection:
            return _all(connection, TEXTS, TEXTS.table.c.subject.in_(list(subjects)))

    def history(self, person: PersonId, side: Side) -> History:
        """What somebody has to do with lessons so far, on this side of them."""
        from linguapay_adapters.sql import histories  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return histories.history(connection, person, side)

    def feed(self, after: str, *, limit: int) -> Page[ToldEvent]:
        """The events after a cursor of the feed, the complete ones alone: see ``bookmark``."""
        with self._moment() as connection:
            rows, place = read_on(connection, books.events, place_at(after), limit=limit)
        told = tuple(
            ToldEvent(EventId.of(row.sequence), books.event(row), cursor_at(row.writer, row.sequence)) for row in rows
        )
        return Page(told, cursor_at(*place) if rows else after)

    def figures(self, span: Span) -> Findings:
        """What the dashboard of a span is put together from."""
        from linguapay_adapters.sql import figures  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return figures.find(connection, span)

    def differences(self, zone: tzinfo) -> Sequence[Difference]:
        """Where what was counted ahead isn't what a recount finds."""
        from linguapay_adapters.sql import folding  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return tuple(folding.differences(connection, zone))

    def entries_of_no_payment(self) -> Iterator[Entry]:
        """Entries that belong to no payment, in the order in which they were kept."""
        of_a_payment = select(books.legs.c.entry_key).where(books.legs.c.payment_id.is_not(None))
        with self._moment() as connection:
            found = tuple(books.entries_of(connection, books.entries.c.key.not_in(of_a_payment)))
        return iter(found)

    def entries(self, since: Place, until: Place, *, limit: int) -> Sequence[Kept]:
        """The entries from a place up to another, in the order in which they were kept; so many at most."""
        from linguapay_adapters.sql import closings  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return closings.entries_between(connection, since, until, limit=limit)

    def entries_of_teacher(self, teacher_id: PersonId, until: Place) -> Sequence[Kept]:
        """The entries up to a place that move what is payable to a teacher or what a teacher owes, in their order."""
        from linguapay_adapters.sql import closings  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return closings.entries_of_teacher(connection, teacher_id, until)

    def moves(self, wanted: Wanted) -> Moves:
        """The entries that move an account, and what it held before them."""
        from linguapay_adapters.sql import holdings  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return holdings.find(connection, wanted)

    def closing(self, on: date) -> Closing | None:
        """Where a day of the books ends, or the first that was closed if that is later."""
        from linguapay_adapters.sql import closings  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            found = connection.execute(closings.closing(on)).one_or_none()
        return None if found is None else closings.CLOSINGS.record(found)

    def closed_on(self, place: Place) -> date:
        """The day to which an entry at this place belongs; it is closed."""
        from linguapay_adapters.sql import closings  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return closings.closed_on(connection, place)

    def receipt(self, payment_id: PaymentId) -> NumberedReceipt | None:
        """The number of a payment's receipt, once it has one."""
        from linguapay_adapters.sql.closings import RECEIPTS  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return next(iter(_all(connection, RECEIPTS, RECEIPTS.table.c.id == payment_id)), None)

    def totals(self) -> Totals:
        """What every account holds, and the alarms that stand meanwhile."""
        from linguapay_adapters.sql import queries  # noqa: PLC0415 - imported where it is used

        with self._moment() as connection:
            return Totals(tuple(queries.balances(connection).values()), _open_alarms(connection))

    def open_alarms(self) -> Sequence[Alarm]:
        """The alarms that nobody cleared, the oldest first."""
        with self._moment() as connection:
            return _open_alarms(connection)

    def unread_webhook_events(self) -> int:
        """How many webhook events still wait to be looked at."""
        waiting = select(func.count()).select_from(WEBHOOK_EVENTS.table).where(text(WEBHOOK_HAS_WORK))
        with self._moment() as connection:
            return connection.scalars(waiting).one()

    def _moment(self) -> AbstractContextManager[Connection]:
        return committing(self._engine)


def _open_alarms(connection: Connection) -> Sequence[Alarm]:
    alarms = ALARMS.table
    standing = select(alarms).where(text(ALARM_IS_OPEN)).order_by(alarms.c.raised_at, alarms.c.id)
    return tuple(map(ALARMS.record, connection.execute(standing)))


def _story(connection: Connection, booking_id: BookingId) -> Story:
    booking = _one(connection, BOOKINGS, booking_id)
    payments = _all(connection, PAYMENTS, PAYMENTS.table.c.booking_id == booking_id)
    names = [payment.id for payment in payments]
    requests = _all(connection, REFUND_REQUESTS, REFUND_REQUESTS.table.c.payment_id.in_(names))
    refunds = _all(connection, REFUNDS, REFUNDS.table.c.payment_id.in_(names))
    transfers = _all(connection, TRANSFERS, TRANSFERS.table.c.payment_id.in_(names))
    effects = _all(connection, EFFECTS, EFFECTS.table.c.payment_id.in_(names))
    members: tuple[Record, ...] = (booking, *payments, *requests, *refunds, *transfers, *effects)
    subjects = [member.id for member in members]
    keys = select(books.legs.c.entry_key).where(books.legs.c.payment_id.in_(names))
    return Story(
        gig=_one(connection, GIGS, booking.gig_id),
        booking=booking,
        account=next(iter(_all(connection, ACCOUNTS, ACCOUNTS.table.c.id == booking.teacher_id)), None),
        payments=payments,
        requests=requests,
        refunds=refunds,
        transfers=transfers,
        effects=effects,
        events=_events(connection, subjects),
        entries=tuple(books.entries_of(connection, books.entries.c.key.in_(keys))),
        alarms=_all(connection, ALARMS, ALARMS.table.c.subject.in_(subjects)),
    )


def _one(connection: Connection, shape: Shape[RecordT], name: str) -> RecordT:
    row = connection.execute(select(shape.table).where(shape.table.c.id == name)).one_or_none()
    if row is None:
        raise NotFound(shape.called, name)
    return shape.record(row)


def _all(connection: Connection, shape: Shape[RecordT], condition: ColumnElement[bool]) -> tuple[RecordT, ...]:
    rows = connection.execute(select(shape.table).where(condition).order_by(shape.table.c.id))
    return tuple(map(shape.record, rows))


def _events(connection: Connection, subjects: Sequence[str]) -> tuple[Event, ...]:
    table = books.events
    rows = connection.execute(select(table).where(table.c.subject.in_(subjects)).order_by(table.c.sequence))
    return tuple(map(books.event, rows))
