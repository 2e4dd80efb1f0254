r"""The rules by which the fenced blocks of README.md and docs/ are held to what they say.

The word behind the fence chooses the rule; a block without a rule fails, because nothing would notice it going stale.

- `python`: the blocks of a page run one after another, in one namespace.
- `console`: a line that begins with `$ ` is run by the shell and must succeed, with the lines that go on with `> `; the
  lines below it are its output, where `...` stands for anything.
- `sh`: each line is run by the shell and must succeed; its output is free. Of `make NAME`, here and in a console, only
  the recipe's existence is checked, since the tests are a recipe themselves.
- anything else, such as `mermaid`, must name the test that checks it, and that test must name the page:
  `mermaid checked-by=tests/docs/test_diagrams.py`.

All blocks of a page share an empty folder as the working directory and home, with the environment's programs in reach.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 60
LONGEST_CONVERSATION_SECONDS = 300
SUCCEEDED = "-- that succeeded, and the next is --"


class BlockError(Exception):
    """A document claims what isn't so, or what nothing checks."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: where it stands, its words behind the fence, and its lines."""

    page: str
    line: int
    info: str
    lines: tuple[str, ...]

    def wrong(self, why: str) -> BlockError:
        """Say what is wrong, and where."""
        return BlockError(f"{self.page}:{self.line}: {why}")


def read(page: str, text: str) -> list[Block]:
    """Find the fenced blocks of a page; blocks inside a list are indented with their item."""
    blocks = []
    fence = re.compile(r"(?ms)^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^\1(?P=fence) *$")
    for found in fence.finditer(text):
        lines = [line.removeprefix(found["indent"]) for line in found["body"].splitlines()]
        number = text.count("\n", 0, found.start()) + 1
        blocks.append(Block(page, number, found["info"].strip(), tuple(lines)))
    return blocks


def check(block: Block, namespace: dict[str, object], folder: Path) -> None:
    """Hold one block to its rule."""
    match block.info.split():
        case ["python"]:
            source = "\n" * block.line + "\n".join(block.lines)
            exec(compile(source, block.page, "exec"), namespace)  # noqa: S102 - the project's own page
        case ["console"]:
            for command, expected in conversations(block):
                told = run(block, command, folder)
                if not matches(expected, told):
                    raise block.wrong(f"`{command}` said:\n{told}and not:\n{expected}")
        case ["sh"]:
            for command in block.lines:
                run(block, command, folder)
        case [_, named] if named.startswith("checked-by="):
            test = ROOT / named.removeprefix("checked-by=")
            if not test.is_file() or block.page not in test.read_text(encoding="utf-8"):
                raise block.wrong(f"{test.name} doesn't exist or doesn't name {block.page}")
        case words:
            raise block.wrong(f"no rule for a block of {words or 'nothing'}, so nothing would notice it going stale")


def conversations(block: Block) -> list[tuple[str, str]]:
    """Cut a console into commands and what each is said to print."""
    if not block.lines or not block.lines[0].startswith("$ "):
        raise block.wrong("a console begins with `$ ` and a command")
    parts = re.split(r"^\$ (.*(?:\n> .*)*)\n", "".join(f"{line}\n" for line in block.lines), flags=re.MULTILINE)
    commands = (command.replace("\n> ", "\n") for command in parts[1::2])
    return list(zip(commands, parts[2::2], strict=True))


def converse(consoles: Iterable[Block], folder: Path) -> None:
    """Hold several consoles to what they show, in one shell from the first command to the last, as a reader types them.

    What one command sets, those after it find. What runs on in the background ends with the last one.
    """
    said = [(block, command, expected) for block in consoles for command, expected in conversations(block)]
    script = "".join(f"{command}\nprintf '\\n%s\\n' '{SUCCEEDED}'\n" for _, command, _ in said)
    status, told = _run_whole(f"set -e\n{script}", folder)
    *answers, rest = told.split(f"\n{SUCCEEDED}\n")
    for (block, command, expected), answer in zip(said, answers, strict=False):
        if not matches(expected, answer):
            raise block.wrong(f"`{command}` said:\n{answer}and not:\n{expected}")
    if status:
        block, command, _ = said[len(answers)]
        raise block.wrong(f"`{command}` ended with {status} and said:\n{rest}")


def _run_whole(script: str, folder: Path) -> tuple[int, str]:
    """Run a script with all that it starts; one that takes too long is killed, which its status tells."""
    with (
        TemporaryFile("w+", encoding="utf-8") as printed,
        subprocess.Popen(
            ["/bin/sh", "-c", script],
            cwd=folder,
            env=surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as shell,
    ):
        with suppress(subprocess.TimeoutExpired):
            shell.wait(LONGEST_CONVERSATION_SECONDS)
        with suppress(ProcessLookupError):  # nothing is left of it
            os.killpg(shell.pid, signal.SIGKILL)
        status = shell.wait()
        printed.seek(0)
        return status, printed.read()


def run(block: Block, command: str, folder: Path) -> str:
    """Run a command as a reader would and return what it prints; a recipe is looked up, not run."""
    here = folder
    if re.fullmatch(r"make( [a-z-]+)*", command):
        command, here = command.replace("make", "make --dry-run", 1), ROOT
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=here,
        env=surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode:
        raise block.wrong(f"`{command}` ended with {done.returncode} and said:\n{done.stdout}")
    return "" if here is ROOT else done.stdout


def surroundings(folder: Path) -> dict[str, str]:
    """The variables of a reader who has set nothing of ours, whose home is this folder, and who has our programs."""
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("LINGUAPAY_", "STRIPE_"))}
    return theirs | {
        "HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }


def matches(expected: str, told: str) -> bool:
    """Compare an output with a document's picture of it; `...` stands for anything, blanks at line ends for nothing."""
    pattern = ".*".join(re.escape(part) for part in strip_lines(expected).split("..."))
    return re.fullmatch(pattern, strip_lines(told), re.DOTALL) is not None


def strip_lines(text: str) -> str:
    """Drop the blanks at the ends of lines, which nobody sees."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
