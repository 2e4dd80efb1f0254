"""Somebody who sees objects wants to read what people wrote about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain.people import FreeText
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class ReadTexts:
    """Of these objects: a page of refund requests, say, with their reasons and notes, or of bookings."""

    subjects: Sequence[str]


def read_texts(command: ReadTexts, *, reports: Reports) -> Sequence[FreeText]:
    """What people wrote about these objects, the oldest first; the text of one that was erased is ``None``.

    Whoever may see an object may not always see the notes about it: that is the caller's to know.
    """
    return reports.texts(command.subjects)
