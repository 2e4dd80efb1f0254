"""A desk at which one only reads: no Stripe, no worker, nothing that acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from linguapay_adapters.composition.database import check_served, database
from linguapay_adapters.settings import Settings
from linguapay_adapters.sql.reports import SqlReports
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.reading import Reading, ReadingPorts


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """What may be asked."""

    linguapay: Reading


@contextmanager
def reading(settings: Settings) -> Iterator[ReadingDesk]:
    """A desk on the database that the settings name.

    Raises ``Invalid`` for a file that isn't there, ``Refused`` for a database that must be upgraded first or that holds
    another account's payments.
    """
    with database(settings.database_url.get_secret_value(), fresh=False) as engine:
        check_served(engine, settings.mode)
        ports = ReadingPorts(reports=SqlReports(engine), clock=SystemClock(), zone=settings.zone)
        yield ReadingDesk(Reading(ports))
