"""Telling what is set, and where: for whoever wonders why LinguaPay does what it does. No secret is told."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from linguapay_adapters.settings.reading import ENV_FILE, IN_FILES, in_env_file, read_settings
from linguapay_adapters.settings.settings import Settings
from linguapay_adapters.settings.variables import DATABASE_URL, PASSWORD

MASK: Final = "***"
DEFAULT: Final = "default"
ENVIRONMENT: Final = "environment"


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable: its value, with secrets masked; where that stands (``environment``, a file, ``default``)."""

    variable: str
    value: str
    origin: str
    default: str
    meaning: str


def tell_settings() -> Sequence[Setting]:
    """Every variable as it is read now. Raises as ``read_settings``."""
    settings = read_settings()
    origins = _origins()
    return tuple(
        Setting(
            str(field.alias),
            _shown(str(field.alias), getattr(settings, name)),
            origins.get(str(field.alias), DEFAULT),
            _shown(str(field.alias), field.default),
            str(field.description),
        )
        for name, field in Settings.model_fields.items()
    )


def _origins() -> Mapping[str, str]:
    """Where each variable stands that stands somewhere: the environment comes before ``.env``."""
    places = dict.fromkeys(in_env_file(), str(ENV_FILE)) | dict.fromkeys(map(str.upper, os.environ), ENVIRONMENT)
    named = {variable: f"{naming} ({places[naming]})" for naming, variable in IN_FILES.items() if naming in places}
    return places | named


def _shown(variable: str, value: object) -> str:
    if not isinstance(value, SecretStr):
        return " ".join(str(value).split())
    secret = value.get_secret_value()
    if variable == DATABASE_URL:
        return PASSWORD.sub(rf"\1\2{MASK}", secret)
    return MASK if secret else ""
