"""`linguapay refunds review` in a terminal: one key for each decision, which is made at once."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from select import select
from time import monotonic

from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from tests.cli.desk import Desk
from tests.cli.place import LONG_AGO
from tests.cli.terminal import at_home, program
from tests.patience import PATIENCE_SECONDS, until
from tests.use_cases.stage import DAY, at_stripe

PROMPT = "[ablprsq?] "
ENTER = "\r"
LOCAL_MODES = 3
"""Where a terminal's attributes say whether it hands on lines or keys."""


@dataclass
class Terminal:
    """A command in a terminal of its own."""

    process: subprocess.Popen[bytes]
    descriptor: int

    def until(self, text: str) -> str:
        """Read on until this is shown; the answer is all that was shown since the last time."""
        shown, deadline = b"", monotonic() + PATIENCE_SECONDS
        while not plain(shown).endswith(text):
            ready, _, _ = select([self.descriptor], [], [], max(deadline - monotonic(), 0))
            assert ready, f"{text!r} isn't shown: {plain(shown)}"
            shown += os.read(self.descriptor, 65_536)
        return plain(shown)

    def press(self, keys: str, text: str = PROMPT) -> str:
        """Press keys, as soon as the terminal takes them, and read on until this is shown."""
        line = keys.endswith(ENTER)
        until(lambda: self._takes_lines() is line, f"it asks for {'a line' if line else 'a key'}")
        os.write(self.descriptor, keys.encode())
        return self.until(text)

    def _takes_lines(self) -> bool:
        return bool(termios.tcgetattr(self.descriptor)[LOCAL_MODES] & termios.ICANON)


def plain(shown: bytes) -> str:
    """What is read on a screen: no colours, and one end of a line."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode(errors="replace")).replace("\r\n", "\n")


@contextmanager
def review(desk: Desk) -> Iterator[Terminal]:
    """An admin walks through the queue; in the end the command has ended well."""
    ours, theirs = pty.openpty()
    command = program("refunds", "review")
    surroundings = at_home(desk.folder, {**desk.variables, "TERM": "xterm"})
    try:
        with subprocess.Popen(
            command, cwd=desk.folder, env=surroundings, stdin=theirs, stdout=theirs, stderr=theirs
        ) as process:
            os.close(theirs)
            try:
                yield Terminal(process, ours)
                assert process.wait(PATIENCE_SECONDS) == 0
            finally:
                process.kill()
    finally:
        os.close(ours)


def request_now(desk: Desk, name: str) -> RefundRequest:
    """A request as it is now."""
    with desk.house() as lp:
        found: RefundRequest = lp.show_record(RefundRequest, desk.names[name])
        return found


def test_a_walk_decides_each_request_by_a_key_and_is_left_and_begun_again(desk: Desk) -> None:
    desk.login()
    with review(desk) as terminal:
        assert f"Refund request {desk.names['owed']}" in terminal.until(PROMPT)
        assert "a approve, b approve, and the platform bears it, l approve less" in terminal.press("?")
        terminal.press("r", "reads it: ")
        shown = terminal.press(f"It was given.{ENTER}")
        assert f"{desk.names['owed']}: rejected." in shown
        assert f"Refund request {desk.names['small']}" in shown
        terminal.press("q", "1 rejected; some still wait.\n")
    with review(desk) as terminal:
        assert f"Refund request {desk.names['small']}" in terminal.until(PROMPT)
        assert f"{desk.names['small']}: done." in terminal.press("p")
        assert f"{desk.names['large']}: skipped." in terminal.press("s")
        terminal.press("l", "of 10.00 USD: ")
        ending = "1 done, 1 skipped, 1 approved; some still wait.\n"
        assert f"{desk.names['blocked']}: approved." in terminal.press(f"500{ENTER}", ending)
    found = [request_now(desk, name) for name in ("owed", "small", "large", "blocked")]
    assert [request.state for request in found] == [
        RequestState.REJECTED,
        RequestState.DONE,
        RequestState.SUBMITTED,
        RequestState.APPROVED,
    ]
    assert str(found[-1].approved) == "5.00 USD"


def test_a_refusal_is_told_with_who_was_there_first_and_the_walk_stays(desk: Desk) -> None:
    desk.login("student-ben")
    with review(desk) as terminal:
        terminal.until(PROMPT)
        assert "Refused: Who asks for a refund can't approve it. Ask another admin." in terminal.press("a")
        with desk.house() as lp:
            lp.reject_refund_request(desk.names["owed"], "dora", "It was given.")
            lp.reject_refund_request(desk.names["small"], "dora", "It was given.")
        assert "that is rejected can't approve. dora made it so on 2" in terminal.press("b")
        shown = terminal.press("s")
        assert f"{desk.names['small']} was decided meanwhile: rejected, by dora." in shown
        assert f"Refund request {desk.names['large']}" in shown
        assert f"{desk.names['large']}: approved by 1 of 2 admins." in terminal.press("b")
        terminal.press("q", "1 skipped, 1 approved by 1 of 2 admins; some still wait.\n")
    assert request_now(desk, "large").platform_bears


def test_a_request_that_turns_out_to_be_blocked_is_refused_with_the_reason_and_the_walk_stays(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "approve", "{small}", "--yes")
    desk.run("refunds", "reject", "{owed}", "--note", "No.", "--yes")
    with desk.house(LONG_AGO + 20 * DAY) as lp:
        intent_id = lp.show_record(Payment, desk.names["payment"]).intent_id
        at_stripe(lp).refunds.create({"payment_intent": intent_id})
        lp.work()
    with review(desk) as terminal:
        terminal.until(PROMPT)
        assert f"{desk.names['small']}: approved already, by carla on 2" in terminal.press("a")
        terminal.press("q", "1 approved already; some still wait.\n")
    with review(desk) as terminal:
        terminal.until(PROMPT)
        assert "Refused: It is blocked: only 0.00 USD is left. Approve or reject it." in terminal.press("p")
        terminal.press("q", "Nothing decided; some still wait.\n")


def test_a_queue_in_which_nothing_waits_ends_at_once(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "reject", "--waiting", "--note", "No.", "--yes")
    with review(desk) as terminal:
        terminal.until("Nothing decided; nothing waits any more.\n")


def test_without_a_terminal_it_says_what_to_do_instead(desk: Desk) -> None:
    ended = desk.run("refunds", "review")
    assert (ended.code, ended.out) == (2, "")
    assert "use `linguapay refunds queue`, and approve, reject or process what it lists, with --yes." in ended.err
