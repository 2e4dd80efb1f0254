"""Everything that is known about a person, in one value: what an admin looks at, and what the person may have.

Whoever asks for a copy (GDPR, article 15) gets what is about them: who they are, what they did and wrote, their money,
and what admins wrote about their own refund requests. The rights of others stay whole: the other side of a lesson is an
identifier, admins are just admins, and notes about a lesson, which speak of both sides, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.erasure_rules import Obstacle
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.ledger import Account
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import Customer, FreeText, Person, TeacherAccount
from linguapay_core.domain.story import Story

ACCOUNTS = Mapping[tuple[Account, Currency], Money]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written about an object: by the person, or by an admin about a request of theirs. ``None`` if erased."""

    subject: str
    by_person: bool
    text: str | None


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A person with all that is theirs.

    ``stories`` are the lessons they took or gave, the latest first. ``waits_for`` is what would keep a wish to be
    forgotten waiting.
    """

    person: Person
    erasure: Erasure | None
    customer: Customer | None
    account: TeacherAccount | None
    gigs: tuple[Gig, ...]
    texts: tuple[FreeText, ...]
    stories: tuple[Story, ...]
    receivables: tuple[tuple[Payment, Money], ...]
    waits_for: tuple[Obstacle, ...]

    @property
    def id(self) -> PersonId:
        """Who it is about."""
        return self.person.id

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known about anybody of this name, who may be somebody else, misspelt."""
        told = (self.person.email, self.erasure, self.customer, self.account)
        return not any((*told, self.gigs, self.texts, self.stories))

    @property
    def credits(self) -> tuple[tuple[Payment, Money], ...]:
        """What is owed to the person because refunds of theirs failed, payment by payment."""
        return tuple(
            (payment, payment.counters.credit.total)
            for story in self.stories
            for payment in story.payments
            if payment.student_id == self.id and payment.counters.credit
        )

    @property
    def balances(self) -> ACCOUNTS:
        """What the person's own accounts hold in the books, in each currency; those that hold nothing aren't named."""
        held: dict[tuple[Account, Currency], Money] = {}
        for story in self.stories:
            for payment in story.payments:
                for account, money in story.books_of(payment).items():
                    if account.owner == self.id:
                        place = (account, money.currency)
                        held[place] = held.get(place, money.zero) + money
        return {place: money for place, money in held.items() if money}

    @property
    def written(self) -> tuple[Written, ...]:
        """What the person wrote, and what was written about their refund requests, each once, the oldest first."""
        each_once = {text.id: text for text in self.texts}
        return tuple(Written(text.subject, text.author == self.id, text.text) for _, text in sorted(each_once.items()))

    def role_in(self, booking: Booking) -> Role:
        """Which side of a lesson the person is."""
        role = booking.role_of(self.id)
        assert role is not None, "lessons of others aren't in the file"
        return role

    def other_side(self, booking: Booking) -> PersonId:
        """Who is on the other side of a lesson."""
        return booking.teacher_id if self.role_in(booking) is Role.STUDENT else booking.student_id

    @property
    def was_erased(self) -> bool:
        """Whether a wish to be forgotten was carried out. What was written since may be personal again."""
        return self.erasure is not None and self.erasure.erased_at is not None

    def personal(self) -> Iterator[str]:
        """What forgetting the person would remove, in words."""
        if self.person.name:
            yield "name, e-mail address and time zone"
        texts = sum(1 for one in self.written if one.text is not None)
        if texts:
            yield f"{texts} text{'s' * (texts > 1)} that they wrote, or that were written about their refund requests"
        if self.was_erased:
            return
        if self.customer is not None:
            yield "cards that they saved at Stripe"
        if self.gigs:
            yield f"the title{'s' * (len(self.gigs) > 1)} of {len(self.gigs)} gig{'s' * (len(self.gigs) > 1)}"
