"""Somebody wants to know all that is known about a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.person_file import PersonFile
from linguapay_core.domain.query import LARGEST_PAGE, ask
from linguapay_core.domain.story import Story
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.erasing import open_of


@dataclass(frozen=True, slots=True)
class GatherPerson:
    """A student, teacher or admin."""

    person_id: str


def gather_person(command: GatherPerson, *, transactions: Transactions, reports: Reports) -> PersonFile:
    """All that is known. Nobody is missing: who is a person only the host platform knows."""
    person_id = PersonId.parse(command.person_id, field="person_id")
    stories = tuple(_stories(person_id, reports))
    with transactions.begin() as transaction:
        return PersonFile(
            person=transaction.person(person_id),
            erasure=transaction.erasure(person_id),
            customer=transaction.customer(person_id),
            account=transaction.account(person_id),
            gigs=tuple(transaction.gigs_of(person_id)),
            texts=(*transaction.texts_by(person_id), *transaction.texts_about(person_id)),
            stories=stories,
            receivables=tuple(transaction.receivables(person_id)),
            waits_for=open_of(transaction, person_id),
        )


def _stories(person_id: PersonId, reports: Reports) -> Iterator[Story]:
    """The lessons that somebody took or gave, the latest request first."""
    cursor = ""
    while True:
        page = reports.page(ask(Booking, {}, sort="", cursor=cursor, limit=LARGEST_PAGE, party=person_id))
        for booking in page.items:
            yield reports.story(booking.id)
        cursor = page.next_cursor
        if not cursor:
            return
