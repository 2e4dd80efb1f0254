"""What a running house notes about itself, and how its work stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from linguapay_core.domain.gauges import MoneyMoved, Pile
from linguapay_core.domain.house import Heartbeat, ServedAccount, Verification


class Watch(Protocol):
    """Notes and answers about the house itself. Nothing that the business knows is here."""

    def served_account(self) -> ServedAccount | None:
        """The account that this database serves, if it has served one."""
        ...

    def remember_account(self, account: ServedAccount, *, at: datetime) -> ServedAccount:
        """Remember the first account; the answer is the one that is remembered, whosoever came first."""
        ...

    def beat(self, heartbeat: Heartbeat) -> None:
        """Note a sign of life, in the place of this worker's last one. Workers silent for a day are forgotten."""
        ...

    def workers(self) -> Sequence[Heartbeat]:
        """The last sign of life of each worker, by name."""
        ...

    def note_verification(self, verification: Verification) -> None:
        """Note that the books were checked."""
        ...

    def verification(self) -> Verification | None:
        """The last check of the books that was noted."""
        ...

    def is_current(self) -> bool:
        """Whether the store has all that this version needs. Raises ``Busy`` if it can't be asked."""
        ...

    def open_effects(self) -> Sequence[Pile]:
        """Effects that are still owed, by state, since they were first asked for or became due."""
        ...

    def open_webhook_events(self) -> Sequence[Pile]:
        """Webhook events that weren't read to the end, by state, since they were received."""
        ...

    def waiting_messages(self) -> Sequence[Pile]:
        """Messages that are still to be told, by state, since they were made."""
        ...

    def money_moved(self) -> Sequence[MoneyMoved]:
        """The counters of all payments together, for each currency that occurs."""
        ...
