"""An admin lets a held transfer go on."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import transfer_rules
from linguapay_core.domain.identifiers import TransferId
from linguapay_core.domain.transfer import Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ReleaseTransfer:
    """This admin sees no reason to wait."""

    transfer_id: str
    admin_id: str


@until_fresh
def release_transfer(command: ReleaseTransfer, *, transactions: Transactions, clock: Clock) -> Transfer:
    """Release a held transfer, whatever held it; what still stands in its way holds it again.

    Raises ``Refused`` once sent.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        transfer = transaction.transfer(TransferId.parse(command.transfer_id))
        decision = transfer_rules.release(transfer, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
