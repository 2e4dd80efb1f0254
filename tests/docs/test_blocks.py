"""Every block of the documents runs, and the rules notice a document that lies."""

from pathlib import Path

import pytest

from tests.docs import blocks

PAGES = ["README.md", *sorted(str(path.relative_to(blocks.ROOT)) for path in (blocks.ROOT / "docs").rglob("*.md"))]


def check_page(page: str, text: str, folder: Path) -> None:
    """Hold all blocks of a page to their rules, in order."""
    namespace: dict[str, object] = {"__name__": page}
    for block in blocks.read(page, text):
        blocks.check(block, namespace, folder)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_so(page: str, folder: Path) -> None:
    check_page(page, (blocks.ROOT / page).read_text(encoding="utf-8"), folder)


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 2\n```\nand then\n```python\nassert x == 2\n```\n",
        "```console\n$ echo one; echo two; echo three\none\n...\nthree\n$ true\n```\n",
        "- in a list\n\n  ```sh\n  touch made\n  test -f made\n  ```\n",
        "```sh\nmake demo\nmake test\n```\n",
        "````console\n$ echo '```'\n```\n````\n",
        "```text checked-by=tests/docs/test_blocks.py\nthis page is named page-of-the-test.md\n```\n",
    ],
)
def test_a_true_page_passes(text: str, folder: Path) -> None:
    check_page("page-of-the-test.md", text, folder)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("```console\n$ echo one\ntwo\n```\n", "said:\none\n"),
        ("```console\n$ exit 3\n```\n", "ended with 3"),
        ("```console\nno command\n```\n", "begins with"),
        ("```sh\nmake no-such-recipe\n```\n", "ended with 2"),
        ("```\nnothing\n```\n", "no rule for a block of nothing"),
        ("```mermaid\ngraph\n```\n", "no rule for a block of \\['mermaid'\\]"),
        ("```mermaid checked-by=tests/docs/test_nothing.py\ngraph\n```\n", "doesn't exist"),
        ("```mermaid checked-by=tests/conftest.py\ngraph\n```\n", "doesn't name"),
    ],
)
def test_a_false_page_fails_and_says_where(text: str, why: str, folder: Path) -> None:
    with pytest.raises(blocks.BlockError, match=rf"^false-page\.md:1: (?s:.*){why}"):
        check_page("false-page.md", text, folder)


def test_a_python_block_fails_as_python_does(folder: Path) -> None:
    with pytest.raises(AssertionError) as failure:
        check_page("false-page.md", "\n\n```python\nassert 1 == 2\n```\n", folder)
    assert failure.traceback[-1].lineno == 3
