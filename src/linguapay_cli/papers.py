"""How receipts and statements are asked for: as a page of HTML or as PDF, on standard output or in a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from linguapay_cli.files import check_out, written


class Format(StrEnum):
    """How it is drawn."""

    HTML = "html"
    PDF = "pdf"


FormatOption: TypeAlias = Annotated[Format, typer.Option("--format", help="How to draw it.")]
OutOption: TypeAlias = Annotated[
    Path, typer.Option(metavar="FILE", help="Where to: a file, or standard output for HTML.")
]


def check(form: Format, out: Path) -> None:
    """Raise ``Invalid`` where it can't be put there."""
    check_out(out, is_text=form is Format.HTML)


def put(drawn: bytes, out: Path) -> None:
    """Write it there."""
    with written(out) as file:
        file.write(drawn)
