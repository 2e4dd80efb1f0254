"""An admin holds a teacher's transfer back."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people_rules, transfer_rules
from linguapay_core.domain.identifiers import PersonId, TextId, TransferId
from linguapay_core.domain.transfer import Hold, Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class HoldTransfer:
    """This admin wants it to wait. ``notes`` say why, to admins."""

    transfer_id: str
    admin_id: str
    notes: str = ""


@until_fresh
def hold_transfer(
    command: HoldTransfer, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Transfer:
    """Let a transfer wait until an admin releases it. Raises ``Refused`` once it is on its way."""
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        transfer = transaction.transfer(TransferId.parse(command.transfer_id))
        decision = transfer_rules.hold(transfer, Hold.BY_ADMIN, by=by, at=clock.now())
        if decision and command.notes:
            author = PersonId(by.person)
            decision += people_rules.write_down(
                identifiers.new(TextId), subject=transfer.id, author=author, text=command.notes, field="notes"
            )
        transaction.keep(decision)
    return decision.record
