"""Exports: each record and each entry stands in exactly one period, and a period that may still change is refused."""

from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.export import Export, Row
from linguapay_core.domain.figures import Figures
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import Transfer
from linguapay_core.use_cases import export_figures, export_ledger, export_records
from linguapay_core.use_cases.steps import closings
from tests.use_cases.stage import (
    DAY,
    HOUR,
    MINUTE,
    asked_back,
    confirmed,
    funded,
    later,
    offered,
    paid,
    paid_out,
    paying,
)

FIRST = date(2026, 3, 2)
"""The day on which a rehearsal begins."""


def rows(export: Export) -> list[Row]:
    """All rows of an export."""
    return [row for part in export.parts for row in part.rows]


def names(export: Export, name: str) -> list[object]:
    """What stands in one of its columns."""
    place = [column.name for column in export.columns].index(name)
    return [row[place] for row in rows(export)]


def ledger(lp: Rehearsal, starts_on: date, ends_on: date) -> list[object]:
    """The keys of the entries of a period, each once."""
    return list(dict.fromkeys(names(lp.export_ledger(starts_on, ends_on), "entry")))


def test_every_payment_refund_and_transfer_is_exported(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid_out(lp, paid(lp))
    request = asked_back(lp, payment)
    lp.approve_refund_request(request.id, "admin-carl")
    lp.process_refund_request(request.id, "admin-carl")
    later(lp, DAY)
    end = lp.clock.now().date()
    told = {kind: names(lp.export_records(kind, FIRST, end), "id") for kind in (Payment, Refund, Transfer)}
    story = lp.ports.reports.story(payment.booking_id)
    assert told == {
        Payment: [payment.id],
        Refund: [one.id for one in story.refunds],
        Transfer: [one.id for one in story.transfers],
    }
    assert all(told.values())


def test_each_record_stands_in_one_day_and_in_the_order_of_its_beginning(
    lp: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_records, "AT_ONCE", 2)
    gig = offered(lp)
    started = []
    for number in range(5):
        booking = confirmed(lp, gig, notice=(number + 3) * DAY + number * 2 * HOUR)
        started.append(paying(lp, booking).payment.id)
        lp.clock.advance(9 * HOUR)
    lp.clock.advance(DAY)
    days = [FIRST + number * DAY for number in range(3)]
    by_day = [names(lp.export_records(Payment, on, on + DAY), "id") for on in days]
    assert by_day == [started[:2], started[2:5], []]
    assert names(lp.export_records(Payment, days[0], days[-1]), "id") == started


@pytest.mark.parametrize("kind", [Payment, Refund, Transfer, None])
def test_a_period_that_is_not_over_is_refused(lp: Rehearsal, kind: export_records.Kind | None) -> None:
    def ask(ends_on: date) -> Export:
        return lp.export_records(kind, FIRST, ends_on) if kind else lp.export_ledger(FIRST, ends_on)

    lp.clock.move_to(lp.clock.now().replace(day=3, hour=0, minute=9))
    with pytest.raises(Refused) as refused:
        ask(FIRST + DAY)
    assert refused.value.rule == "period_open"
    lp.clock.advance(MINUTE)
    assert rows(ask(FIRST + DAY)) == []
    with pytest.raises(Invalid):
        ask(FIRST)


def test_an_entry_belongs_to_the_day_on_which_it_was_kept_and_its_export_never_changes(lp: Rehearsal) -> None:
    """Stripe dates cash; what comes to be known after a day was closed stands in a later one."""
    paid(lp)
    later(lp, DAY)
    before = ledger(lp, FIRST, FIRST + DAY)
    assert len(before) == 2
    lp.stripe.adjust(500)
    lp.clock.advance(2 * DAY)
    lp.work()
    later(lp, DAY)
    assert ledger(lp, FIRST, FIRST + DAY) == before
    (late,) = ledger(lp, FIRST + DAY, FIRST + 4 * DAY)
    assert str(late).startswith("cash ")


def test_days_that_nobody_closed_in_time_are_told_apart_by_what_was_decided_on_them(lp: Rehearsal) -> None:
    """A worker that was away for days closes each as if it had been there."""
    gig = offered(lp)
    first = paid(lp, confirmed(lp, gig))
    lp.clock.advance(2 * DAY)
    second = paid(lp, confirmed(lp, gig, notice=10 * DAY))
    lp.clock.advance(DAY)
    of = {on: ledger(lp, on, on + DAY) for on in (FIRST, FIRST + DAY, FIRST + 2 * DAY)}
    assert [len(keys) for keys in of.values()] == [2, 0, 2]
    assert first.id in str(of[FIRST])
    assert second.id in str(of[FIRST + 2 * DAY])


def test_periods_that_follow_each_other_hold_every_entry_once(lp: Rehearsal) -> None:
    """However a month is cut in three, the parts are the whole."""
    payment = paid_out(lp)
    later(lp, 20 * DAY)
    begin, end = FIRST - DAY, FIRST + 20 * DAY
    every = [entry.key for entry in lp.ports.reports.story(payment.booking_id).entries]
    for one, other in combinations(range(8), 2):
        bounds = [begin, FIRST + one * DAY, FIRST + other * DAY, end]
        assert [key for period in pairwise(bounds) for key in ledger(lp, *period)] == every


def test_a_ledger_is_read_in_parts(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    paid_out(lp)
    later(lp, DAY)
    end = lp.clock.now().date()
    at_once = rows(lp.export_ledger(FIRST, end))
    monkeypatch.setattr(export_ledger, "AT_ONCE", 2)
    parts = list(lp.export_ledger(FIRST, end).parts)
    assert [row for part in parts for row in part.rows] == at_once
    assert len(parts) > 1
    assert parts[-1].reached_at == max(part.reached_at for part in parts)


def test_closing_days_is_done_once(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closings, "BATCH", 3)
    assert lp.close_days() == 1
    lp.clock.advance(10 * DAY)
    assert lp.close_days() == 10
    assert lp.close_days() == 0


def test_an_export_of_what_was_closed_by_nobody_is_refused(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        closings.closing(FIRST, lp.ports.reports)
    assert refused.value.rule == "day_open"


def test_an_empty_house_has_empty_exports(lp: Rehearsal) -> None:
    lp.clock.advance(timedelta(days=40))
    assert ledger(lp, date(2026, 1, 1), date(2026, 4, 1)) == []
    assert rows(lp.export_records(Payment, date(2026, 1, 1), date(2026, 4, 1))) == []


def test_figures_are_those_of_the_dashboard_day_by_day(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    paid_out(lp)
    later(lp, 3 * DAY)
    end = lp.clock.now().date()
    assert names(lp.export_figures(date(2026, 1, 1), FIRST), "on") == []
    (told,) = lp.show_dashboard(FIRST, end).currencies
    exported = names(lp.export_figures(FIRST, end), "volume_minor")
    assert exported == [figures.volume_minor for _, figures in told.days if figures != Figures()]
    assert sum(map(int, map(str, exported))) == 2625
    monkeypatch.setattr(export_figures, "AT_ONCE", 4 * DAY)
    assert len(list(lp.export_figures(FIRST, end).parts)) == 2
    assert names(lp.export_figures(FIRST, end), "volume_minor") == exported
