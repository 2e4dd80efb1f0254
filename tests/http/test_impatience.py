"""Slow senders, over real sockets: a connection without a whole request head is closed, whatever trickles in."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final

import pytest
import uvicorn
from litestar import Litestar, Request, post

from linguapay_http.impatience import Impatient

PATIENCE_SECONDS: Final = 1
LATE_SECONDS: Final = 8
"""After this the connection should long be closed, however loaded the machine is."""

HEAD: Final = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"


@post("/")
async def echo_length(request: Request[Any, Any, Any]) -> str:
    """Say how long the body is."""
    return str(len(await request.body()))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a server is that waits for a second."""
    app = Litestar([echo_length], openapi_config=None, logging_config=None)
    config = uvicorn.Config(app, http=Impatient, ws="none", log_config=None, timeout_keep_alive=PATIENCE_SECONDS)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection on which nothing takes longer than it may."""
    with socket.create_connection(("127.0.0.1", port), timeout=LATE_SECONDS) as connection:
        yield connection


def read_to_the_end(connection: socket.socket) -> bytes:
    """All that comes until the server closes. Fails if it doesn't."""
    read = b""
    try:
        while piece := connection.recv(4096):
            read += piece
    except ConnectionResetError:
        pass
    return read


def read_an_answer(connection: socket.socket) -> bytes:
    """One answer, with its body of one byte."""
    read = b""
    while not read.partition(b"\r\n\r\n")[2]:
        read += connection.recv(4096)
    return read


def trickle(connection: socket.socket, piece: bytes) -> float:
    """Send a piece ten times a second until the server closes; for how long that went."""
    began = time.monotonic()
    connection.settimeout(0.1)
    while time.monotonic() - began < LATE_SECONDS:
        try:
            connection.sendall(piece)
            if connection.recv(4096) == b"":
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - began


def test_who_says_nothing_is_closed(port: int) -> None:
    with connected(port) as connection:
        assert read_to_the_end(connection) == b""


def test_bytes_of_a_head_on_the_way_dont_prolong_the_time(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX-Slow: ")
        assert trickle(connection, b"a") < LATE_SECONDS


def test_who_asks_in_time_is_answered_and_may_ask_again(port: int) -> None:
    with connected(port) as connection:
        for _ in range(3):
            connection.sendall(HEAD % 5 + b"hello")
            assert read_an_answer(connection).startswith(b"HTTP/1.1 201")


def test_a_body_on_the_way_is_the_doors_business(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(HEAD % 2)
        connection.settimeout(PATIENCE_SECONDS * 2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(LATE_SECONDS)
        connection.sendall(b"hi")
        assert connection.recv(4096).startswith(b"HTTP/1.1 201")


def test_an_idle_connection_is_closed_after_an_answer(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(HEAD % 5 + b"hello")
        assert read_to_the_end(connection).startswith(b"HTTP/1.1 201")


def test_the_rest_of_a_body_that_is_answered_already_keeps_nothing_open(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"POST /nowhere HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
        assert trickle(connection, b"a") < LATE_SECONDS


def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX-Large: " + b"a" * 100_000)
        assert read_to_the_end(connection)[:12] in {b"HTTP/1.1 400", b""}
