"""`linguapay sandbox serve`: it answers as Stripe does until Ctrl-C, and says loudly that it isn't Stripe."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from pathlib import Path
from urllib.request import Request, urlopen

from tests.cli.terminal import environment, program, run_here


def test_it_serves_stripes_api_until_ctrl_c(tmp_path: Path) -> None:
    command = program("sandbox", "serve", "--port", "0")
    variables = environment(PYTHONUNBUFFERED="1")
    with subprocess.Popen(
        command, cwd=tmp_path, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert url is not None
        request = Request(f"{url[0]}/v1/balance", headers={"Authorization": "Bearer sk_test_sandbox"})  # noqa: S310
        with urlopen(request) as answer:  # noqa: S310 - the address is this machine's
            assert json.load(answer)["object"] == "balance"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 0
    assert told == "This isn't Stripe but a sandbox that plays it: no real money moves.\n"
    assert (tmp_path / "linguapay.stripe.db").exists()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run_here(tmp_path, "sandbox", "serve", "--port", port)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"Invalid: host, port: can't listen on 127.0.0.1:{port}: Address already in use.\n"
