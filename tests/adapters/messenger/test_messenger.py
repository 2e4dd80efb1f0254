"""The messenger posts to real subscribers, in bounded time, and goes to no address inside."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from socket import create_connection, gaierror, socket
from threading import Event
from time import monotonic
from typing import BinaryIO

import pytest

from linguapay_adapters.messenger.messenger import HttpMessenger, usual_trust
from linguapay_adapters.messenger.post import IN_TIME, NO_PUBLIC_ADDRESS, Post, Way
from linguapay_core.domain.delivery import Message, Reply
from tests.adapters.messenger.subscriber import OK, Answer, certified, listening, says

SECOND = timedelta(seconds=1)
PUBLIC = "93.184.216.34"
NAME = "hooks.example"


def message(url: str) -> Message:
    """Something to say."""
    headers = (("content-type", "application/json"), ("webhook-id", "msg_1"))
    return Message(url, headers, '{"type":"żółw"}'.encode())


def post(way: Way, url: str, timeout: timedelta = 10 * SECOND) -> Reply:
    """Post one message, and give the reply."""
    (reply,) = HttpMessenger(way).post([message(url)], timeout=timeout)
    return reply


def here() -> Way:
    """The way of a rehearsal."""
    return Way(usual_trust, this_machine=True)


class Elsewhere:
    """A resolver for which names mean what a test says, and a network in which every address is this machine."""

    def __init__(self, port: int, *meanings: Sequence[str]) -> None:
        self._port = port
        self._meanings = list(meanings)
        self.connected: list[str] = []

    def resolve(self, _host: str, _port: int) -> Sequence[str]:
        """Each time the next meaning."""
        return self._meanings.pop(0)

    def connect(self, address: tuple[str, int], timeout: float) -> socket:
        """Note where it goes, and go here."""
        self.connected.append(address[0])
        return create_connection(("127.0.0.1", self._port), timeout)


def test_a_message_arrives_as_it_is() -> None:
    with listening(says(OK)) as subscriber:
        url = f"http://localhost:{subscriber.port}/events?of=us"
        reply = post(here(), url)
        assert (reply.status, reply.reason, reply.taken) == (204, "", True)
        ((first, *headers), body) = subscriber.requests[0]
        assert first == "POST /events?of=us HTTP/1.1"
        assert body == message(url).body
        assert f"host: localhost:{subscriber.port}" in headers
        assert {"webhook-id: msg_1", "content-type: application/json", "user-agent: LinguaPay"} <= set(headers)
        assert sum(header.lower().startswith("host:") for header in headers) == 1


@pytest.mark.parametrize("status", [200, 302, 400, 410, 500])
def test_the_status_is_told_and_a_redirect_is_not_followed(status: int) -> None:
    with listening(
        says(f"HTTP/1.1 {status} So\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n".encode())
    ) as subscriber:
        assert post(here(), f"http://localhost:{subscriber.port}/").status == status
        assert len(subscriber.requests) == 1


def test_replies_come_in_the_order_of_the_messages() -> None:
    with listening(says(OK)) as good, listening(says(b"HTTP/1.1 500 No\r\n\r\n")) as bad:
        messages = [message(f"http://localhost:{one.port}/") for one in (bad, good, bad, good)]
        replies = HttpMessenger(here()).post(messages, timeout=10 * SECOND)
    assert [reply.status for reply in replies] == [500, 204, 500, 204]
    assert list(HttpMessenger(here()).post([], timeout=SECOND)) == []


@pytest.mark.parametrize(
    "meanings",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["fe80::1%eth0"], [PUBLIC, "192.168.0.1"], ["::1"], []],
    ids=str,
)
def test_a_name_that_means_anything_inside_is_not_called(meanings: Sequence[str]) -> None:
    network = Elsewhere(1, meanings)
    way = Way(usual_trust, this_machine=True, resolve=network.resolve, connect=network.connect)
    assert post(way, f"https://{NAME}/").reason == NO_PUBLIC_ADDRESS
    assert network.connected == []


def test_this_machine_is_called_in_a_rehearsal_only() -> None:
    with listening(says(OK)) as subscriber:
        assert post(Way(usual_trust), f"http://localhost:{subscriber.port}/").reason == NO_PUBLIC_ADDRESS
        assert subscriber.requests == []


def test_in_a_rehearsal_the_name_of_this_machine_leads_nowhere_else() -> None:
    network = Elsewhere(1, [PUBLIC])
    way = Way(usual_trust, this_machine=True, resolve=network.resolve, connect=network.connect)
    assert post(way, "http://localhost/").reason == NO_PUBLIC_ADDRESS


def test_the_address_that_was_judged_is_the_one_that_is_called(tmp_path: Path) -> None:
    """The second meaning of the name is this machine; nobody asks for it."""
    server, trust = certified(tmp_path, NAME)
    with listening(says(OK), server) as subscriber:
        network = Elsewhere(subscriber.port, [PUBLIC], ["127.0.0.1"])
        way = Way(lambda: trust, resolve=network.resolve, connect=network.connect)
        assert post(way, f"https://{NAME}/events").status == 204
        assert network.connected == [PUBLIC]
        assert f"host: {NAME}" in subscriber.requests[0][0]


def test_tls_holds_for_the_name_and_the_authorities_that_are_trusted(tmp_path: Path) -> None:
    server, trust = certified(tmp_path, NAME)
    with listening(says(OK), server) as subscriber:
        for trusted, name in ((trust, "other.example"), (usual_trust(), NAME)):
            network = Elsewhere(subscriber.port, [PUBLIC])

            def trusting(trusted: ssl.SSLContext = trusted) -> ssl.SSLContext:
                return trusted

            way = Way(trusting, resolve=network.resolve, connect=network.connect)
            assert post(way, f"https://{name}/").reason.startswith("TLS failed")
        assert subscriber.requests == []


def test_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    with listening(says(OK)) as subscriber:
        way = Way(usual_trust, this_machine=True, resolve=lambda *_: ["::1", "127.0.0.1"])
        assert post(way, f"http://localhost:{subscriber.port}/").status == 204


def test_of_many_addresses_four_are_tried() -> None:
    tried: list[str] = []

    def refuse(address: tuple[str, int], _timeout: float) -> socket:
        tried.append(address[0])
        raise ConnectionRefusedError

    way = Way(usual_trust, resolve=lambda *_: [f"93.184.216.{number}" for number in range(100)], connect=refuse)
    assert post(way, f"https://{NAME}/").reason == "the connection failed"
    assert tried == [f"93.184.216.{number}" for number in range(4)]


def test_whoever_is_broken_off_tries_no_further_address() -> None:
    tried: list[str] = []

    def too_late(address: tuple[str, int], _timeout: float) -> socket:
        tried.append(address[0])
        late.break_off()
        raise TimeoutError

    way = Way(usual_trust, resolve=lambda *_: [PUBLIC, PUBLIC, PUBLIC], connect=too_late)
    late = Post(message(f"https://{NAME}/"), way, 10)
    assert late().reason == IN_TIME
    assert tried == [PUBLIC]


def test_a_proxy_in_the_environment_is_nothing_to_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with listening(says(OK)) as subscriber:
        assert post(here(), f"http://localhost:{subscriber.port}/").status == 204


def unknown(_host: str, _port: int) -> Sequence[str]:
    """A resolver that knows nobody."""
    raise gaierror(-2, "Name or service not known")


def test_a_name_that_nobody_knows_or_that_is_none_is_told() -> None:
    assert post(Way(usual_trust, resolve=unknown), f"https://{NAME}/").reason == "its name can't be resolved"
    assert post(Way(usual_trust), f"https://{'a' * 64}.example/").reason == "its name can't be resolved"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "the connection failed"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "what it answered isn't HTTP"),
        (b"HTTP/1.1 200" + b"a" * 100_000, "what it answered isn't HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200, "what it answered isn't HTTP"),
    ],
    ids=["nothing", "another protocol", "an endless line", "too many headers"],
)
def test_what_is_no_answer_is_told_in_words_of_ours(answer: bytes, reason: str) -> None:
    with listening(says(answer)) as subscriber:
        reply = post(here(), f"http://localhost:{subscriber.port}/")
    assert (reply.status, reply.reason) == (0, reason)


def test_a_port_where_nobody_listens_is_told() -> None:
    with listening(says(OK)) as subscriber:
        gone = subscriber.port
    assert post(here(), f"http://localhost:{gone}/").reason == "the connection failed"


def test_an_endless_body_is_not_read() -> None:
    def endless(line: BinaryIO) -> None:
        line.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.write(b"a" * 65536)

    with listening(endless) as subscriber:
        begun = monotonic()
        assert post(here(), f"http://localhost:{subscriber.port}/").status == 200
        assert monotonic() - begun < 5


def silent(over: Event) -> Answer:
    """Say nothing at all."""

    def wait(_line: BinaryIO) -> None:
        over.wait(30)

    return wait


def dripping(over: Event) -> Answer:
    """Say one byte after the other, so that no single wait is long."""

    def drip(line: BinaryIO) -> None:
        line.write(b"HTTP/1.1 200 OK\r\n")
        while not over.wait(0.02):
            line.write(b"a")

    return drip


@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_subscriber_is_left_in_time_and_holds_up_nobody(slow: object) -> None:
    over = Event()
    with listening(slow(over)) as late, listening(says(OK)) as good:  # type: ignore[operator]
        messenger = HttpMessenger(here())
        begun = monotonic()
        messages = [message(f"http://localhost:{one.port}/") for one in (late, good)]
        replies = messenger.post(messages, timeout=SECOND / 2)
        assert monotonic() - begun < 5
        assert [(reply.status, reply.reason) for reply in replies] == [(0, IN_TIME), (204, "")]
        messenger._pool.shutdown()  # what was late has ended too, and holds no thread
        assert not over.is_set()
        over.set()


def test_a_name_that_is_resolved_too_slowly_is_left_in_time() -> None:
    over = Event()

    def slowly(_host: str, _port: int) -> Sequence[str]:
        over.wait(30)
        return ["127.0.0.1"]

    with listening(says(OK)) as subscriber:
        way = Way(usual_trust, this_machine=True, resolve=slowly)
        messenger = HttpMessenger(way)
        (reply,) = messenger.post([message(f"http://localhost:{subscriber.port}/")], timeout=SECOND / 10)
        over.set()
        messenger._pool.shutdown()
    assert (reply.status, reply.reason) == (0, IN_TIME)
    assert subscriber.requests == [], "what was given up isn't sent after all"


def test_a_rehearsal_is_known_by_its_way() -> None:
    assert HttpMessenger(here()).reaches_this_machine
    assert not HttpMessenger(Way(usual_trust)).reaches_this_machine
