"""The sandbox as a server (`linguapay sandbox serve`)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.stripe_sandbox.wire import ConnectionDropped, Headers, Request

BODY_AT_MOST = 1_000_000
IDLE_SECONDS = 60
CHECK_SECONDS = 0.05


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, sandbox: StripeSandbox, host: str, port: int) -> None:
        self.sandbox = sandbox
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Report a bug; a client that went away is none."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # whatever the base class passes


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: the sandbox's events tell what happened."""

    def _answer(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()) or int(length) > BODY_AT_MOST:
            self.send_error(413)
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        request = Request(self.command, self.path, Headers(self.headers.items()), body)
        try:
            response = self.server.sandbox.handle(request)
        except ConnectionDropped:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, value in {"content-length": str(len(response.body)), **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body)
        self.close_connection = self.close_connection or len(response.body) < int(
            response.headers.get("Content-Length", "0")
        )


def serve(sandbox: StripeSandbox, host: str, port: int) -> None:
    """Serve until the process is stopped."""
    with _Server(sandbox, host, port) as server:
        server.serve_forever()


@contextmanager
def served(sandbox: StripeSandbox, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread of this process and yield the server's URL; port 0 takes any free one."""
    with _Server(sandbox, host, port) as server:
        thread = Thread(target=server.serve_forever, args=(CHECK_SECONDS,), daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()
