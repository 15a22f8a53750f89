"""Asking web services politely: few requests at once, a pause when they ask for one, few tries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError, SSLError

from flexruimte.errors import SourceError

__all__ = ["Answer", "Client", "UnusableAnswer", "software", "with_query"]

Read = TypeVar("Read")

_TEMPORARY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same question may be answered later."""
_CHUNK: Final = 1 << 16
_LARGEST: Final = 1 << 28
"""An answer to one question is no larger than this; a file may be. [byte]"""
_LONGEST_PAUSE_S: Final = 120.0
"""A server that asks for a longer pause is not waited for. [s]"""
_OUT_OF_REACH: Final = "cannot be reached, or breaks the connection off"
_SHOWN: Final = 120
"""Characters of an answer that an error shows."""


class UnusableAnswer(Exception):
    """An answer that is not what was asked for, though the server says that all is well.

    Asked again it may be, as a body that was cut short or a page of maintenance; it says why.
    """


class _Refusal(Exception):
    """An answer that will be the same next time; it says why, and what to do."""


class _RefusedError(SourceError):
    """A service does not answer a question."""


@dataclass(frozen=True)
class Answer:
    """What a server answered with a status of success."""

    address: str
    """Where it came from, after what the server referred to."""
    body: bytes
    kind: str
    """The media type, in small letters and without what follows it; empty where it is not said."""
    headers: Mapping[str, str]

    def start(self) -> str:
        """Return the beginning of the body as a text on one line, for messages."""
        return " ".join(self.body[:_SHOWN].decode("utf-8", "replace").split())


