"""``linguapay statements``: what teachers get for their months."""

from __future__ import annotations

from typing import Annotated

import typer

from linguapay_cli import papers
from linguapay_cli.backstage import backstage_of
from linguapay_cli.files import STANDARD_OUTPUT

app = typer.Typer(name="statements", help="Teachers' statements.", no_args_is_help=True)


@app.callback()
def statements() -> None:
    """Teachers' statements."""


@app.command()
def show(
    context: typer.Context,
    teacher_id: Annotated[str, typer.Argument(metavar="TEACHER", help="The teacher, as the host platform names them.")],
    *,
    month: Annotated[str, typer.Option(metavar="MONTH", help="A month that is over: 2026-03.")],
    form: papers.FormatOption = papers.Format.HTML,
    out: papers.OutOption = STANDARD_OUTPUT,
) -> None:
    """Draw a teacher's statement of a month: what was earned, what went back, what was sent, and what is left.

    It is drawn from the books. Statements are numbered by the month, from the teacher's first one on, without gaps.
    """
    papers.check(form, out)
    backstage = backstage_of(context)
    with backstage.desk() as desk:
        statement = desk.linguapay.show_statement(teacher_id, month)
    papers.put(backstage.draw(statement, form), out)
