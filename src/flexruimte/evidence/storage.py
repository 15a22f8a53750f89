"""Remote files: objects on S3 and whatever speaks like it, and files behind a web address.

Three libraries read objects: the GDAL of pyogrio, that of rasterio, and Arrow. Each has its own
idea of the AWS variables; here is one:

- ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN``: who asks; or a profile in
  ``~/.aws``, or the machine's own role. ``AWS_NO_SIGN_REQUEST=YES`` for public data.
- ``AWS_REGION`` or ``AWS_DEFAULT_REGION``.
- ``AWS_ENDPOINT_URL_S3``, ``AWS_ENDPOINT_URL`` or ``AWS_S3_ENDPOINT``: where, if not at Amazon;
  ``http://`` or ``AWS_HTTPS=NO`` for no TLS.
- ``AWS_VIRTUAL_HOSTING``: whether the bucket is part of the host's name. Not given: at Amazon it
  is, elsewhere not.
"""

from __future__ import annotations

import base64
import io
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias
from urllib.parse import unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem

__all__ = [
    "Stamp",
    "advice",
    "explained",
    "filesystem",
    "gdal_options",
    "gives_parts",
    "is_elsewhere",
    "opened",
    "read_bytes",
    "stamp",
]

Stamp: TypeAlias = tuple[str, ...]
"""Size, entity tag and moment of change, as far as they are told."""

_S3, _WEB = "/vsis3/", ("http://", "https://")
_SECONDS_TO_CONNECT: Final = 10.0
_SECONDS_TO_ANSWER: Final = 60.0
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_S3_ENDPOINT")
_READ_AHEAD: Final = 1 << 16
"""So much of a file behind a web address is asked for at once. [byte]"""
_HEADERS: Final = ("Content-Length", "ETag", "Last-Modified")


@dataclass(frozen=True)
class _Service:
    """Where objects are, by the environment of this process."""

    host: str
    """Empty is Amazon."""
    scheme: str
    bucket_in_host: bool
    region: str | None
    unsigned: bool


def _service() -> _Service:
    address = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    scheme, _, host = address.rstrip("/").rpartition("://")
    return _Service(
        host=host,
        scheme=scheme or ("https" if _is_on("AWS_HTTPS", usual=True) else "http"),
        bucket_in_host=_is_on("AWS_VIRTUAL_HOSTING", usual=not host),
        region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        unsigned=_is_on("AWS_NO_SIGN_REQUEST", usual=False),
    )


def _is_on(name: str, *, usual: bool) -> bool:
    said = os.environ.get(name, "").upper()
    return said in ("YES", "TRUE", "ON", "1") if said else usual


def gdal_options() -> dict[str, str]:
    """Return what GDAL has to be told of the service.

    It reads the rest of the environment itself.
    """
    service = _service()
    if not service.host:
        return {}
    return {
        "AWS_S3_ENDPOINT": service.host,
        "AWS_HTTPS": "YES" if service.scheme == "https" else "NO",
        "AWS_VIRTUAL_HOSTING": "TRUE" if service.bucket_in_host else "FALSE",
    }


def filesystem() -> S3FileSystem:
    """Return Arrow's client of the service; paths in it are ``bucket/key``."""
    return _filesystem(_service())


@lru_cache(maxsize=4)
def _filesystem(service: _Service) -> S3FileSystem:
    from pyarrow.fs import S3FileSystem  # some 0.1 s, for those who need it

    return S3FileSystem(
        endpoint_override=service.host or None,
        scheme=service.scheme,
        region=service.region,
        anonymous=service.unsigned,
        force_virtual_addressing=service.bucket_in_host,
        connect_timeout=_SECONDS_TO_CONNECT,
        request_timeout=_SECONDS_TO_ANSWER,
        allow_delayed_open=True,  # what is small goes in one request
    )


def is_elsewhere(path: str) -> bool:
    """Return whether what GDAL has to open is an object or a file behind a web address.

    What is inside an archive there counts too.

    Examples
    --------
    >>> is_elsewhere("/vsis3/bucket/a.gpkg"), is_elsewhere("/vsizip//vsis3/bucket/a.zip/a.shp")
    (True, True)
    >>> is_elsewhere("/data/a.gpkg")
    False
    """
    return _outer(path).startswith((_S3, *_WEB))


def _outer(path: str) -> str:
    """Return the path without what is inside an archive."""
    if not path.startswith("/vsizip/"):
        return path.removeprefix("/vsicurl/")
    inner = path.removeprefix("/vsizip/").removeprefix("/vsicurl/")
    archive = re.match(r".*?\.zip(?=/|$)", inner, re.IGNORECASE)
    return archive[0] if archive else inner


