"""Every variable that LinguaPay reads: its type, its default, its meaning.

Also from ``.env``; secrets are never shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.house import Mode
from linguapay_core.domain.money import BASIS_POINTS, Currency, currency_named
from linguapay_core.domain.policies import FeePolicy, Policies

LIVE: Final = "_live_"
OURS: Final = "LINGUAPAY_"
DATABASE_URL: Final = "LINGUAPAY_DATABASE_URL"
PUBLIC_KEY: Final = "LINGUAPAY_JWT_PUBLIC_KEY"
ENV_FILE: Final = Path(".env")
OTHERS: Final = 0o077
"""The permissions of everybody but a file's owner."""

SHORTEST_SECRET: Final = 32
"""As many bytes as HS256's hash has (RFC 7518, section 3.2)."""
_PASSWORD: Final = re.compile(r"//[^/@]*:[^/]*@")
_DATABASE: Final = re.compile(r"sqlite:///.|postgresql(\+psycopg)?://")


class Settings(BaseSettings):
    """What is set, and what a variable that isn't set means."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, extra="ignore", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )

    stripe_secret_key: SecretStr = Field(
        default=SecretStr(""),
        alias="STRIPE_SECRET_KEY",
        description="Stripe's secret key. Without one the sandbox is used: no account is needed, and no money moves.",
    )
    stripe_publishable_key: str = Field(
        default="", alias="STRIPE_PUBLISHABLE_KEY", description="Stripe's publishable key, which browsers are given."
    )
    stripe_webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        alias="STRIPE_WEBHOOK_SECRET",
        description="The webhook endpoint's signing secret; several, separated by commas, while rotating.",
    )
    payment_currency: str = Field(
        default="USD", alias="PAYMENT_CURRENCY", description="The currency of gigs that name none (ISO 4217)."
    )
    platform_fee_percentage: Decimal = Field(
        default=Decimal("0.05"),
        alias="PLATFORM_FEE_PERCENTAGE",
        ge=0,
        lt=1,
        description="The platform's fee as a part of the price: 0.05 is 5 %. At most four decimals, below 1.",
    )
    minimum_platform_fee_cents: int = Field(
        default=100, alias="MINIMUM_PLATFORM_FEE_CENTS", ge=0, description="The least fee, in minor units."
    )
    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///linguapay.db"),
        alias=DATABASE_URL,
        description="Where everything is kept: an SQLite file (sqlite:///name.db) or PostgreSQL (postgresql://…).",
    )

    jwt_secret: SecretStr = Field(
        default=SecretStr(""),
        alias="LINGUAPAY_JWT_SECRET",
        description="The secret under which the host platform signs tokens (HS256): 32 bytes or more.",
    )
    jwt_public_key: str = Field(
        default="",
        alias=PUBLIC_KEY,
        description="Instead of a secret: the host platform's public key in PEM (RS256 or ES256).",
    )
    jwt_jwks_url: str = Field(
        default="",
        alias="LINGUAPAY_JWT_JWKS_URL",
        description="Instead of a secret: where the host platform publishes its keys over HTTPS (a JSON Web Key Set).",
    )
    jwt_issuer: str = Field(
        default="linguapay",
        alias="LINGUAPAY_JWT_ISSUER",
        min_length=1,
        description="Who must have issued a token (`iss`).",
    )
    jwt_audience: str = Field(
        default="linguapay",
        alias="LINGUAPAY_JWT_AUDIENCE",
        min_length=1,
        description="For whom a token must be (`aud`).",
    )

    http_threads: int = Field(
        default=128, alias="LINGUAPAY_HTTP_THREADS", ge=4, le=1000, description="How many requests run at once."
    )
    http_stripe_calls: int = Field(
        default=100,
        alias="LINGUAPAY_HTTP_STRIPE_CALLS",
        ge=1,
        le=999,
        description="How many of them may wait for Stripe: fewer, so that a slow Stripe never stops the others.",
    )
    http_head_seconds: int = Field(
        default=10,
        alias="LINGUAPAY_HTTP_HEAD_SECONDS",
        ge=1,
        le=600,
        description="How long a connection may be open without a whole request head: a slow or a silent one is closed.",
    )
    http_body_bytes: int = Field(
        default=65_536, alias="LINGUAPAY_HTTP_BODY_BYTES", ge=1024, description="The largest body that is read."
    )
    http_body_seconds: int = Field(
        default=10, alias="LINGUAPAY_HTTP_BODY_SECONDS", ge=1, description="How long a body may take to arrive."
    )
    http_requests_per_minute: int = Field(
        default=600,
        alias="LINGUAPAY_HTTP_REQUESTS_PER_MINUTE",
        ge=0,
        description="How many requests a person may make a minute; 0 is without limit.",
    )
    http_requests_per_minute_and_address: int = Field(
        default=3000,
        alias="LINGUAPAY_HTTP_REQUESTS_PER_MINUTE_AND_ADDRESS",
        ge=0,
        description="How many requests may come from one address a minute; 0 is without limit.",
    )
    http_allowed_origins: str = Field(
        default="",
        alias="LINGUAPAY_HTTP_ALLOWED_ORIGINS",
        description="The web sites whose pages may ask us (CORS), separated by commas: https://lessons.example.",
    )
    http_trusted_proxies: str = Field(
        default="",
        alias="LINGUAPAY_HTTP_TRUSTED_PROXIES",
        description="The addresses or networks, separated by commas, whose `X-Forwarded-For` is believed: 10.0.0.0/8. "
        "Behind a proxy that isn't named, everybody comes from one address, whose limit they share.",
    )

    log_format: Literal["auto", "json", "text"] = Field(
        default="auto",
        alias="LINGUAPAY_LOG_FORMAT",
        description="How logs are written: `json`, `text`, or `auto`: text on a terminal and JSON everywhere else.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", alias="LINGUAPAY_LOG_LEVEL", description="What is logged: this and worse."
    )
    traces_endpoint: str = Field(
        default="",
        alias="LINGUAPAY_TRACES_ENDPOINT",
        description="Where traces are sent (OTLP over HTTP): http://collector:4318. Needs `linguapay[traces]`.",
    )
    otel_endpoint: str = Field(
        default="",
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="The same, as OpenTelemetry calls it; read where LINGUAPAY_TRACES_ENDPOINT isn't set.",
    )

    worker_inside: bool = Field(
        default=True,
        alias="LINGUAPAY_WORKER_INSIDE",
        description="Whether `serve` works off what is due too; without, run `linguapay worker` beside it.",
    )
    worker_interval_seconds: Decimal = Field(
        default=Decimal(1),
        alias="LINGUAPAY_WORKER_INTERVAL_SECONDS",
        ge=Decimal("0.05"),
        le=60,
        description="How long a worker waits after a round that found nothing to do.",
    )
    worker_heartbeat_limit_seconds: int = Field(
        default=30,
        alias="LINGUAPAY_WORKER_HEARTBEAT_LIMIT_SECONDS",
        ge=10,
        description="How long no worker may be heard before the service is no longer ready. Workers tell every 5 s.",
    )

    time_zone: str = Field(
        default="UTC",
        alias="LINGUAPAY_TIME_ZONE",
        description="The zone whose days the dashboard counts, by its IANA name: Europe/Paris.",
    )
    idempotency_keys_kept_days: int = Field(
        default=30,
        alias="LINGUAPAY_IDEMPOTENCY_KEYS_KEPT_DAYS",
        ge=1,
        description="How many days a repeated request is answered from its Idempotency-Key.",
    )

    @field_validator("platform_fee_percentage")
    @classmethod
    def _whole_basis_points(cls, value: Decimal) -> Decimal:
        if value * BASIS_POINTS % 1:
            raise ValueError("a fee has at most four decimals, as 0.0525 for 5.25 %")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not _DATABASE.match(value.get_secret_value()):
            raise ValueError("a database is sqlite:///name.db or postgresql://user@host/name")
        return value

    @field_validator("payment_currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        return currency_named(value, field="PAYMENT_CURRENCY").code

    @field_validator("http_trusted_proxies")
    @classmethod
    def _known_proxies(cls, value: str) -> str:
        try:
            for proxy in _parts(value):
                ip_network(proxy)
        except ValueError as error:
            raise ValueError("a proxy is an address or a network, as 10.0.0.7 or 10.0.0.0/8") from error
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        _zone_named(name)
        return name

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        secret, publishable = self.stripe_secret_key.get_secret_value(), self.stripe_publishable_key
        if secret and publishable and (LIVE in secret) != (LIVE in publishable):
            raise ValueError(
                "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes; take both live or both test"
            )
        if secret and not self.webhook_secrets:
            raise ValueError(
                "STRIPE_WEBHOOK_SECRET is missing beside a real STRIPE_SECRET_KEY; copy it from the webhook endpoint"
            )
        if secret and not publishable:
            raise ValueError(
                "STRIPE_PUBLISHABLE_KEY is missing beside a real STRIPE_SECRET_KEY; browsers need it to take cards"
            )
        return self

    @model_validator(mode="after")
    def _tokens_can_be_checked(self) -> Self:
        secret = self.jwt_secret.get_secret_value()
        if sum(map(bool, (secret, self.jwt_public_key, self.jwt_jwks_url))) > 1:
            raise ValueError(
                "LINGUAPAY_JWT_SECRET, LINGUAPAY_JWT_PUBLIC_KEY and LINGUAPAY_JWT_JWKS_URL exclude each other; keep one"
            )
        if secret and len(secret.encode()) < SHORTEST_SECRET:
            raise ValueError(f"LINGUAPAY_JWT_SECRET is shorter than {SHORTEST_SECRET} bytes; take a longer one")
        return self

    @model_validator(mode="after")
    def _stripe_takes_no_thread_from_all(self) -> Self:
        if self.http_stripe_calls >= self.http_threads:
            raise ValueError("LINGUAPAY_HTTP_STRIPE_CALLS must be below LINGUAPAY_HTTP_THREADS; lower it")
        return self

    @property
    def uses_sandbox(self) -> bool:
        """Whether Stripe is played by the sandbox."""
        return not self.stripe_secret_key.get_secret_value()

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return LIVE in self.stripe_secret_key.get_secret_value()

    @property
    def mode(self) -> Mode:
        """Who plays Stripe, and whether money moves."""
        if self.uses_sandbox:
            return Mode.SANDBOX
        return Mode.LIVE if self.live else Mode.TEST

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets, one or several while rotating."""
        return tuple(_parts(self.stripe_webhook_secret.get_secret_value()))

    @property
    def currency(self) -> Currency:
        """The currency of gigs that name none."""
        return currency_named(self.payment_currency)

    @property
    def policies(self) -> Policies:
        """The marketplace's policies, with the fee that is set."""
        rate_bps = int(self.platform_fee_percentage * BASIS_POINTS)
        fee = FeePolicy(self.currency, rate_bps=rate_bps, minimum_minor=self.minimum_platform_fee_cents)
        return Policies(fees=(fee,))

    @property
    def allowed_origins(self) -> list[str]:
        """The web sites whose pages may ask us."""
        return _parts(self.http_allowed_origins)

    @property
    def trusted_proxies(self) -> list[str]:
        """Whose word we take for where a request comes from."""
        return _parts(self.http_trusted_proxies)

    @property
    def traces_to(self) -> str:
        """Where traces are sent, if they are asked for."""
        return self.traces_endpoint or self.otel_endpoint

    @property
    def worker_interval(self) -> timedelta:
        """How long a worker waits after a round that found nothing to do."""
        return timedelta(milliseconds=int(self.worker_interval_seconds * 1000))

    @property
    def worker_heartbeat_limit(self) -> timedelta:
        """How long no worker may be heard."""
        return timedelta(seconds=self.worker_heartbeat_limit_seconds)

    @property
    def zone(self) -> tzinfo:
        """The zone whose days the dashboard counts."""
        return _zone_named(self.time_zone)

    @property
    def keys_kept(self) -> timedelta:
        """How long idempotency keys are remembered."""
        return timedelta(days=self.idempotency_keys_kept_days)


def _parts(said: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in said.split(",") if part.strip()]


def _zone_named(name: str) -> tzinfo:
    """A zone by its IANA name. UTC needs no time zone database."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("there is no time zone of this name; use an IANA name, as Europe/Paris") from error


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
    in_env_file = _env_file()
    variables = in_env_file | {name.upper(): value for name, value in os.environ.items()}
    _refuse_unknown(variables)
    if any(_holds_secret(name, value) for name, value in in_env_file.items()):
        _refuse_readable(ENV_FILE)
    try:
        return Settings(**_from_files(variables))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        variable = ".".join(map(str, first["loc"])) or "settings"
        raise Invalid(variable, first["msg"].removeprefix("Value error, ")) from None


def _env_file() -> dict[str, str]:
    said = DotEnvSettingsSource(Settings).env_vars
    return {name.upper(): value for name, value in said.items() if value is not None}


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
        return bool(_PASSWORD.search(value))
    return variable in SECRET and bool(value)


def _from_files(variables: Mapping[str, str]) -> dict[str, Any]:
    """What stands in files of its own."""
    found: dict[str, Any] = {}
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
