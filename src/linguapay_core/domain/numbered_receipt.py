"""The number under which a payment's receipt is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain.identifiers import PaymentId


@dataclass(frozen=True, slots=True)
class NumberedReceipt:
    """The number of a payment's receipt; ``id`` is the payment's. Real money and play money are numbered apart."""

    id: PaymentId
    version: int
    live: bool
    number: int
    numbered_at: datetime

    @property
    def called(self) -> str:
        """Show it as ``R-000001``, or as ``T-000001`` where no real money moved."""
        return f"{'R' if self.live else 'T'}-{self.number:06d}"
