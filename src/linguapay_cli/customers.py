"""``linguapay customers``: what is known about a person, how it is given to them, and how it is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from linguapay_cli import options
from linguapay_cli.acts import DryRun, Yes
from linguapay_cli.backstage import backstage_of
from linguapay_cli.confirming import confirm
from linguapay_cli.files import STANDARD_OUTPUT
from linguapay_cli.lists import add_list
from linguapay_cli.tables import print_json
from linguapay_core.domain.people import Customer

if TYPE_CHECKING:
    from linguapay_cli.backstage import Desk
    from linguapay_core.domain.person_file import PersonFile

SHOWN: Final = 20
"""So many lessons are shown unless more are asked for."""

MANY: Final = 100_000

app = typer.Typer(name="customers", help="People: what is known about them.", no_args_is_help=True)

Person = Annotated[
    str, typer.Argument(metavar="PERSON", help="A student or a teacher: the host platform's identifier.")
]


@app.callback()
def customers() -> None:
    """People: what is known about them."""


add_list(app, Customer)


@app.command()
def show(
    context: typer.Context,
    person: Person,
    *,
    lessons: Annotated[
        int,
        typer.Option(min=0, max=MANY, help="How many lessons at most, the latest first.", rich_help_panel=options.LOOK),
    ] = SHOWN,
    as_json: options.AsJson = False,
    plain: options.Plain = False,
    utc: options.Utc = False,
) -> None:
    """Show everything about a person: who they are, their lessons and money, what they wrote, and what is open.

    With --json all of it, whatever --lessons says.
    """
    from linguapay_cli import customers_screen, person_shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli import screen as screens  # noqa: PLC0415
    from linguapay_cli.when import Times  # noqa: PLC0415

    with backstage_of(context).desk() as desk:
        told = _gathered(desk, person)
    if as_json:
        print_json({**person_shapes.copy(told), "waits_for": person_shapes.obstacles(told.waits_for)})
    else:
        shown = customers_screen.person(told, Times(in_utc=utc), most=lessons)
        screens.show(shown, screens.screen(), plain=plain)


@app.command()
def export(
    context: typer.Context,
    person: Person,
    *,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to: a file, or standard output for JSON.")
    ] = STANDARD_OUTPUT,
    as_zip: Annotated[bool, typer.Option("--zip", help="As tables (CSV) in a zip file, instead of JSON.")] = False,
) -> None:
    """Give a person all that is known about them: complete, readable, and without what is personal about others.

    What is left out, and why, stands in it.
    """
    from linguapay_cli.files import check_out, written  # noqa: PLC0415 - imported where it is used

    check_out(out, is_text=not as_zip)
    with backstage_of(context).desk() as desk:
        told = _gathered(desk, person)
    with written(out) as file:
        file.write(_zipped(told) if as_zip else _document(told))


def _gathered(desk: Desk, person: str) -> PersonFile:
    told = desk.linguapay.gather_person(person)
    if told.is_empty:
        typer.echo(f"Nothing is known about {told.id}. Is the name right?", err=True)
    return told


def _document(told: PersonFile) -> bytes:
    import json  # noqa: PLC0415 - imported where it is used

    from linguapay_cli import person_shapes  # noqa: PLC0415

    return f"{json.dumps(person_shapes.copy(told), indent=2, ensure_ascii=False)}\n".encode()


def _zipped(told: PersonFile) -> bytes:
    import io  # noqa: PLC0415 - imported where it is used
    import zipfile  # noqa: PLC0415

    from linguapay_cli import person_shapes  # noqa: PLC0415

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in person_shapes.sheets(told):
            archive.writestr(name, text)
        archive.writestr("left_out.txt", f"{person_shapes.LEFT_OUT}\n")
    return packed.getvalue()


@app.command()
def erase(
    context: typer.Context,
    person: Person,
    *,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: options.AsJson = False,
    plain: options.Plain = False,
) -> None:
    """Forget a person: name, address, saved cards, and whatever they wrote. The books stay whole.

    While money is open it waits, says for what, and the worker does it when the last of it is settled. From then on the
    person can't book or be booked. Giving the command again says how it stands.
    """
    from linguapay_cli import customers_screen, person_shapes  # noqa: PLC0415 - imported where it is used
    from linguapay_cli import screen as screens  # noqa: PLC0415
    from linguapay_cli.login import acting_admin  # noqa: PLC0415

    with backstage_of(context).desk() as desk:
        admin_id = acting_admin(desk.linguapay)
        told = _gathered(desk, person)
        if not as_json:
            screens.show(customers_screen.plan(told), screens.screen(), plain=plain)
        if dry_run:
            if as_json:
                print_json(person_shapes.plan(told))
            return
        if not yes:
            confirm(f"Forget {person}? This can't be taken back.")
        erasing = desk.linguapay.erase_person(person, admin_id)
    if as_json:
        print_json(person_shapes.outcome(erasing))
    else:
        typer.echo(customers_screen.outcome(erasing))
