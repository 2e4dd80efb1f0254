"""Connections that end when nothing comes of them: ``uvicorn --http linguapay_http.impatience:Impatient``.

uvicorn alone lets a request head take as long as it likes: one byte a second keeps a connection open for ever.
"""

from __future__ import annotations

from asyncio import BaseTransport, Transport

from uvicorn.protocols.http.h11_impl import H11Protocol


class Impatient(H11Protocol):
    """HTTP/1.1 whose connections may be without a whole request head for uvicorn's ``timeout_keep_alive`` seconds.

    That time begins with the connection and with each answer, and ends with a head's last byte; bytes on the way don't
    prolong it, nor does what is left of a body whose request is answered already. How large a head may be is uvicorn's
    ``h11_max_incomplete_event_size``, by default 16 KiB; how long a body may take is the doors' business.
    """

    def connection_made(self, transport: BaseTransport) -> None:
        """Somebody is there; a head must follow."""
        assert isinstance(transport, Transport), transport
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        """Bytes came. uvicorn's own would stop the time here; it stops where a head is whole, in ``handle_events``."""
        self.conn.receive_data(data)
        self.handle_events()

    def timeout_keep_alive_handler(self) -> None:
        """Enough. What this side still has to send is dropped too: whoever doesn't read it mustn't hold it."""
        self.transport.abort()
