"""`linguapay serve`: a fresh folder serves at once, says loudly that it is a sandbox, and drains when told to stop."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.cli.serving import serving, started
from tests.cli.terminal import run


def test_a_fresh_folder_serves_and_logs_each_request(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert service.get("/health/live")[0] == 200
        assert "SANDBOX" in service.said
        token = json.loads(run(tmp_path, "tokens", "issue", "--role", "student", "--person", "ben", "--json").out)
        status, page = service.get("/api/gigs/?active=true", Authorization=f"Bearer {token['token']}")
        assert (status, page["items"]) == (200, [])
        assert service.get("/canary?canary=1")[0] == 404
        code, log = service.stop()
    assert code == 0
    answered = [line for line in log if line["message"] == "answered"]
    assert [(line["status"], line.get("route")) for line in answered] == [
        (200, "/health/live"),
        (200, "/api/gigs"),
        (404, None),
    ]
    gigs = answered[1]
    assert (gigs["door"], gigs["method"], gigs["person"]) == ("list_gigs", "GET", "ben")
    assert gigs["milliseconds"] > 0
    assert gigs["request"]
    assert "canary" not in json.dumps(log)


def test_the_trace_that_a_request_names_is_logged(tmp_path: Path) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    with serving(tmp_path, "--no-worker") as service:
        service.get("/health/live", traceparent=f"00-{trace}-b7ad6b7169203331-01")
        _, log = service.stop()
    assert [line["trace"] for line in log if line["message"] == "answered"] == [trace]


def test_tokens_of_three_roles_are_one_command_away(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert service.process.stderr is not None
        commands = [service.process.stderr.readline().partition(": linguapay ")[2].split() for _ in range(3)]
        for command, path in zip(commands, ("bookings", "transfers", "customers"), strict=True):
            token = run(tmp_path, *command).out.strip()
            assert service.get(f"/api/{path}/", Authorization=f"Bearer {token}")[0] == 200


def test_ready_means_that_the_worker_was_heard(tmp_path: Path) -> None:
    with serving(tmp_path, variables={"LINGUAPAY_WORKER_INTERVAL_SECONDS": "0.05"}) as service:
        service.becomes_ready()
        code, log = service.stop()
    assert code == 0
    assert not [line for line in log if line["logger"] == "linguapay.worker"]


def test_ctrl_c_drains_too(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        service.get("/health/live")
        assert service.stop(signal.SIGINT)[0] == 0


def test_a_second_server_on_sqlite_serves_without_a_worker_until_the_first_is_gone(tmp_path: Path) -> None:
    with serving(tmp_path) as first, serving(tmp_path) as second:
        assert first.get("/health/live")[0] == second.get("/health/live")[0] == 200
        _, log = second.stop()
    assert "Another worker is at work" in "".join(line["message"] for line in log)


def test_a_port_that_is_taken_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run(tmp_path, "serve", "--port", port)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"Invalid: host, port: can't listen on 127.0.0.1:{port}: Address already in use.\n"
    assert list(tmp_path.iterdir()) == []


REAL = {
    "STRIPE_SECRET_KEY": "sk_test_canary",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_canary",
}
REFUSALS = [
    ({"LINGUAPAY_HTTP_THREAD": "5"}, 2, "LINGUAPAY_HTTP_THREADS"),
    ({"STRIPE_SECRET_KEY": "sk_live_canary"}, 2, "STRIPE_WEBHOOK_SECRET"),
    ({"STRIPE_SECRET_KEY": "sk_live_canary", "STRIPE_PUBLISHABLE_KEY": "pk_test_1"}, 2, "different modes"),
    (REAL, 3, "Set LINGUAPAY_JWT_SECRET"),
    ({**REAL, "LINGUAPAY_JWT_JWKS_URL": "http://host.example/keys"}, 2, "LINGUAPAY_JWT_JWKS_URL"),
]


@pytest.mark.parametrize(("variables", "code", "said"), REFUSALS)
def test_what_must_not_start_says_why_in_one_line(
    tmp_path: Path, variables: dict[str, str], code: int, said: str
) -> None:
    ended = run(tmp_path, "serve", "--port", "0", LINGUAPAY_LOG_FORMAT="text", **variables)
    assert ended.code == code
    lines = [line for line in ended.err.splitlines() if not line.startswith("The API is at")]
    assert len(lines) == 1
    assert said in lines[0]
    assert "canary" not in ended.err


def test_a_database_behind_its_migrations_is_refused_also_in_the_log(tmp_path: Path, postgres_url: str) -> None:
    ended = run(tmp_path, "serve", "--port", "0", LINGUAPAY_DATABASE_URL=postgres_url, LINGUAPAY_LOG_FORMAT="json")
    assert ended.code == 3
    told = json.loads(ended.err.splitlines()[-1])
    assert (told["level"], told["logger"]) == ("critical", "linguapay.start")
    assert "Run `linguapay db upgrade` first." in told["message"]


@pytest.mark.parametrize(("proxies", "second"), [("", 429), ("192.0.2.1,127.0.0.0/8", 401)])
def test_where_a_request_comes_from_is_believed_of_a_named_proxy_alone(
    tmp_path: Path, proxies: str, second: int
) -> None:
    variables = {"LINGUAPAY_HTTP_TRUSTED_PROXIES": proxies, "LINGUAPAY_HTTP_REQUESTS_PER_MINUTE_AND_ADDRESS": "1"}
    with serving(tmp_path, "--no-worker", variables=variables) as service:
        statuses = [service.get("/api/gigs/", X_Forwarded_For=f"198.51.100.{number}")[0] for number in (1, 2)]
    assert statuses == [401, second]


def test_a_slow_sender_is_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-worker", variables={"LINGUAPAY_HTTP_HEAD_SECONDS": "1"}) as service:
        address = service.url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=60) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nX-Slow: ")
            assert connection.recv(1) == b""


def test_a_worker_alone_drains_and_a_second_one_on_sqlite_is_refused(tmp_path: Path) -> None:
    variables = {"LINGUAPAY_WORKER_INTERVAL_SECONDS": "0.05"}
    with serving(tmp_path, "--no-worker") as service, started(tmp_path, "worker", **variables) as worker:
        service.becomes_ready()
        refused = run(tmp_path, "worker", LINGUAPAY_LOG_FORMAT="text")
        assert refused.code == 3
        assert "Another worker is at work on this SQLite database, which takes one." in refused.err
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert said.splitlines()[-1] == "The worker has stopped."
