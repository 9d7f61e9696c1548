"""A bad line between a phone and the server: it cuts, doubles and holds back what goes over it."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

BUFFER = 65536
SECONDS = 20


class Line:
    """Listens on loopback and passes each connection on, one request each. A fault that was set happens once."""

    def __init__(self, port: int):
        self.port = port
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.carried = {"request": 0, "answer": 0}  # bytes
        self._left: dict[str, int] = {}  # bytes until the cut
        self._twins, self._held = 0, None
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.listening.close()

    # --- Faults -----------------------------------------------------------------------------------------
    def cut(self, direction: str, after: int) -> None:
        """Breaks when so many bytes more have passed as "request" or as "answer", on whatever connection."""
        self._left = {direction: after}

    def double(self) -> None:
        """The next request arrives twice at once; the phone hears one answer."""
        self._twins = 1

    def hold(self) -> threading.Event:
        """The next request arrives when the event is set."""
        self._held = threading.Event()
        return self._held

    @property
    def is_free(self) -> bool:
        """Whether the fault that was set has happened."""
        return self._held is None

    # --- Connections ------------------------------------------------------------------------------------
    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                phone, _address = self.listening.accept()
                threading.Thread(target=self._pass_on, args=(phone,), daemon=True).start()

    def _pass_on(self, phone: socket.socket) -> None:
        phone.settimeout(SECONDS)
        with phone, suppress(OSError):
            request = _whole(phone)
            held, self._held = self._held, None
            twins, self._twins = self._twins, 0
            if held:
                held.wait(SECONDS)
            doubles = [self._ask(request) for _twin in range(twins)]
            passed = self._passed("request", request)
            with self._ask(passed) as server:
                if passed != request:
                    return _tear(server, phone)
                answer = _rest(server)
            for twin in doubles:
                with twin:
                    _rest(twin)
            passed = self._passed("answer", answer)
            phone.sendall(passed)
            if passed != answer:
                _tear(phone)

    def _passed(self, direction: str, content: bytes) -> bytes:
        """What comes through of it."""
        self.carried[direction] += len(content)
        left = self._left.get(direction)
        if left is None:
            return content
        self._left = {} if left < len(content) else {direction: left - len(content)}
        return content[:left]

    def _ask(self, request: bytes) -> socket.socket:
        server = socket.create_connection(("127.0.0.1", self.port), SECONDS)
        server.sendall(request)
        return server


def _whole(phone: socket.socket) -> bytes:
    """One request: its head, and as much as it announces."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += phone.recv(BUFFER) or _ended()
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    ]
    left = int(lengths[0]) - len(body) if lengths else 0
    while left > 0:
        more = phone.recv(BUFFER) or _ended()
        request, left = request + more, left - len(more)
    return request


def _ended() -> bytes:
    raise OSError("the phone hung up")


def _rest(server: socket.socket) -> bytes:
    answer = b""
    while more := server.recv(BUFFER):
        answer += more
    return answer


def _tear(*lines: socket.socket) -> None:
    """Ends without a goodbye: the other side sees a reset, as when signal is lost."""
    for line in lines:
        with suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
