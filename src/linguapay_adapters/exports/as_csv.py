"""An export as CSV (RFC 4180, UTF-8, a header line), safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV Injection); numbers stay
numbers. Instants are RFC 3339 in UTC, days ISO 8601, and an empty cell is nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import BinaryIO

from linguapay_core.domain.export import Cell, Export, Part
from linguapay_core.domain.spreadsheet import harmless


def write(export: Export, out: BinaryIO, seen: Callable[[Part], None]) -> None:
    """Write all of it; ``seen`` is told of each part that was written. The file is left open, whatever is raised."""
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        lines = csv.writer(text, lineterminator="\r\n")
        lines.writerow([column.name for column in export.columns])
        for part in export.parts:
            lines.writerows([[written(cell) for cell in row] for row in part.rows])
            seen(part)
    finally:
        text.detach()  # or the file would be closed with it


def written(cell: Cell) -> str:
    """A cell as text."""
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.isoformat().replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
