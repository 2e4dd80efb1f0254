"""An operator lets Stripe be asked again for a transfer."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import effect_rules
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.identifiers import TransferId
from linguapay_core.domain.transfer import TRANSFER, Transfer, TransferTrigger
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RetryTransfer:
    """This transfer, by this admin."""

    transfer_id: str
    admin_id: str


@until_fresh
def retry_transfer(command: RetryTransfer, *, transactions: Transactions, clock: Clock) -> Transfer:
    """Look for the transfer's latest call once more, and ask again under a new key if nothing is found.

    The worker does it. Raises ``Refused`` unless that call is parked, and where nothing is to be asked.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        transfer = transaction.transfer(TransferId.parse(command.transfer_id))
        TRANSFER.after(transfer.state, TransferTrigger.RETRY)
        effect = transaction.effect(f"{EffectKind.CREATE_TRANSFER}:{transfer.id}:{transfer.reservations}")
        transaction.keep(effect_rules.retry(effect, by=by, at=clock.now()))
    return transfer