class Client:
    """Asks services, for all threads of a fetch together.

    Parameters
    ----------
    at_once
        Requests to one host at the same time, at most.
    tries
        Times that a question is asked before it fails.
    pause_s
        Before the second try; each further one waits twice as long. [s]
    seconds
        That a server may be silent, and a fifth of what one answer may take in all. [s]
    stop
        Set when nothing more is to be asked.
    """

    def __init__(
        self,
        *,
        at_once: int = 4,
        tries: int = 5,
        pause_s: float = 1.0,
        seconds: float = 60.0,
        stop: threading.Event | None = None,
    ) -> None:
        self.at_once, self._tries, self._pause_s, self._seconds = at_once, tries, pause_s, seconds
        self.stop = stop or threading.Event()
        self._lock = threading.Lock()
        self._places: dict[str, threading.BoundedSemaphore] = {}
        self._not_before: dict[str, float] = {}
        self._out_of_reach: set[str] = set()
        self._own = threading.local()

    def ask(self, address: str, read: Callable[[Answer], Read], label: str) -> Read:
        """Ask for an address until the answer can be read, and return what was read of it.

        Parameters
        ----------
        address
            With its query.
        read
            Makes something of an answer, or raises `UnusableAnswer`.
        label
            How messages call what is fetched.

        Raises
        ------
        SourceError
            When the server refuses, or does not give a usable answer in so many tries.
        KeyboardInterrupt
            When nothing more is to be asked.
        """
        return self._patiently(lambda: read(self._answer(address)), address, label)

    def ask_if_there(self, address: str, read: Callable[[Answer], Read], label: str) -> Read | None:
        """Ask as `ask` does; return None where a service does not have this kind of answer."""
        try:
            return self._patiently(lambda: read(self._answer(address)), address, label)
        except _RefusedError:
            return None

    def head(self, address: str, label: str) -> Mapping[str, str]:
        """Return what a server says of a file; empty where it does not answer such a question.

        Raises
        ------
        SourceError
            When the file is not there.
        """

        def once() -> Mapping[str, str]:
            with self._answered(address, {}, "HEAD", refusals=(403, 405, 501)) as (response, _):
                return dict(response.headers) if response.ok else {}

        return self._patiently(once, address, label)

    def download(
        self,
        address: str,
        path: Path,
        label: str,
        told: Callable[[int], None],
        tag: str | None = None,
    ) -> None:
        """Fetch a file, and go on with what of it is there already.

        Parameters
        ----------
        path
            Of the file; what is in it already are its first bytes.
        tag
            Entity tag of the version that those bytes are of: of another, all of it is fetched.
        told
            Given the number of bytes that are there. [byte]

        Raises
        ------
        SourceError
            When it cannot be had.
        """

        def size() -> int:
            return path.stat().st_size if path.exists() else 0

        def once() -> None:
            there = size()
            asked = {"Range": f"bytes={there}-"} if there else {}
            if there and tag and not tag.startswith("W/"):
                asked["If-Range"] = tag
            with self._answered(address, asked, refusals=(416,)) as (response, _):
                if response.status_code == 416:  # there is nothing behind what is there
                    return
                begins = there if response.status_code == 206 else 0
                with path.open("ab" if begins else "wb") as file:
                    for chunk in self._chunks(response, float("inf")):
                        file.write(chunk)
                        told(file.tell())

        while True:
            before = size()
            try:
                return self._patiently(once, address, label)
            except SourceError:
                if size() <= before:  # else the tries were not in vain, and count anew
                    raise

    def _answer(self, address: str) -> Answer:
        with self._answered(address, {}) as (response, deadline):
            body = bytearray()
            for chunk in self._chunks(response, deadline):
                body += chunk
                if len(body) > _LARGEST:
                    raise UnusableAnswer(f"answers more than {_LARGEST >> 20} MB at once")
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Answer(response.url, bytes(body), kind, response.headers)

    def _patiently(self, once: Callable[[], Read], address: str, label: str) -> Read:
        """Return what a question gives, asked so many times."""
        said, host = "", _host_of(address)
        # Where a host could not be reached a moment ago, nobody waits for it as long again.
        tries = 1 if host in self._out_of_reach else self._tries
        for attempt in range(tries):
            if attempt:
                self._rest(self._pause_s * 2 ** (attempt - 1))
            try:
                read = once()
            except _Refusal as error:
                raise _RefusedError(f"{label}: {address} {error}") from None
            except UnusableAnswer as error:
                said = str(error)
            except requests.Timeout:
                said = "does not answer in time"
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
                raise SourceError(
                    f"{label}: {address} is no address of a web service; correct the catalogue"
                ) from None
            except requests.exceptions.SSLError:
                said = "has a certificate that is not trusted"
            except requests.TooManyRedirects:
                said = "refers from one address to the next without an end"
            except requests.ConnectionError:
                said = _OUT_OF_REACH
            except requests.RequestException as error:
                said = f"gives an answer that cannot be read ({type(error).__name__})"
            else:
                self._out_of_reach.discard(host)
                return read
        if said == _OUT_OF_REACH:
            self._out_of_reach.add(host)
        times = f"{tries} times in a row" if tries > 1 else "as before"
        raise SourceError(
            f"{label}: {address} {said}, {times}; "
            "see whether the service and the network are there, and give the command again"
        )

    @contextmanager
    def _answered(
        self,
        address: str,
        headers: Mapping[str, str],
        method: str = "GET",
        refusals: tuple[int, ...] = (),
    ) -> Iterator[tuple[requests.Response, float]]:
        """Open a context with an answer of success, or one of the refusals that are expected."""
        host = _host_of(address)
        with self._lock:
            place = self._places.setdefault(host, threading.BoundedSemaphore(self.at_once))
        with place:
            self._await(host)
            deadline = time.monotonic() + 5 * self._seconds
            with self._session.request(
                method,
                address,
                headers=dict(headers),
                timeout=(min(10.0, self._seconds), self._seconds),
                stream=True,
            ) as response:
                status = response.status_code
                if status in _TEMPORARY:
                    self._note_pause(host, _seconds_in(response.headers))
                    raise UnusableAnswer(f"answers with status {status}")
                if not response.ok and status not in refusals:
                    raise _Refusal(_why_refused(status, response))
                yield response, deadline

    def _chunks(self, response: requests.Response, deadline: float) -> Iterator[bytes]:
        # Taken as it comes in: who waits for a whole chunk of a server that gives some bytes a
        # minute waits for hours, and sees no deadline.
        while chunk := _read(response):
            if self.stop.is_set():
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise requests.Timeout
            yield chunk

    @property
    def _session(self) -> requests.Session:
        """A session of this thread: those of the library are not made for several."""
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = _Session()
            session.max_redirects = 5
            session.headers["User-Agent"] = software().replace(" ", "/")
        return session

    def _note_pause(self, host: str, seconds: float) -> None:
        """Let all threads leave a host alone for as long as it asks for."""
        if seconds > _LONGEST_PAUSE_S:
            raise _Refusal(
                f"asks to come back in {seconds:.0f} seconds; give the command again then: "
                "what is there is not fetched again"
            )
        with self._lock:
            until = time.monotonic() + seconds
            self._not_before[host] = max(until, self._not_before.get(host, 0.0))

    def _await(self, host: str) -> None:
        self._rest(self._not_before.get(host, 0.0) - time.monotonic())

    def _rest(self, seconds: float) -> None:
        if self.stop.wait(max(seconds, 0.0)):
            raise KeyboardInterrupt


