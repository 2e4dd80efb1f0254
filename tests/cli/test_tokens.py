"""`linguapay tokens issue`: tokens for development, signed as the host platform signs them."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest

from tests.cli.terminal import run_here

SECRET = "a secret of the host platform's, of 32 bytes or more"


def claims(token: str) -> dict[str, object]:
    """What a token says; fails if the secret didn't sign it."""
    return dict(jwt.decode(token, SECRET, algorithms=["HS256"], audience="linguapay", issuer="linguapay"))


def test_a_token_names_the_person_the_roles_and_its_end(tmp_path: Path) -> None:
    arguments = ("tokens", "issue", "--role", "student", "--role", "teacher", "--person", "ben", "--hours", "1")
    ended = run_here(tmp_path, *arguments, LINGUAPAY_JWT_SECRET=SECRET)
    told = claims(ended.out.strip())
    assert (ended.code, ended.err) == (0, "")
    assert (told["sub"], told["roles"]) == ("ben", ["student", "teacher"])


def test_for_programs_it_is_json(tmp_path: Path) -> None:
    arguments = ("tokens", "issue", "--role", "admin", "--person", "carl", "--json")
    told = json.loads(run_here(tmp_path, *arguments, LINGUAPAY_JWT_SECRET=SECRET).out)
    assert claims(told.pop("token"))["sub"] == "carl"
    assert told == {"person": "carl", "roles": ["admin"]}


def test_with_the_sandbox_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    for person in ("ben", "eve"):
        assert run_here(tmp_path, "tokens", "issue", "--role", "student", "--person", person).code == 0
    (file,) = tmp_path.iterdir()
    assert file.name == "linguapay.tokens"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "said"),
    [
        (("--role", "student", "--person", "b en"), {}, 2, "person"),
        (("--role", "stripe", "--person", "ben"), {}, 2, "stripe"),
        (("--role", "student", "--person", "ben", "--hours", "0"), {}, 2, "hours"),
        (
            ("--role", "student", "--person", "ben"),
            {"LINGUAPAY_JWT_JWKS_URL": "https://host.example/keys"},
            3,
            "Ask the host platform",
        ),
    ],
)
def test_what_can_be_no_token_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str], code: int, said: str
) -> None:
    ended = run_here(tmp_path, "tokens", "issue", *arguments, **variables)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
