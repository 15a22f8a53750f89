"""Asking politely: what is asked again, how often, how long is waited, and what an error says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from flexruimte import SourceError
from flexruimte.evidence.fetching.client import (
    Answer,
    Client,
    UnusableAnswer,
    _Refusal,
    _seconds_in,
    _Session,
    with_query,
)
from open_data_server import Server, serving


@pytest.fixture
def server() -> Server:
    return Server(files={"a.bin": bytes(range(256)) * 400})


def body(answer: Answer) -> bytes:
    return answer.body


def quick(**settings: object) -> Client:
    return Client(**{"pause_s": 0.01, "seconds": 2.0, **settings})


@pytest.mark.parametrize("fault", ["drop", "429", "500", "503", "truncate", "slow"])
def test_what_passes_is_asked_again(server: Server, fault: str) -> None:
    with serving(server):
        server.faults = [("a.bin", fault)] * 2
        assert quick().ask(f"{server.address}/files/a.bin", body, "x") == server.files["a.bin"]
        # A slow answer is an answer.
        assert len(server.asked) == (1 if fault == "slow" else 3)


def test_a_server_that_asks_for_time_gets_it(server: Server) -> None:
    with serving(server):
        server.faults = [("a.bin", "429")]
        began = time.monotonic()
        quick().ask(f"{server.address}/files/a.bin", body, "x")
        assert time.monotonic() - began > 0.15  # Retry-After is 0.2


def test_a_server_that_asks_for_a_day_is_not_waited_for(server: Server) -> None:
    with serving(server):
        server.faults = [("a.bin", "429-long")]
        with pytest.raises(
            SourceError, match="come back in 86400 seconds; give the command again then"
        ):
            quick().ask(f"{server.address}/files/a.bin", body, "x")
        assert len(server.asked) == 1


def test_what_does_not_pass_fails_after_so_many_tries_without_its_key(server: Server) -> None:
    with serving(server):
        server.always = {"a.bin": "500"}
        with pytest.raises(SourceError) as error:
            quick(tries=3).ask(f"{server.address}/files/a.bin?apikey=geheim", body, "bag_pand")
        assert len(server.asked) == 3
        assert str(error.value) == (
            f"bag_pand: {server.address}/files/a.bin?apikey=*** answers with status 500, 3 times in a row; "
            "see whether the service and the network are there, and give the command again"
        )


def test_a_refusal_is_asked_once(server: Server) -> None:
    with serving(server):
        with pytest.raises(
            SourceError, match=r"x: .*/nowhere answers with status 404 .* out of date"
        ):
            quick().ask(f"{server.address}/nowhere", body, "x")
        assert quick().ask_if_there(f"{server.address}/nowhere", body, "x") is None
        assert len(server.asked) == 2


def test_nobody_there() -> None:
    with serving(Server()) as gone:
        address = gone.address
    with pytest.raises(
        SourceError, match="cannot be reached, or breaks the connection off, 2 times"
    ):
        quick(tries=2).ask(address, body, "x")


def test_a_host_that_is_out_of_reach_is_not_waited_for_again(server: Server) -> None:
    client = quick(tries=3)
    with serving(server):
        address = f"{server.address}/files/a.bin"
        server.always = {"a.bin": "drop"}
        for times, said in ((3, "3 times in a row"), (4, "as before")):
            with pytest.raises(SourceError, match=said):
                client.ask(address, body, "x")
            assert len(server.asked) == times
        server.always = {}
        client.ask(address, body, "x")
        server.faults = [("a.bin", "drop")]
        assert client.ask(address, body, "x") == server.files["a.bin"]  # it is patient again


def test_no_address_at_all() -> None:
    with pytest.raises(SourceError, match="is no address of a web service; correct the catalogue"):
        quick().ask("ftp://example.org/x", body, "x")


def test_an_answer_that_cannot_be_read_is_asked_again(server: Server) -> None:
    seen = 0

    def read(answer: Answer) -> int:
        nonlocal seen
        seen += 1
        if seen < 3:
            raise UnusableAnswer("is not what was asked for")
        return seen

    with serving(server):
        assert quick().ask(f"{server.address}/files/a.bin", read, "x") == 3


def test_a_server_that_is_silent_too_long(server: Server) -> None:
    server.pause_s = 0.5
    with serving(server), pytest.raises(SourceError, match="does not answer in time, 2 times"):
        quick(seconds=0.1, tries=2).ask(f"{server.address}/files/a.bin", body, "x")


def test_no_more_than_so_many_at_once(server: Server) -> None:
    server.pause_s = 0.02
    with serving(server), ThreadPoolExecutor(10) as pool:
        client = quick(at_once=3)
        list(pool.map(lambda _: client.ask(f"{server.address}/files/a.bin", body, "x"), range(20)))
    assert server.most_at_once == 3


def test_asking_stops(server: Server) -> None:
    stop = threading.Event()
    stop.set()
    with serving(server), pytest.raises(KeyboardInterrupt):
        quick(stop=stop).ask(f"{server.address}/files/a.bin", body, "x")
    assert server.asked == []


def test_a_file_is_fetched_on_from_where_it_was(server: Server, tmp_path: Path) -> None:
    path, told = tmp_path / "a.bin", []
    whole = server.files["a.bin"] = bytes(range(256)) * 16_000  # 4 MB
    path.write_bytes(whole[:1000])
    with serving(server):
        server.faults = [
            ("a.bin", "truncate")
        ] * 4  # more than the tries, each of which brings some
        quick(tries=2).download(f"{server.address}/files/a.bin", path, "x", told.append)
        assert path.read_bytes() == whole
        assert told[-1] == len(whole)
        quick().download(f"{server.address}/files/a.bin", path, "x", told.append)  # all there: 416
    assert path.read_bytes() == whole


def test_another_version_of_a_file_is_fetched_from_the_start(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with serving(server):
        quick().download(f"{server.address}/files/a.bin", path, "x", lambda _: None, '"old"')
    assert path.read_bytes() == server.files["a.bin"]


def test_a_query_is_added_to_what_is_there() -> None:
    assert with_query(
        "https://a.nl/wfs?map=x&", {"service": "WFS", "bbox": "1,2,3,4", "none": None}
    ) == ("https://a.nl/wfs?map=x&service=WFS&bbox=1,2,3,4")


class Dripping(BaseHTTPRequestHandler):
    """Gives a byte now and then, and never the last."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if "refused" in self.path else 200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b" ")
                time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def dripping() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_drips_does_not_keep_anyone_waiting(dripping: str) -> None:
    began = time.monotonic()
    with pytest.raises(SourceError, match="does not answer in time"):
        quick(seconds=0.2, tries=1).ask(f"{dripping}/a", body, "x")
    with pytest.raises(SourceError, match="answers with status 404"):
        quick(seconds=0.2, tries=1).ask(f"{dripping}/refused", body, "x")
    assert time.monotonic() - began < 5  # five times the silence that is allowed


