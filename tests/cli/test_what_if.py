"""`linguapay analytics what-if`: the demo's lessons at another price, as a screen and as data."""

from __future__ import annotations

import json

import pytest

from linguapay_core.domain.what_if import LINES
from tests.cli.conftest import Kept
from tests.cli.terminal import recorded

WHAT_IF = ("analytics", "what-if")


def test_another_policy_looks_as_recorded(kept: Kept) -> None:
    ended = kept.run(*WHAT_IF, "--fee", "0.07", "--fee-minimum", "150", "--terms", "none")
    assert ended.out == recorded("what_if", ended.out)
    assert (ended.code, ended.err) == (0, "")


def test_the_present_policy_gives_what_stands_in_the_books(kept: Kept) -> None:
    (found,) = json.loads(kept.run(*WHAT_IF, "--json").out)["currencies"]
    assert (found["payments"], found["differing"], found["unsold"]) == (3, 0, 0)
    assert [line["name"] for line in found["lines"]] == [line.name for line in LINES]
    assert all(line["was"] == line["would_be"] for line in found["lines"])
    assert all(line["difference"] == {"amount_minor": 0, "currency": "USD"} for line in found["lines"])


def test_a_time_without_payments_says_so(kept: Kept) -> None:
    ended = kept.run(*WHAT_IF, "--to", "2020-01-01")
    assert (ended.code, ended.out) == (0, "No payment moved any money in this time.\n")


def test_lessons_that_couldnt_have_been_sold_are_told_of(kept: Kept) -> None:
    ended = kept.run(*WHAT_IF, "--fee-minimum", "100000", "--borne-by", "teacher")
    assert "3 lessons couldn't have been sold at that price: they are left out." in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("field", "option", "value"),
    [
        ("fee", "--fee", "7"),
        ("fee_minimum", "--fee-minimum", "-1"),
        ("terms", "--terms", "24"),
        ("borne_by", "--borne-by", "me"),
        ("currency", "--currency", "XXX"),
        ("from", "--from", "soon"),
    ],
)
def test_what_cant_be_meant_names_its_field(kept: Kept, field: str, option: str, value: str) -> None:
    ended = kept.run(*WHAT_IF, option, value)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Invalid: {field}: ")
