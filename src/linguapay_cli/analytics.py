"""``linguapay analytics``: how the marketplace is doing, in figures."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli import options
from linguapay_cli.analytics_steps import Step
from linguapay_cli.backstage import backstage_of
from linguapay_cli.rebuild import rebuild
from linguapay_cli.tables import print_json
from linguapay_cli.what_if import what_if
from linguapay_cli.when import day

DAY = "DAY"

app = typer.Typer(name="analytics", invoke_without_command=True)
app.command("what-if")(what_if)
app.command("rebuild")(rebuild)


@app.callback()
def analytics(
    context: typer.Context,
    *,
    starts_on: Annotated[
        str, typer.Option("--from", metavar=DAY, help="The first day: 2026-03-05.", rich_help_panel=options.LIST)
    ] = "",
    ends_on: Annotated[
        str, typer.Option("--to", metavar=DAY, help="The first day that is too late.", rich_help_panel=options.LIST)
    ] = "",
    currency: Annotated[str, typer.Option(help="In this currency alone: USD.", rich_help_panel=options.LIST)] = "",
    by: Annotated[
        Step, typer.Option("--by", help="In steps of a day, a week or a month.", rich_help_panel=options.LOOK)
    ] = Step.DAY,
    as_json: options.AsJson = False,
    as_csv: options.AsCsv = False,
    plain: options.Plain = False,
) -> None:
    """Show how the marketplace is doing: payments, money, refunds, cards, people, and what waits.

    The last 30 days unless they are named, beside as many days before. Days are those of the marketplace's time zone.
    What each figure means stands in docs/figures.md. Example: `linguapay analytics --from 2026-01-01 --to 2026-04-01
    --by month`
    """
    if context.invoked_subcommand:
        return
    from linguapay_core.domain.money import currency_named  # noqa: PLC0415 - imported where it is used

    wanted = currency_named(currency) if currency else None
    with backstage_of(context).reading() as desk:
        shown = desk.linguapay.show_dashboard(
            day("from", starts_on) if starts_on else None, day("to", ends_on) if ends_on else None
        )
    chosen = [figures for figures in shown.currencies if wanted in (None, figures.currency)]
    if as_json:
        from linguapay_cli import analytics_shapes  # noqa: PLC0415 - imported where it is used

        print_json(analytics_shapes.dashboard(shown, chosen, by))
    elif as_csv:
        from linguapay_cli import analytics_shapes  # noqa: PLC0415 - imported where it is used

        typer.echo(analytics_shapes.lines(chosen, by), nl=False)
    else:
        from linguapay_cli import analytics_screen  # noqa: PLC0415 - imported where it is used
        from linguapay_cli.screen import screen, show  # noqa: PLC0415

        console = screen()
        block = "" if plain else "█" if console.encoding.startswith("utf") else "#"
        show(analytics_screen.dashboard(shown, chosen, by, block), console, plain=plain)
