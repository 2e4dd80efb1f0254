"""Every fact there is."""

from __future__ import annotations

from typing import Final

from linguapay_core.domain.events import booking, house, payment, refund, telling, transfer
from linguapay_core.domain.events.fact import Fact

FACTS: Final[dict[tuple[str, int], type[Fact]]] = {
    (fact.name, fact.version): fact
    for module in (booking, payment, refund, transfer, telling, house)
    for fact in vars(module).values()
    if isinstance(fact, type) and issubclass(fact, Fact) and fact is not Fact
}
"""Every fact by its name and version."""
