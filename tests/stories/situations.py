"""How things have ended, the rare along with the common: what a day of chance has reached."""

from __future__ import annotations

from collections.abc import Iterator

from linguapay_adapters.composition import Rehearsal


def situations(house: Rehearsal) -> Iterator[str]:
    """Name each situation in which something has come to rest."""
    reports = house.ports.reports
    for booking_id in reports.bookings():
        story = reports.story(booking_id)
        yield f"booking {story.booking.state}"
        yield f"{len(story.payments)} payments of a booking"
        for payment in story.payments:
            yield f"payment {payment.state}{'' if payment.holds_booking else ' without holding'}"
        for refund in story.refunds:
            yield f"refund {refund.state} by {refund.rule}"
        for transfer in story.transfers:
            yield f"transfer {transfer.state} {transfer.hold or ''}{' reversed' if transfer.reversals else ''}"
        for effect in story.effects:
            yield f"{effect.kind} {effect.state} at attempt {effect.attempt}"
        for entry in story.entries:
            yield f"entry: {entry.what}"
    for alarm in reports.open_alarms():
        yield f"alarm {alarm.rule}"
