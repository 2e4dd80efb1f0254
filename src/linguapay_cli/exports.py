"""``linguapay export``: everything of a period in one table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linguapay_cli.backstage import backstage_of
from linguapay_cli.files import STANDARD_OUTPUT
from linguapay_cli.progress import progress
from linguapay_cli.when import day

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay
    from linguapay_core.domain.export import Export, Part


class Kind(StrEnum):
    """What can be exported."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"
    TRANSFERS = "transfers"
    LEDGER = "ledger"
    FIGURES = "figures"


class Format(StrEnum):
    """How it is written."""

    CSV = "csv"
    PARQUET = "parquet"


def export(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="What to export.")],
    *,
    starts_on: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day: 2026-03-05.")],
    ends_on: Annotated[str, typer.Option("--to", metavar="DAY", help="The first day that is too late.")],
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.CSV,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to: a file, or standard output for CSV.")
    ] = STANDARD_OUTPUT,
) -> None:
    """Export a period: each payment, refund, transfer or entry of the books stands in exactly one.

    Days are those of the marketplace's time zone, and a period must be over. Amounts stand in minor units and as
    decimals. A file gets its name when it is whole. What each column means stands in docs/exports.md.
    """
    from linguapay_cli.files import check_out, written  # noqa: PLC0415 - imported where it is used

    first, end = day("from", starts_on), day("to", ends_on)
    check_out(out, is_text=form is Format.CSV)
    backstage = backstage_of(context)
    with backstage.desk() as desk:
        export = _asked(desk.linguapay, kind, first, end)
        with written(out) as file, _seen(export, out) as seen:
            backstage.write_export(export, form, file, seen)


def _asked(linguapay: LinguaPay, kind: Kind, starts_on: date, ends_on: date) -> Export:
    from linguapay_core.domain.payment import Payment  # noqa: PLC0415 - imported where it is used
    from linguapay_core.domain.refund import Refund  # noqa: PLC0415
    from linguapay_core.domain.transfer import Transfer  # noqa: PLC0415

    match kind:
        case Kind.PAYMENTS:
            return linguapay.export_records(Payment, starts_on, ends_on)
        case Kind.REFUNDS:
            return linguapay.export_records(Refund, starts_on, ends_on)
        case Kind.TRANSFERS:
            return linguapay.export_records(Transfer, starts_on, ends_on)
        case Kind.LEDGER:
            return linguapay.export_ledger(starts_on, ends_on)
        case Kind.FIGURES:
            return linguapay.export_figures(starts_on, ends_on)


@contextmanager
def _seen(export: Export, out: Path) -> Iterator[Callable[[Part], None]]:
    """Show how far in the period it has come, and nothing where the rows themselves are shown."""
    begins, ends = export.period.starts_at, export.period.ends_at
    with progress("Exporting", hidden=out == STANDARD_OUTPUT and sys.stdout.isatty()) as seen:
        yield lambda part: seen((part.reached_at - begins) / (ends - begins))
