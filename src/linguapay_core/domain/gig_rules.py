"""What may become of a gig: it is offered, and taken down."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain.decision import Actor, Decision, decided
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events.booking import GigOffered, GigRetired
from linguapay_core.domain.gig import LONGEST_TITLE, Gig
from linguapay_core.domain.identifiers import GigId, PersonId
from linguapay_core.domain.money import LARGEST_MINOR, Money
from linguapay_core.domain.policies import Policies


def offer(
    gig_id: GigId, *, teacher_id: PersonId, title: str, hourly_price: Money, policies: Policies, by: Actor, at: datetime
) -> Decision[Gig]:
    """Offer lessons. Raises ``Invalid`` for a title or price that can't be meant, or a currency that isn't enabled."""
    policies.fee_in(hourly_price.currency)
    if not 0 < len(title.strip()) <= LONGEST_TITLE or not title.isprintable():
        raise Invalid("title", f"a title is one line of 1 to {LONGEST_TITLE} characters.")
    if not 0 < hourly_price.amount_minor <= LARGEST_MINOR:
        raise Invalid(
            "hourly_price",
            f"an hourly price is above nothing and at most {Money(LARGEST_MINOR, hourly_price.currency)}.",
        )
    if hourly_price.amount_minor % hourly_price.currency.step_minor:
        raise Invalid(
            "hourly_price",
            f"amounts in {hourly_price.currency} are multiples of {hourly_price.currency.step_minor} minor units.",
        )
    gig = Gig(gig_id, 0, teacher_id, title.strip(), hourly_price, active=True, offered_at=at)
    fact = GigOffered(teacher_id, hourly_price.amount_minor, hourly_price.currency.code)
    return decided(gig, fact, by=by, at=at)


def retire(gig: Gig, *, by: Actor, at: datetime) -> Decision[Gig]:
    """Take the offer back. A second time changes nothing."""
    if not gig.active:
        return Decision(gig)
    return decided(replace(gig, active=False), GigRetired(), by=by, at=at)
