"""What may be set, what refuses to start, and that no secret is ever shown."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from linguapay_adapters.settings import IN_FILES, KNOWN, Settings, read_settings
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.house import Mode

LIVE_KEY, TEST_KEY = "sk_live_4eC39HqLyjWD", "sk_test_4eC39HqLyjWD"
LIVE_PUBLISHABLE, TEST_PUBLISHABLE = "pk_live_TYooMQauvdED", "pk_test_TYooMQauvdED"
SIGNING = "whsec_QeRtYuIoP"
PASSWORD = "hunter2"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine's and no file of the folder's."""
    for name in [*KNOWN, *IN_FILES, *os.environ]:
        if name in KNOWN or name.startswith(("LINGUAPAY_", "STRIPE_")):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def set_to(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Set variables of the environment."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_with_nothing_set_the_sandbox_plays_stripe() -> None:
    settings = read_settings()
    assert (settings.uses_sandbox, settings.live, settings.webhook_secrets) == (True, False, ())
    (fee,) = settings.policies.fees
    assert (fee.currency.code, fee.rate_bps, fee.minimum_minor) == ("USD", 500, 100)


def test_variables_are_read_from_a_file_and_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("PAYMENT_CURRENCY=eur\nMINIMUM_PLATFORM_FEE_CENTS=50\nUNKNOWN=1\n")
    set_to(monkeypatch, MINIMUM_PLATFORM_FEE_CENTS="70")
    settings = read_settings()
    assert (settings.payment_currency, settings.currency.code) == ("EUR", "EUR")
    assert settings.minimum_platform_fee_cents == 70


@pytest.mark.parametrize(("said", "rate_bps"), [("0", 0), ("0.0525", 525), ("0.9999", 9999), (".1", 1000)])
def test_a_fee_is_exact_to_four_decimals(monkeypatch: pytest.MonkeyPatch, said: str, rate_bps: int) -> None:
    set_to(monkeypatch, PLATFORM_FEE_PERCENTAGE=said)
    settings = read_settings()
    assert settings.platform_fee_percentage == Decimal(said)
    assert settings.policies.fees[0].rate_bps == rate_bps


@pytest.mark.parametrize(
    ("secret", "publishable", "live"),
    [
        (TEST_KEY, TEST_PUBLISHABLE, False),
        (LIVE_KEY, LIVE_PUBLISHABLE, True),
        ("rk_live_123", LIVE_PUBLISHABLE, True),
    ],
)
def test_keys_of_one_mode_are_taken(monkeypatch: pytest.MonkeyPatch, secret: str, publishable: str, live: bool) -> None:
    set_to(
        monkeypatch,
        STRIPE_SECRET_KEY=secret,
        STRIPE_PUBLISHABLE_KEY=publishable,
        STRIPE_WEBHOOK_SECRET=f" {SIGNING} , whsec_new,",
    )
    settings = read_settings()
    assert (settings.uses_sandbox, settings.live) == (False, live)
    assert settings.webhook_secrets == (SIGNING, "whsec_new")


@pytest.mark.parametrize(
    ("variables", "named", "reason"),
    [
        (
            {
                "STRIPE_SECRET_KEY": LIVE_KEY,
                "STRIPE_PUBLISHABLE_KEY": TEST_PUBLISHABLE,
                "STRIPE_WEBHOOK_SECRET": SIGNING,
            },
            "settings",
            "different modes",
        ),
        (
            {
                "STRIPE_SECRET_KEY": TEST_KEY,
                "STRIPE_PUBLISHABLE_KEY": LIVE_PUBLISHABLE,
                "STRIPE_WEBHOOK_SECRET": SIGNING,
            },
            "settings",
            "different modes",
        ),
        ({"STRIPE_SECRET_KEY": TEST_KEY}, "settings", "STRIPE_WEBHOOK_SECRET is missing"),
        ({"STRIPE_SECRET_KEY": LIVE_KEY, "STRIPE_WEBHOOK_SECRET": " , "}, "settings", "STRIPE_WEBHOOK_SECRET"),
        (
            {"STRIPE_SECRET_KEY": TEST_KEY, "STRIPE_WEBHOOK_SECRET": SIGNING},
            "settings",
            "STRIPE_PUBLISHABLE_KEY is missing",
        ),
        ({"LINGUAPAY_HTTP_TRUSTED_PROXIES": "*"}, "LINGUAPAY_HTTP_TRUSTED_PROXIES", "a proxy is an address"),
        ({"LINGUAPAY_HTTP_TRUSTED_PROXIES": "10.0.0.1/8"}, "LINGUAPAY_HTTP_TRUSTED_PROXIES", "a proxy is an address"),
        ({"PLATFORM_FEE_PERCENTAGE": "1"}, "PLATFORM_FEE_PERCENTAGE", "less than 1"),
        ({"PLATFORM_FEE_PERCENTAGE": "5"}, "PLATFORM_FEE_PERCENTAGE", "less than 1"),
        ({"PLATFORM_FEE_PERCENTAGE": "-0.01"}, "PLATFORM_FEE_PERCENTAGE", "greater than or equal to 0"),
        ({"PLATFORM_FEE_PERCENTAGE": "0.00001"}, "PLATFORM_FEE_PERCENTAGE", "four decimals"),
        ({"PLATFORM_FEE_PERCENTAGE": "NaN"}, "PLATFORM_FEE_PERCENTAGE", "finite number"),
        ({"PLATFORM_FEE_PERCENTAGE": "much"}, "PLATFORM_FEE_PERCENTAGE", "valid decimal"),
        ({"MINIMUM_PLATFORM_FEE_CENTS": "-1"}, "MINIMUM_PLATFORM_FEE_CENTS", "greater than or equal to 0"),
        ({"MINIMUM_PLATFORM_FEE_CENTS": "1.5"}, "MINIMUM_PLATFORM_FEE_CENTS", "valid integer"),
        ({"PAYMENT_CURRENCY": "XYZ"}, "PAYMENT_CURRENCY", "not a currency we know"),
        ({"LINGUAPAY_DATABASE_URL": "mysql://host/name"}, "LINGUAPAY_DATABASE_URL", "a database is"),
        ({"LINGUAPAY_DATABASE_URL": "sqlite://"}, "LINGUAPAY_DATABASE_URL", "a database is"),
    ],
    ids=lambda value: "-".join(f"{name}={said}" for name, said in value.items()) if isinstance(value, dict) else "",
)
def test_what_cant_be_meant_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str, reason: str
) -> None:
    set_to(monkeypatch, **variables)
    with pytest.raises(Invalid) as invalid:
        read_settings()
    assert invalid.value.field == named
    assert reason in invalid.value.reason
    for secret in (LIVE_KEY, TEST_KEY, SIGNING):
        assert secret not in str(invalid.value)


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to(
        monkeypatch,
        STRIPE_SECRET_KEY=TEST_KEY,
        STRIPE_PUBLISHABLE_KEY=TEST_PUBLISHABLE,
        STRIPE_WEBHOOK_SECRET=SIGNING,
        LINGUAPAY_DATABASE_URL=f"postgresql://linguapay:{PASSWORD}@db.example/linguapay",
    )
    settings = read_settings()
    shown = (
        repr(settings),
        str(settings),
        settings.model_dump_json(),
        json.dumps(settings.model_dump(mode="json")),
        repr(settings.model_dump()),
    )
    for text in shown:
        for secret in (TEST_KEY, SIGNING, PASSWORD):
            assert secret not in text


