"""The drawn pages say what the code says.

They are docs/cli.md, docs/machines.md, docs/books.md, docs/errors.md, docs/exports.md, docs/lists.md,
docs/problems.md and docs/settings.md.
"""

import pytest

from tests.docs import pages
from tests.docs.blocks import ROOT
from tests.domain.machines import MACHINES, AnyMachine


@pytest.mark.parametrize("page", pages.PAGES)
def test_a_drawn_page_equals_the_code(page: str) -> None:
    written = (ROOT / page).read_text(encoding="utf-8")
    assert written == pages.PAGES[page](), "run: python -m tests.docs.pages"


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_diagram_shows_every_step_and_every_end_of_its_table(machine: AnyMachine) -> None:
    diagram = pages._diagram(machine)
    for state, row in machine.table.items():
        assert (f"    {state} --> [*]" in diagram) == (not row)
        for to in row.values():
            assert f"    {state} --> {to}: " in diagram
