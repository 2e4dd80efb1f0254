"""What is written for people and programs outside: exports, receipts and statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from linguapay_adapters.documents import as_html, as_pdf
from linguapay_adapters.documents.paper import of_receipt, of_statement
from linguapay_adapters.exports import as_csv, as_parquet
from linguapay_core.domain.export import Export, Part
from linguapay_core.domain.receipt import Receipt
from linguapay_core.domain.statement import Statement


def write_export(export: Export, form: str, out: BinaryIO, seen: Callable[[Part], None]) -> None:
    """Write an export as ``csv`` or ``parquet``. Raises ``Refused`` where a package for it isn't installed."""
    {"csv": as_csv.write, "parquet": as_parquet.write}[form](export, out, seen)


def draw(told: Receipt | Statement, form: str) -> bytes:
    """Draw a receipt or a statement as ``html`` or ``pdf``. Raises ``Refused`` as above."""
    paper = of_receipt(told) if isinstance(told, Receipt) else of_statement(told)
    return {"html": as_html.drawn, "pdf": as_pdf.drawn}[form](paper)
