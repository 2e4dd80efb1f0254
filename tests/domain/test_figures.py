"""The figures of the table: what a movement adds, and what follows from them."""

import hashlib
from dataclasses import fields
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.figures import (
    ACTIVITY,
    BREAKDOWNS,
    EDITION,
    FIGURES,
    NAMES,
    PARTIES,
    Active,
    Figures,
    Moved,
    Told,
    share,
    together,
)
from linguapay_core.domain.ledger import CHARGE_CLEARING, CHART, ESCROW, PLATFORM_FEE, Account, Kind
from linguapay_core.domain.payment import Payment
from linguapay_core.testing.builders import ANNA, a_leg

EDITIONS = {1: "85162d113f79d92e", 2: "e68181ddaeb24f1c"}
"""What each edition counts, as a hash. What is counted otherwise needs another edition, and one more line here."""


def rules() -> str:
    """Everything on which the numbers depend, in one order."""
    told = [(name, *_sources(figure.source)) for name, figure in zip(NAMES, FIGURES, strict=True)]
    apart = [(one.name, one.fact.name, one.field) for one in BREAKDOWNS]
    return repr([told, apart, [(party.name, party.side) for party in PARTIES], [fact.name for fact in ACTIVITY]])


def _sources(sources: tuple[Told | Moved, ...]) -> list[tuple[object, ...]]:
    return [
        (one.fact.name, str(one.adds), one.last)
        if isinstance(one, Told)
        else (sorted(map(str, one.debit)), sorted(map(str, one.credit)))
        for one in sources
    ]


def test_what_is_counted_has_an_edition_of_its_own() -> None:
    assert hashlib.sha256(rules().encode()).hexdigest()[:16] == EDITIONS[EDITION]


def test_every_figure_of_the_table_is_a_figure_that_is_given() -> None:
    assert list(NAMES) == [field.name for field in fields(Figures)]
    assert [party.name for party in PARTIES] == [field.name for field in fields(Active)]
    assert all(one.meaning for one in (*FIGURES, *BREAKDOWNS, *PARTIES))


def test_people_and_what_is_counted_apart_are_fields_that_are_there() -> None:
    assert {party.side for party in PARTIES} <= {field.name for field in fields(Payment)}
    for breakdown in BREAKDOWNS:
        assert breakdown.field in breakdown.fact.__annotations__


def test_rates_are_shares_of_the_payments_that_ended() -> None:
    figures = Figures(payments_started=99, payments_succeeded=2, payments_failed=1, payments_cancelled=0)
    assert (figures.payments_ended, figures.success_bps, figures.failure_bps) == (3, 6667, 3333)
    every = Figures(payments_succeeded=1, payments_failed=1, payments_cancelled=1, payments_quarantined=1)
    assert (every.success_bps, every.failure_bps) == (2500, 7500)


def test_without_an_ended_payment_there_is_no_rate() -> None:
    assert (Figures(payments_started=3).success_bps, Figures(payments_started=3).failure_bps) == (None, None)
    assert (share(1, 3), share(0, 0)) == (3333, None)


def test_net_is_what_came_less_what_went_back() -> None:
    assert Figures(volume_minor=3150, refunded_minor=1050, stripe_fees_minor=99).net_minor == 2100


def test_the_margin_is_what_the_platform_keeps_of_its_fees() -> None:
    figures = Figures(platform_fees_minor=1000, stripe_fees_minor=300, goodwill_minor=50, bad_debt_minor=7)
    assert figures.margin_minor == 643


def test_decisions_take_their_mean_time() -> None:
    figures = Figures(requests_approved=1, requests_rejected=2, deciding_seconds=100)
    assert (figures.mean_deciding_seconds, Figures(requests_submitted=1).mean_deciding_seconds) == (33, None)


def test_spans_add_up_and_none_is_nothing() -> None:
    every = Figures(*range(1, len(NAMES) + 1))
    assert together([every, every]) == Figures(*range(2, 2 * len(NAMES) + 2, 2))
    assert together([]) == Figures()


@given(st.sampled_from(sorted(Kind)), st.sampled_from(sorted(Kind)))
def test_what_moves_back_undoes_what_moved(debit: Kind, credit: Kind) -> None:
    one, other = (Account(kind, ANNA if CHART[kind].owner else None) for kind in (debit, credit))
    if one != other:
        there, back = a_leg(debit=one, credit=other), a_leg(debit=other, credit=one)
        for source in (source for figure in FIGURES for source in figure.source if isinstance(source, Moved)):
            assert source.sign(there) == -source.sign(back)


def test_a_movement_counts_between_its_accounts_alone() -> None:
    volume = Moved(debit={Kind.CHARGE_CLEARING}, credit={Kind.ESCROW})
    assert volume.sign(a_leg(debit=CHARGE_CLEARING, credit=ESCROW)) == 1
    assert volume.sign(a_leg(debit=ESCROW, credit=CHARGE_CLEARING)) == -1
    assert volume.sign(a_leg(debit=ESCROW, credit=PLATFORM_FEE)) == 0


def test_no_leg_counts_twice_in_a_figure() -> None:
    """The sources of one figure exclude each other, so that a store may ask for any of them."""
    for figure in FIGURES:
        moves = [source for source in figure.source if isinstance(source, Moved)]
        for one, other in pairwise(moves):
            assert not (one.debit & other.debit and one.credit & other.credit)
