"""``linguapay export``: everything of a period in one table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from linguapay_cli.backstage import backstage_of
from linguapay_cli.files import STANDARD_OUTPUT

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay
    from linguapay_core.domain.export import Export, Part

DAYS: Final = ["%Y-%m-%d"]


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
    starts_on: Annotated[datetime, typer.Option("--from", formats=DAYS, help="The first day.")],
    ends_on: Annotated[datetime, typer.Option("--to", formats=DAYS, help="The first day that is too late.")],
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

    check_out(out, is_text=form is Format.CSV)
    backstage = backstage_of(context)
    with backstage.desk() as desk:
        export = _asked(desk.linguapay, kind, starts_on.date(), ends_on.date())
        with written(out) as file, _progress(export, out) as seen:
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
def _progress(export: Export, out: Path) -> Iterator[Callable[[Part], None]]:
    """Show on a terminal how far in the period it has come, and nothing where the rows themselves are shown there."""
    from rich.console import Console  # noqa: PLC0415 - imported where it is used
    from rich.progress import Progress  # noqa: PLC0415

    shown = Console(stderr=True)
    hidden = not shown.is_terminal or (out == STANDARD_OUTPUT and sys.stdout.isatty())
    begins, ends = export.period.starts_at, export.period.ends_at
    with Progress(console=shown, transient=True, disable=hidden) as progress:
        task = progress.add_task("Exporting", total=(ends - begins).total_seconds())
        yield lambda part: progress.update(task, completed=(part.reached_at - begins).total_seconds())
