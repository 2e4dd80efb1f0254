"""Asking before something is done that can't be taken back."""

from __future__ import annotations

import sys

import typer

from linguapay_core.domain.errors import Invalid


def confirm(question: str) -> None:
    """Go on only if somebody says yes. Raises ``Invalid`` where nobody is there to be asked."""
    if not sys.stdin.isatty():
        raise Invalid("yes", "nobody is there to be asked: give --yes to go ahead.")
    typer.confirm(question, abort=True, err=True)
