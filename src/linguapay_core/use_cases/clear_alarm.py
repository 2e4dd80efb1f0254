"""An operator has looked at what an alarm called for."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import alarm_rules as alarms
from linguapay_core.domain import people_rules
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.identifiers import PersonId, TextId
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ClearAlarm:
    """This alarm, by this admin, who may note what was found."""

    alarm_id: str
    admin_id: str
    notes: str = ""


@until_fresh
def clear_alarm(command: ClearAlarm, *, transactions: Transactions, clock: Clock, identifiers: Identifiers) -> Alarm:
    """Clear an alarm. A second time changes nothing."""
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        decision = alarms.clear(transaction.alarm(command.alarm_id), by=by, at=clock.now())
        if decision and command.notes:
            decision += people_rules.write_down(
                identifiers.new(TextId),
                subject=command.alarm_id,
                author=PersonId(by.person),
                text=command.notes,
                field="notes",
            )
        transaction.keep(decision)
    return decision.record