def stamp(path: str) -> Stamp | None:
    """Return what changes when an object or a file behind a web address does.

    None when it is not there.

    Parameters
    ----------
    path
        As GDAL opens it, such as ``/vsis3/bucket/key`` or ``https://host/file``. Of a shapefile the
        other files count too. A web server that tells none of it gives empty texts: its changes are
        not seen.

    Raises
    ------
    OSError
        When the storage or server does not answer, or does not let this process in.
    """
    outer = _outer(path)
    if not outer.startswith(_S3):
        return _stamp_of_page(outer)
    key = outer.removeprefix(_S3)
    found = _stamp_of_object(key)
    if found is not None and key.lower().endswith(".shp"):
        for ending in (".dbf", ".shx", ".prj", ".cpg"):
            found += _stamp_of_object(key[:-4] + ending) or ()
    return found


def _stamp_of_object(key: str) -> Stamp | None:
    client = filesystem()
    if client.get_file_info(key).is_file:  # says more of what is wrong than opening does
        with client.open_input_stream(key) as stream:
            said = stream.metadata()
        return tuple(said[name].decode() for name in _HEADERS if name in said)
    return None


def _request(address: str, method: str = "GET") -> urllib.request.Request:
    """Return what asks for an address; a name and password in it go as GDAL sends them."""
    parts = urlsplit(address)
    who, at, host = parts.netloc.rpartition("@")
    asked = urllib.request.Request(urlunsplit(parts._replace(netloc=host)), method=method)
    if at:
        secret = base64.b64encode(unquote(who).encode()).decode()
        asked.add_header("Authorization", f"Basic {secret}")
    return asked


def _stamp_of_page(address: str) -> Stamp | None:
    try:
        asked = _request(address, method="HEAD")
        with urllib.request.urlopen(asked, timeout=_SECONDS_TO_ANSWER) as answer:
            return tuple(answer.headers.get(name, "") for name in _HEADERS)
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            return None
        return ("",) * len(_HEADERS)  # a server may refuse to be asked this and yet give the file


def read_bytes(path: str) -> bytes:
    """Return the content of an object or of a file behind a web address.

    Raises
    ------
    OSError
        When it is not there or cannot be had.
    """
    if path.startswith(_S3):
        with filesystem().open_input_stream(path.removeprefix(_S3)) as stream:
            content: Any = stream.read()
    else:
        asked = _request(path.removeprefix("/vsicurl/"))
        with urllib.request.urlopen(asked, timeout=_SECONDS_TO_ANSWER) as answer:
            content = answer.read()
    return bytes(content)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open an object or a file behind a web address, or the archive that holds it, to seek in it.

    Only what is asked for is fetched.

    Raises
    ------
    OSError
        When it is not there or cannot be had, or when a web server gives no parts of files.
    """
    outer = _outer(path)
    if outer.startswith(_S3):
        with filesystem().open_input_file(outer.removeprefix(_S3)) as content:
            yield content
    else:
        with io.BufferedReader(_WebFile(outer), _READ_AHEAD) as content:
            yield content


def gives_parts(path: str) -> bool:
    """Return whether a web server gives ranges of bytes of a file, which GDAL asks for.

    True where the server does not answer, as that is another fault.
    """
    try:
        with opened(path):
            return True
    except urllib.error.URLError:
        return True
    except OSError:
        return False


class _WebFile(io.RawIOBase):
    """A file behind a web address, of which a server gives ranges of bytes."""

    def __init__(self, address: str) -> None:
        self._address, self._at = address, 0
        _, self._size = self._range(0, 0)

    def _range(self, first: int, last: int) -> tuple[bytes, int]:
        asked = _request(self._address)
        asked.add_header("Range", f"bytes={first}-{last}")
        asked.add_header("Accept-Encoding", "identity")
        with urllib.request.urlopen(asked, timeout=_SECONDS_TO_ANSWER) as answer:
            total = answer.headers.get("Content-Range", "").rpartition("/")[2]
            if answer.status != 206 or not total.isdigit():
                raise OSError("the server gives no parts of files")
            return answer.read(), int(total)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(offset + (0, self._at, self._size)[whence], 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        last = min(self._at + len(buffer), self._size) - 1
        if last < self._at:
            return 0
        content, _ = self._range(self._at, last)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def advice(path: str) -> str:
    """Return what to look at when an address cannot be reached."""
    settings = (
        "AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        if _outer(path).startswith(_S3)
        else "the network"
    )
    return f"check the address and {settings}, here and on every worker"


def explained(error: OSError, path: str) -> str:
    """Return what a service said went wrong and what to do about it, in one line.

    The numbers of requests are left out: they differ each time.
    """
    said = str(error).strip().splitlines() or [type(error).__name__]
    plain = re.sub(r" *[(]Request ID: .*?[)]", "", said[0]).rstrip(" .")
    return f"{plain}; {advice(path)}"
