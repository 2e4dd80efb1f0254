"""What a teacher may offer, and that a retired offer stays what it was."""

import pytest

from linguapay_core.domain import gig_rules as rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events.booking import GigOffered, GigRetired
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import GigId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.domain.policies import FeePolicy, Policies
from linguapay_core.testing.builders import ANNA, NOON, a_gig, usd
from tests.domain.reading import events, said

ANNA_ACTS = Actor(Role.TEACHER, ANNA)
DINAR = CURRENCIES["KWD"]
THIRTY = usd(3000)
BOTH = Policies(fees=(FeePolicy(), FeePolicy(DINAR, minimum_minor=300)))


def offer(title: str = "Polish for beginners", hourly_price: Money = THIRTY) -> Decision[Gig]:
    """Anna offers lessons."""
    return rules.offer(
        GigId.of(1), teacher_id=ANNA, title=title, hourly_price=hourly_price, policies=BOTH, by=ANNA_ACTS, at=NOON
    )


def test_an_offer_is_active_from_the_start() -> None:
    decision = offer(title="  Polish for beginners ")
    assert decision.record == a_gig()
    assert decision.changed == (a_gig(),)
    assert events(decision) == [said(GigOffered(ANNA, 3000, "USD"), "teacher anna", NOON)]


@pytest.mark.parametrize("title", ["", "   ", "a\nb", "a\x00", "x" * 121])
def test_a_title_is_one_line_that_isnt_empty_or_too_long(title: str) -> None:
    with pytest.raises(Invalid) as error:
        offer(title=title)
    assert (error.value.field, error.value.reason) == ("title", "a title is one line of 1 to 120 characters.")


def test_the_shortest_and_the_longest_title_are_fine() -> None:
    assert [len(offer(title="x" * length).record.title) for length in (1, 120)] == [1, 120]


@pytest.mark.parametrize("amount", [-1, 0, 100_000_000])
def test_an_hourly_price_is_above_nothing_and_within_what_stripe_takes(amount: int) -> None:
    with pytest.raises(Invalid) as error:
        offer(hourly_price=usd(amount))
    assert error.value.field == "hourly_price"
    assert error.value.reason == "an hourly price is above nothing and at most 999,999.99 USD."


def test_the_least_and_the_most_can_be_asked_for() -> None:
    assert [offer(hourly_price=usd(amount)).record.hourly_price for amount in (1, 99_999_999)] == [
        usd(1),
        usd(99_999_999),
    ]


def test_a_price_between_two_steps_of_the_currency_is_invalid() -> None:
    assert offer(hourly_price=Money(10, DINAR))
    with pytest.raises(Invalid) as error:
        offer(hourly_price=Money(15, DINAR))
    assert (error.value.field, error.value.reason) == (
        "hourly_price",
        "amounts in KWD are multiples of 10 minor units.",
    )


def test_a_currency_that_isnt_enabled_is_invalid() -> None:
    with pytest.raises(Invalid, match="EUR is not enabled here"):
        offer(hourly_price=Money(3000, CURRENCIES["EUR"]))


def test_an_offer_is_taken_back_once() -> None:
    decision = rules.retire(a_gig(), by=ANNA_ACTS, at=NOON)
    assert decision.record == a_gig(active=False)
    assert decision.changed == (decision.record,)
    assert events(decision) == [said(GigRetired(), "teacher anna", NOON)]
    assert not rules.retire(decision.record, by=ANNA_ACTS, at=NOON)