def test_who_stops_does_not_wait_for_an_answer_that_drips(dripping: str) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        quick(stop=stop, seconds=10).ask(f"{dripping}/a", body, "x")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "-7"}, 0.0),
        ({"Retry-After": "soon"}, 0.0),
        ({}, 0.0),
        # The clock of the server is years ahead of ours, or behind.
        (
            {
                "Retry-After": "Fri, 01 Jan 2100 00:00:30 GMT",
                "Date": "Fri, 01 Jan 2100 00:00:00 GMT",
            },
            30.0,
        ),
        (
            {
                "Retry-After": "Sat, 01 Jan 2000 00:00:30 GMT",
                "Date": "Sat, 01 Jan 2000 00:00:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "Sat, 01 Jan 2000 00:00:30 GMT", "Date": "now"}, 0.0),
    ],
)
def test_a_pause_is_by_the_clock_of_the_server(headers: dict[str, str], seconds: float) -> None:
    assert _seconds_in(headers) == seconds


@pytest.mark.parametrize(
    ("asked", "refers_to", "is_refused"),
    [
        ("https://a.nl/x", "http://a.nl/y", True),
        ("https://a.nl/x", "//b.nl/y", False),
        ("https://a.nl/x", "/y", False),
        ("https://a.nl/x", "https://b.nl/y", False),
        ("http://a.nl/x", "http://b.nl/y", False),
    ],
)
def test_a_server_that_moved_may_not_leave_encryption(
    asked: str, refers_to: str, *, is_refused: bool
) -> None:
    response = requests.Response()
    response.status_code, response.url = 301, asked
    response.headers["Location"] = refers_to
    if is_refused:
        with pytest.raises(_Refusal, match="without encryption"):
            _Session().get_redirect_target(response)
    else:
        assert _Session().get_redirect_target(response) == refers_to
