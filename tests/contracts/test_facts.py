"""What is stored of a fact is a contract: under its permanent name and version it never changes."""

import json
from pathlib import Path

import pytest

from linguapay_adapters.sql import facts
from linguapay_core.domain.events.catalogue import FACTS
from linguapay_core.domain.events.fact import Fact
from linguapay_core.testing.facts import SAMPLES

GOLDEN = Path(__file__).with_name("golden") / "facts.json"


def label(fact: Fact) -> str:
    """Name a fact as the golden file does."""
    return f"{fact.name} v{fact.version}"


@pytest.mark.parametrize("fact", SAMPLES, ids=label)
def test_a_fact_is_stored_as_the_golden_file_has_it(fact: Fact) -> None:
    """A fact that is missing there is new: add it. One that differs is broken: give it another version instead."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert json.loads(facts.written(fact)) == golden[label(fact)]
    assert facts.read(fact.name, fact.version, json.dumps(golden[label(fact)])) == fact


def test_no_fact_that_was_ever_stored_is_forgotten() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert set(golden) == {f"{name} v{version}" for name, version in FACTS}
