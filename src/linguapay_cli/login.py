"""``linguapay login``: saying who sits at the desk, with a token of the host platform."""

from __future__ import annotations

import os
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from linguapay_cli.backstage import backstage_of
from linguapay_cli.options import AsJson
from linguapay_cli.tables import print_json
from linguapay_core.domain.errors import Invalid, NotAllowed, Refused, Unauthenticated
from linguapay_core.domain.machine import Role

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay
    from linguapay_core.domain.principal import Principal

FIRST_ADMIN: Final = "admin"
"""Who the sandbox's first admin is, unless somebody is named."""
LIVES: Final = timedelta(hours=8)
LONGEST_TOKEN: Final = 8192
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def login(
    context: typer.Context,
    *,
    token_file: Annotated[
        Path | None, typer.Option(help="The file that has the token; - is the standard input.", allow_dash=True)
    ] = None,
    person: Annotated[str, typer.Option(help="With the sandbox: who the admin is.")] = "",
    as_json: AsJson = False,
) -> None:
    """Log in with a bearer token of the host platform, so that commands may act and say for whom.

    Without a file the token is asked for, and not shown. With the sandbox none is needed: a first admin is made. The
    token is kept for you alone, and checked at each command as the API checks it.
    """
    stage = backstage_of(context)
    made = token_file is None and stage.plays_stripe()
    if person and not made:
        raise Invalid("person", "who you are stands in your token: only with the sandbox an admin can be made.")
    token = stage.issue_token(person or FIRST_ADMIN, frozenset({Role.ADMIN}), LIVES) if made else _read(token_file)
    with stage.desk() as desk:
        principal = _admin(desk.linguapay, token)
    _keep(token)
    if as_json:
        print_json({"person": principal.person, "made": made})
        return
    if made:
        hours = LIVES // timedelta(hours=1)
        typer.echo(f"The sandbox plays Stripe: an admin, {principal.person}, was made for you, for {hours} hours.")
    typer.echo(f"You are {principal.person}, and may act as an admin.")


def logout() -> None:
    """Forget who sits at the desk."""
    path = _path()
    known = path.exists()
    path.unlink(missing_ok=True)
    typer.echo("You are logged out." if known else "Nobody was logged in.")


def whoami(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Say who sits at the desk, and as what. Ends with 7 if nobody does."""
    with backstage_of(context).desk() as desk:
        principal = desk.linguapay.identify(_kept())
    roles = sorted(principal.roles)
    if as_json:
        print_json({"person": principal.person, "roles": roles})
    else:
        typer.echo(f"You are {principal.person}: {', '.join(roles)}.")


def acting_admin(linguapay: LinguaPay) -> str:
    """The admin for whom a command acts.

    Raises ``Unauthenticated`` where nobody is logged in or the token isn't believed any more, and ``NotAllowed`` for
    somebody who is no admin.
    """
    return _admin(linguapay, _kept()).person


def _admin(linguapay: LinguaPay, token: str) -> Principal:
    try:
        principal = linguapay.identify(token)
    except Unauthenticated as error:
        raise Unauthenticated(f"{error} Log in with `linguapay login`.") from error
    if Role.ADMIN not in principal.roles:
        raise NotAllowed(f"Commands that act are for admins, and {principal.person} is none.")
    return principal


def _read(token_file: Path | None) -> str:
    """The token from a file, from the standard input, or from a person who types it."""
    if token_file is None and sys.stdin.isatty():
        text: str = typer.prompt("Token", hide_input=True, err=True)
    elif token_file is None or str(token_file) == "-":
        text = sys.stdin.read(LONGEST_TOKEN)
    else:
        try:
            text = token_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid("token_file", f"{token_file} can't be read as text.") from error
    token = text.strip()
    if not token or len(token) >= LONGEST_TOKEN or not token.isascii():
        raise Invalid("token", "a token is one line of ASCII letters: the host platform gives you one.")
    return token


def _path() -> Path:
    return Path(typer.get_app_dir("linguapay")) / "token"


def _keep(token: str) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with open(path, "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(token)


def _kept() -> str:
    path = _path()
    if not path.exists():
        raise Unauthenticated("Nobody is logged in. Log in with `linguapay login`.")
    if os.name == "posix" and path.stat().st_mode & OTHERS:
        raise Refused(
            "token_is_open", f"Others may read {path}, which says who you are.", way_out=f"Try: chmod 600 '{path}'."
        )
    return path.read_text(encoding="ascii")
