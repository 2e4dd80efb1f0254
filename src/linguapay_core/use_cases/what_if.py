"""An admin wants to know what another policy would have brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain.instead import instead_of
from linguapay_core.domain.money import Currency, currency_named
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.what_if import Comparison, compare
from linguapay_core.domain.wording import instant
from linguapay_core.ports.reports import Reports
from linguapay_core.use_cases.steps.progress import Progress, unheard


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The present policy, but with what is named; where nothing is, what each booking froze.

    ``fee`` is a part of the price (``0.07``), with bounds in minor units; it is borne by the ``student``, the
    ``teacher``, or ``split``. ``terms`` are hours before the start and the percentage given back (``24:100,6:50``), or
    ``none``. It is about payments of one ``currency`` or of all, whose money came within a time. ``progress`` is told
    how many bookings were looked at.
    """

    fee: str = ""
    fee_minimum: int | None = None
    fee_maximum: int | None = None
    borne_by: str = ""
    terms: str = ""
    currency: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    progress: Progress = unheard


def what_if(command: WhatIf, *, reports: Reports, policies: Policies) -> tuple[Comparison, ...]:
    """Replay history under another policy: one comparison for each currency. Nothing is written.

    However much history there is, one booking at a time is held. Raises ``Invalid``, naming the field.
    """
    currency = currency_named(command.currency) if command.currency else None
    instead = instead_of(
        policies,
        fee=command.fee,
        fee_minimum=command.fee_minimum,
        fee_maximum=command.fee_maximum,
        borne_by=command.borne_by,
        terms=command.terms,
        currency=currency,
    )
    since = None if command.starts_at is None else instant("from", command.starts_at)
    until = None if command.ends_at is None else instant("to", command.ends_at)
    found: dict[Currency, Comparison] = {}
    for number, booking_id in enumerate(reports.bookings(), start=1):
        for one in compare(reports.story(booking_id), instead, since=since, until=until):
            if currency in (None, one.currency):
                found[one.currency] = found.get(one.currency, Comparison(one.currency)) + one
        command.progress(number)
    return tuple(found[one] for one in sorted(found, key=str))
