"""A proxy on this machine in which answers get lost, cut short or late on their way, as they do between two offices."""

from __future__ import annotations

import http.server
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice

FAULTS = ("drop", "busy", "broken", "cut", "slow")


@dataclass
class Proxy:
    """What stands between a server and those who ask it."""

    server: str
    """Its address."""
    faults: Sequence[str]
    """What happens to each answer, one after the other and then anew; "" is nothing."""
    by_address: bool = False
    """Whether answers of one address are counted apart, each from another fault on: who asks several at once in step
    would else meet the same few faults for ever."""
    only: str = ""
    """Faults happen to addresses that hold this."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Words that are others in all answers."""
    address: str = ""
    happened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock, self._last = threading.Lock(), b""
        self._next: dict[str, Iterator[str]] = {}

    def fault(self, path: str) -> str:
        with self._lock:
            address = path if self.by_address else ""
            if address not in self._next:
                self._next[address] = islice(cycle(self.faults), len(self._next), None)
            found = next(self._next[address]) if self.only in path else ""
            self.happened.append(found)
            return found

    def answer(self, path: str, *, again: bool) -> tuple[int, str, bytes]:
        """Return what the server answers; `again` gives its last answer of features once more."""
        try:
            with urllib.request.urlopen(f"{self.server}{path}", timeout=60) as given:
                status, kind, body = given.status, given.headers["Content-Type"], given.read()
        except urllib.error.HTTPError as refused:
            status, kind, body = refused.code, refused.headers["Content-Type"], refused.read()
        body = body.replace(self.server.encode(), self.address.encode())
        for word, other in self.renamed.items():
            body = body.replace(word.encode(), other.encode())
        if "/items" in path:
            with self._lock:
                body, self._last = (self._last if again and self._last else body), body
        return status, kind, body


def _handler(proxy: Proxy) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            fault = proxy.fault(self.path)
            if fault == "drop":
                self.close_connection = True
                self.connection.close()
                return
            if fault in ("busy", "broken"):
                self.send_response(429 if fault == "busy" else 500)
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            status, kind, body = proxy.answer(self.path, again=fault == "again")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if fault == "cut":
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            elif fault == "slow":
                for start in range(0, len(body), max(len(body) // 10, 1)):
                    self.wfile.write(body[start : start + max(len(body) // 10, 1)])
                    self.wfile.flush()
                    time.sleep(0.01)
            else:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that were dropped on purpose."""


@contextmanager
def proxied(server: str, faults: Sequence[str], **settings: object) -> Iterator[Proxy]:
    """Stand between a server and those who ask, for as long as the context lasts."""
    proxy = Proxy(server, faults or ("",), **settings)
    with _Server(("127.0.0.1", 0), _handler(proxy)) as listening:
        proxy.address = f"http://127.0.0.1:{listening.server_port}"
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield proxy
        listening.shutdown()
