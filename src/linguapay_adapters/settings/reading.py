"""Reading the variables: from the environment, from ``.env``, and from files of secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from pydantic import SecretStr, ValidationError

from linguapay_adapters.settings.settings import Settings
from linguapay_adapters.settings.variables import DATABASE_URL, PASSWORD, PUBLIC_KEY
from linguapay_core.domain.errors import Invalid, Refused

OURS: Final = "LINGUAPAY_"
ENV_FILE: Final = Path(".env")
OTHERS: Final = 0o077
"""The permissions of everybody but a file's owner."""

KNOWN: Final = frozenset(str(field.alias) for field in Settings.model_fields.values())
"""The variables that are read."""

SECRET: Final = frozenset(str(field.alias) for field in Settings.model_fields.values() if field.annotation is SecretStr)
"""Those that hold a secret."""

IN_FILES: Final = {f"{variable}_FILE": variable for variable in sorted(SECRET | {PUBLIC_KEY})}
"""What may stand in a file of its own: secrets, and a key in PEM, which has many lines."""


def read_settings() -> Settings:
    """What the environment, ``.env`` and the files of secrets say.

    Raises ``Invalid``, naming the first variable that isn't what it must be or that nobody knows, and ``Refused`` for a
    file whose secret others may read. What a variable was set to is never told: it may be a secret.
    """
    from_file = in_env_file()
    variables = from_file | {name.upper(): value for name, value in os.environ.items()}
    _refuse_unknown(variables)
    if any(_holds_secret(name, value) for name, value in from_file.items()):
        _refuse_readable(ENV_FILE)
    try:
        return Settings.model_validate(
            {name: variables[name] for name in KNOWN & variables.keys()} | _from_files(variables)
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        variable = ".".join(map(str, first["loc"])) or "settings"
        raise Invalid(variable, first["msg"].removeprefix("Value error, ")) from None


def in_env_file() -> dict[str, str]:
    """What stands in the file, with values of the file and of the environment put in for ``${NAME}``."""
    if not ENV_FILE.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - imported where it is used

    return {name.upper(): value for name, value in dotenv_values(ENV_FILE).items() if value is not None}


def _refuse_unknown(variables: Iterable[str]) -> None:
    """A variable of ours that nobody reads was meant to do something."""
    known = KNOWN | IN_FILES.keys()
    for name in sorted(variables):
        if name.startswith(OURS) and name not in known:
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0)
            raise Invalid(name, f"there is no such setting; the nearest is {nearest[0]}.")


def _holds_secret(variable: str, value: str) -> bool:
    """Whether it is a secret; the URL of a database is one where it has a password."""
    if variable == DATABASE_URL:
        return bool(PASSWORD.search(value))
    return variable in SECRET and bool(value)


def _from_files(variables: Mapping[str, str]) -> dict[str, str]:
    """What stands in files of its own."""
    found: dict[str, str] = {}
    for naming, variable in IN_FILES.items():
        file = variables.get(naming)
        if not file:
            continue
        if variables.get(variable):
            raise Invalid(naming, f"{variable} is set beside it; keep one.")
        if variable in SECRET:
            _refuse_readable(Path(file))
        found[variable] = _content(Path(file), naming)
    return found


def _content(file: Path, naming: str) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(naming, f"{file} can't be read as text.") from error


def _refuse_readable(file: Path) -> None:
    """A secret is for its owner alone. What isn't there is missed by whoever reads it."""
    if file.exists() and file.stat().st_mode & OTHERS:
        raise Refused(
            "readable_secret", f"{file} holds a secret, and others may read it.", way_out=f"Run `chmod 600 {file}`."
        )
