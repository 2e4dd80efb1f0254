"""Facts as text: JSON of their fields, read back by the permanent name and version that stand beside it."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import get_type_hints

from linguapay_adapters.sql.columns import instant, rfc3339
from linguapay_core.domain.events.fact import Fact


def written(fact: Fact) -> str:
    """A fact's fields as a JSON object, in their order."""
    return json.dumps(vars(fact), default=rfc3339, ensure_ascii=False)


def read(name: str, version: int, text: str) -> Fact:
    """The fact whose fields ``written`` wrote."""
    kind = _kind(name, version)
    fields = json.loads(text)
    return kind(**fields | {field: instant(fields[field]) for field in _instants(name, version)})


def _kind(name: str, version: int) -> type[Fact]:
    from linguapay_core.domain.events.catalogue import FACTS  # noqa: PLC0415 - all events, where one is read

    return FACTS[name, version]


@cache
def _instants(name: str, version: int) -> tuple[str, ...]:
    return tuple(field for field, hint in get_type_hints(_kind(name, version)).items() if hint is datetime)