class _Session(requests.Session):
    """A session that does not leave encryption."""

    def get_redirect_target(self, response: requests.Response) -> str | None:
        """Return where a server refers to; None where it does not."""
        target = super().get_redirect_target(response)
        if target is not None and response.url.startswith("https:"):
            address = urljoin(response.url, target)
            if address.startswith("http:"):
                raise _Refusal(
                    f"refers to {address}, without encryption; take another service of the dataset"
                )
        return target


def _host_of(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2]


def software() -> str:
    """Return how this program calls itself."""
    try:
        return f"flexruimte {version('flexruimte')}"
    except PackageNotFoundError:  # a checkout that is not installed
        return "flexruimte"


def _seconds_in(headers: Mapping[str, str]) -> float:
    """Return how long a server asks to wait, in seconds or until a moment; 0 where it does not.

    A moment is one of the server's own clock, which may be another than ours.
    """
    asked = headers.get("Retry-After", "")
    with suppress(ValueError):
        return max(float(asked), 0.0)
    now = time.time()
    with suppress(ValueError, TypeError):
        now = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    with suppress(ValueError, TypeError):
        return max(parsedate_to_datetime(asked).timestamp() - now, 0.0)
    return 0.0


def _read(response: requests.Response) -> bytes:
    """Return what has come in of a body, as the library does for whole chunks; empty at its end."""
    try:
        return bytes(response.raw.read1(_CHUNK, decode_content=True) or b"")
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from None
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from None
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from None
    except SSLError as error:
        raise requests.exceptions.SSLError(error) from None


def _why_refused(status: int, response: requests.Response) -> str:
    remedy = {
        401: "the service asks for a key: put one in the address in a catalogue of your own",
        403: "the service asks for a key, or does not let this machine in",
        404: "there is nothing there: the address in the catalogue is out of date",
        410: "there is nothing there any more: the address in the catalogue is out of date",
    }.get(status, "it does not take the question: the catalogue and the service do not agree")
    said = " ".join(
        response.raw.read1(_SHOWN, decode_content=True).decode("utf-8", "replace").split()
    )
    return f"answers with status {status} ({said}); {remedy}"


def with_query(address: str, query: Mapping[str, object]) -> str:
    """Return an address with parameters added to its query; those of None are left out.

    Examples
    --------
    >>> with_query("https://example.org/items?key=1", {"limit": 1000, "bbox": "1,2,3,4", "f": None})
    'https://example.org/items?key=1&limit=1000&bbox=1,2,3,4'
    """
    added = urlencode(
        {name: value for name, value in query.items() if value is not None}, safe=",:/()"
    )
    joint = "&" if "?" in address else "?"
    return f"{address.rstrip('?&')}{joint}{added}" if added else address