@pytest.mark.parametrize(
    ("variables", "secret"),
    [
        ({"STRIPE_SECRET_KEY": LIVE_KEY}, LIVE_KEY[:6]),
        ({"LINGUAPAY_DATABASE_URL": f"mysql://me:{PASSWORD}@db.example/x"}, PASSWORD),
    ],
    ids=["key", "password"],
)
def test_not_even_the_error_shows_a_secret(variables: dict[str, str], secret: str) -> None:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate(variables)
    assert secret not in str(error.value) + repr(error.value)


def test_settings_dont_change_while_they_are_used() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.payment_currency = "EUR"  # type: ignore[misc]


def test_every_variable_says_what_it_means() -> None:
    for name, field in Settings.model_fields.items():
        assert field.alias, name
        assert field.description, name
        assert field.description.endswith("."), name


def secret_file(path: Path, text: str, mode: int = 0o600) -> Path:
    """A file with these permissions."""
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("secret", "publishable", "mode"),
    [
        ("", "", Mode.SANDBOX),
        (TEST_KEY, TEST_PUBLISHABLE, Mode.TEST),
        (LIVE_KEY, LIVE_PUBLISHABLE, Mode.LIVE),
    ],
)
def test_the_key_says_the_mode(monkeypatch: pytest.MonkeyPatch, secret: str, publishable: str, mode: Mode) -> None:
    set_to(
        monkeypatch,
        STRIPE_SECRET_KEY=secret,
        STRIPE_PUBLISHABLE_KEY=publishable,
        STRIPE_WEBHOOK_SECRET=SIGNING,
    )
    assert read_settings().mode is mode


def test_how_a_worker_works_is_set_in_seconds_and_days(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert (settings.worker_interval, settings.worker_heartbeat_limit, settings.keys_kept) == (
        timedelta(seconds=1),
        timedelta(seconds=30),
        timedelta(days=30),
    )
    set_to(
        monkeypatch,
        LINGUAPAY_WORKER_INTERVAL_SECONDS="0.25",
        LINGUAPAY_WORKER_HEARTBEAT_LIMIT_SECONDS="60",
        LINGUAPAY_IDEMPOTENCY_KEYS_KEPT_DAYS="7",
    )
    settings = read_settings()
    assert (settings.worker_interval, settings.worker_heartbeat_limit, settings.keys_kept) == (
        timedelta(milliseconds=250),
        timedelta(minutes=1),
        timedelta(days=7),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("LINGUAPAY_DATABASE_URI", "LINGUAPAY_DATABASE_URL"),
        ("LINGUAPAY_WORKER_INTERVAL", "LINGUAPAY_WORKER_INTERVAL_SECONDS"),
        ("LINGUAPAY_DATABASE_FILE", "LINGUAPAY_DATABASE_URL_FILE"),
    ],
)
@pytest.mark.parametrize("place", ["environment", "file"])
def test_an_unknown_setting_refuses_to_start_and_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, written: str, meant: str
) -> None:
    if place == "environment":
        set_to(monkeypatch, **{written: "x"})
    else:
        secret_file(tmp_path / ".env", f"{written}=x\n", 0o644)
    with pytest.raises(Invalid, match=f"the nearest is {meant}\\.") as invalid:
        read_settings()
    assert invalid.value.field == written


