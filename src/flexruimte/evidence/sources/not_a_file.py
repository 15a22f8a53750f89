"""What an address has in common with others at which there is no file: a service, a database."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO

__all__ = ["NotAFile", "OpenedAsItIs"]


class OpenedAsItIs:
    """An address that needs nothing to be set before a library opens it."""

    def vector_session(self) -> AbstractContextManager[Any]:
        """Return a context that does nothing."""
        return nullcontext()

    def raster_session(self) -> AbstractContextManager[Any]:
        """Return a context that does nothing."""
        return nullcontext()


class NotAFile(OpenedAsItIs):
    """An address of something that answers, and has no bytes of its own.

    Examples
    --------
    >>> NotAFile().is_files, NotAFile().member
    (False, '')
    """

    is_files = False

    def check_presence(self, label: str, named: str) -> None:
        """Do nothing: only asking tells."""

    def sha256(self) -> str:
        """Raise an OSError: it is not a file."""
        raise OSError("a service or database has no digest")

    def read_bytes(self) -> bytes:
        """Raise an OSError: it is not a file."""
        raise OSError("it is not a file")

    @property
    def member(self) -> str:
        """Nothing: it is no archive."""
        return ""

    def opened(self) -> AbstractContextManager[BinaryIO]:
        """Raise an OSError: it is not a file."""
        raise OSError("it is not a file")
