"""Every variable that LinguaPay reads: its type, its default, its meaning. Secrets are never shown."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

DATABASE_URL: Final = "LINGUAPAY_DATABASE_URL"
PUBLIC_KEY: Final = "LINGUAPAY_JWT_PUBLIC_KEY"

PASSWORD: Final = re.compile(r"(//[^:@/]*:).*(?=@)|(password=)[^&]*", re.IGNORECASE)
"""A password in the URL of a database, behind what says that it is one."""


class Variables(BaseModel):
    """What is set, and what a variable that isn't set means."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True, defer_build=True
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
        description="The zone of the marketplace's days, by its IANA name (Europe/Paris): of the dashboard, exports "
        "and statements, and of the closing of the books.",
    )
    idempotency_keys_kept_days: int = Field(
        default=30,
        alias="LINGUAPAY_IDEMPOTENCY_KEYS_KEPT_DAYS",
        ge=1,
        description="How many days a repeated request is answered from its Idempotency-Key.",
    )
