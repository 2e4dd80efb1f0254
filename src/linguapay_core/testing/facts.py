"""One fact of every kind, with something in each field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, get_type_hints

from linguapay_core.domain.events.catalogue import FACTS
from linguapay_core.domain.events.fact import Fact

VALUES: Final[Mapping[type, object]] = {
    int: 1234,
    bool: True,
    datetime: datetime(2030, 1, 1, 12, 30, 15, 600_007, tzinfo=UTC),
}


def _sample(kind: type[Fact]) -> Fact:
    """A fact of this kind: texts name their field, everything else comes from the table."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name not in ("name", "version")}
    return kind(**{name: VALUES.get(hint, f"the {name}") for name, hint in hints.items()})


SAMPLES: Final = tuple(_sample(kind) for _, kind in sorted(FACTS.items()))
"""In the order of their names and versions."""
