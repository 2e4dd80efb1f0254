"""What all the books hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.ledger import Balances


@dataclass(frozen=True, slots=True)
class Totals:
    """What every account holds, and the open alarms, which explain some of it; both at one moment.

    ``balances`` are counted from the first entry, for each currency that occurs; the oldest alarm comes first.
    """

    balances: Sequence[Balances]
    alarms: Sequence[Alarm]