def test_secrets_may_stand_in_files_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, signing = secret_file(tmp_path / "key", f"{TEST_KEY}\n"), secret_file(tmp_path / "signing", SIGNING, 0o400)
    set_to(
        monkeypatch,
        STRIPE_SECRET_KEY_FILE=str(key),
        STRIPE_PUBLISHABLE_KEY=TEST_PUBLISHABLE,
        STRIPE_WEBHOOK_SECRET_FILE=str(signing),
    )
    settings = read_settings()
    assert settings.stripe_secret_key.get_secret_value() == TEST_KEY
    assert settings.webhook_secrets == (SIGNING,)


def test_a_public_key_may_stand_in_a_file_that_everybody_may_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_to(monkeypatch, LINGUAPAY_JWT_PUBLIC_KEY_FILE=str(secret_file(tmp_path / "key.pem", "in\nPEM\n", 0o644)))
    assert read_settings().jwt_public_key == "in\nPEM"


def test_proxies_are_trusted_by_address_and_by_network(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().trusted_proxies == []
    set_to(monkeypatch, LINGUAPAY_HTTP_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8,fd00::/8")
    assert read_settings().trusted_proxies == ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]


def test_every_secret_has_a_file() -> None:
    assert {"STRIPE_SECRET_KEY_FILE", "STRIPE_WEBHOOK_SECRET_FILE", "LINGUAPAY_DATABASE_URL_FILE"} <= IN_FILES.keys()


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o620, 0o601], ids=oct)
def test_a_secret_that_others_may_read_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    key = secret_file(tmp_path / "key", TEST_KEY, mode)
    set_to(monkeypatch, STRIPE_SECRET_KEY_FILE=str(key), STRIPE_WEBHOOK_SECRET=SIGNING)
    with pytest.raises(Refused) as refused:
        read_settings()
    assert refused.value.rule == "readable_secret"
    assert refused.value.way_out == f"Run `chmod 600 {key}`."
    assert TEST_KEY not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"STRIPE_SECRET_KEY={TEST_KEY}", True),
        ("STRIPE_SECRET_KEY=", False),
        ("PAYMENT_CURRENCY=EUR", False),
        ("LINGUAPAY_DATABASE_URL=sqlite:///lessons.db", False),
        ("LINGUAPAY_DATABASE_URL=postgresql://me@db.example/lessons", False),
        (f"LINGUAPAY_DATABASE_URL=postgresql://me:{PASSWORD}@db.example/lessons", True),
        (f"LINGUAPAY_DATABASE_URL=postgresql://me:a/{PASSWORD}@db.example/lessons", True),
        (f"LINGUAPAY_DATABASE_URL=postgresql://me@db.example/lessons?password={PASSWORD}", True),
    ],
)
def test_an_env_file_that_others_may_read_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, secret: bool
) -> None:
    set_to(monkeypatch, STRIPE_WEBHOOK_SECRET=SIGNING, STRIPE_PUBLISHABLE_KEY=TEST_PUBLISHABLE)
    file = secret_file(tmp_path / ".env", f"{line}\n", 0o644)
    if secret:
        with pytest.raises(Refused, match="chmod 600") as refused:
            read_settings()
        assert refused.value.rule == "readable_secret"
        file.chmod(0o600)
    read_settings()


@pytest.mark.parametrize(("content", "reason"), [(None, "can't be read"), (b"\xff\xfe", "can't be read")])
def test_a_file_of_a_secret_that_isnt_text_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        secret_file(file, "").write_bytes(content)
    set_to(monkeypatch, STRIPE_SECRET_KEY_FILE=str(file))
    with pytest.raises(Invalid, match=reason) as invalid:
        read_settings()
    assert invalid.value.field == "STRIPE_SECRET_KEY_FILE"


def test_a_secret_and_a_file_of_it_exclude_each_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_to(
        monkeypatch,
        STRIPE_SECRET_KEY=TEST_KEY,
        STRIPE_SECRET_KEY_FILE=str(secret_file(tmp_path / "key", LIVE_KEY)),
        STRIPE_WEBHOOK_SECRET=SIGNING,
    )
    with pytest.raises(Invalid, match="STRIPE_SECRET_KEY is set beside it") as invalid:
        read_settings()
    assert invalid.value.field == "STRIPE_SECRET_KEY_FILE"
    assert LIVE_KEY not in str(invalid.value)
