"""``linguapay books``: the books: whether all holds that must always hold of them, and what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from linguapay_cli import options
from linguapay_cli.backstage import Backstage, backstage_of
from linguapay_cli.tables import print_json
from linguapay_cli.when import Times
from linguapay_core.domain.holdings import LARGEST_PAGE

if TYPE_CHECKING:
    from linguapay_core.domain.verdict import Verdict

app = typer.Typer(name="books", help="The books, and the proof of them.", no_args_is_help=True)


@app.callback()
def books() -> None:
    """The books, and the proof of them."""


@app.command()
def verify(
    context: typer.Context,
    *,
    as_json: options.AsJson = False,
    no_stripe: Annotated[
        bool, typer.Option("--no-stripe", help="Check the books alone, without asking Stripe.")
    ] = False,
    plain: options.Plain = False,
) -> None:
    """Check everything that must always hold of the books, and compare them with Stripe to the cent.

    Ends with 0 only if all of it holds, and with 1 if anything doesn't.
    """
    from linguapay_cli import books_screen, shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.exits import OFF  # noqa: PLC0415
    from linguapay_cli.screen import screen, show  # noqa: PLC0415

    verdict = _checked(backstage_of(context)) if no_stripe else _compared(backstage_of(context))
    if as_json:
        print_json(shapes.verdict(verdict, with_stripe=not no_stripe))
    else:
        show(books_screen.verdict(verdict, with_stripe=not no_stripe), screen(), plain=plain)
    if not verdict.holds:
        raise typer.Exit(OFF)


@app.command()
def balance(
    context: typer.Context,
    *,
    owner: Annotated[
        str, typer.Option("--teacher", metavar="ID", help="The accounts of this teacher (or student) alone.")
    ] = "",
    as_json: options.AsJson = False,
    plain: options.Plain = False,
) -> None:
    """Show what every kind of accounts holds, in each currency, counted from the first entry on."""
    from linguapay_cli import holdings_screen, shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.screen import screen, show  # noqa: PLC0415

    with backstage_of(context).reading() as desk:
        held = desk.linguapay.read_balances(owner)
    if as_json:
        print_json(shapes.holdings(held))
    else:
        show(holdings_screen.holdings(held), screen(), plain=plain)


@app.command()
def statement(
    context: typer.Context,
    account: Annotated[str, typer.Argument(help="An account: escrow, teacher_payable:anna.")],
    *,
    since: options.Since = "",
    until: options.Until = "",
    limit: Annotated[
        int,
        typer.Option("--limit", "-n", min=1, max=LARGEST_PAGE, help="Entries at most.", rich_help_panel=options.LIST),
    ] = LARGEST_PAGE,
    cursor: options.Cursor = "",
    as_json: options.AsJson = False,
    plain: options.Plain = False,
    utc: options.Utc = False,
) -> None:
    """Show what moved an account, and what it held after each entry.

    Entries come in the order in which they were true. Example: `linguapay books statement stripe_balance --from
    2026-03-01 --to 2026-04-01`
    """
    from linguapay_cli import holdings_screen, shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli.screen import screen, show  # noqa: PLC0415

    times = Times(in_utc=utc)
    with backstage_of(context).reading() as desk:
        page = desk.linguapay.follow_account(
            account,
            times.read("from", since) if since else None,
            times.read("to", until) if until else None,
            cursor,
            limit,
        )
    if as_json:
        print_json(shapes.account_page(page))
        return
    show(holdings_screen.account_page(page, times), screen(), plain=plain)
    if page.next_cursor:
        typer.echo(f"There are more: go on with --cursor {page.next_cursor}", err=True)


def _checked(backstage: Backstage) -> Verdict:
    """The books by themselves."""
    with backstage.reading() as desk:
        return desk.linguapay.check_books()


def _compared(backstage: Backstage) -> Verdict:
    """The books, compared with Stripe; or, loudly, with the sandbox that plays it."""
    from linguapay_cli.screen import warn  # noqa: PLC0415 - imported where it is used

    with backstage.desk() as desk:
        if desk.stripe is not None:
            warn("No STRIPE_SECRET_KEY is set: the sandbox plays Stripe, and no real money moves.")
        return desk.linguapay.verify_books()
