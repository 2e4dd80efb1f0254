"""What two histories must have in common to have come to the same end."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.story import Story
from tests.stories.tale import story

Likeness = dict[str, list[str]]


def likeness(house: Rehearsal) -> Likeness:
    """The states of all records and all that the books say; without names, versions and hours."""
    now = story(house)
    return {
        "booking": [f"{now.booking.state} {now.booking.absent}"],
        "payments": _payments(now),
        "requests": sorted(f"{one.state} {one.amount} {one.approved}" for one in now.requests),
        "refunds": sorted(
            f"{one.state} {one.parts} {one.taken} {one.rule} {bool(one.stripe_id)} {bool(one.cash_id)}"
            for one in now.refunds
        ),
        "transfers": sorted(
            f"{one.state} {one.amount} {one.hold} {one.reservations} {bool(one.cash_id)}" for one in now.transfers
        ),
        "effects": sorted(f"{one.kind} {one.state}" for one in now.effects),
        "entries": sorted(_entry(entry) for entry in now.entries),
        "loose entries": sorted(_entry(entry) for entry in house.ports.reports.entries_of_no_payment()),
        "totals": [
            f"{account} {held}" for books in house.ports.reports.totals().balances for account, held in books.items()
        ],
        "alarms": sorted(f"{one.rule} {one.detail}" for one in house.ports.reports.open_alarms()),
    }


def _payments(now: Story) -> list[str]:
    return sorted(
        f"{one.state} {one.holds_booking} {one.counters} {one.card_brand} {bool(one.charge_id)} {bool(one.cash_id)} "
        f"{bool(one.settled_at)}"
        for one in now.payments
    )


def _entry(entry: Entry) -> str:
    legs = sorted(f"{leg.debit} <- {leg.credit} {leg.amount}" for leg in entry.legs)
    return f"{entry.what}: {'; '.join(legs)}"
