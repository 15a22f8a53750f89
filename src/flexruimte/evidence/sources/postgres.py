"""A PostgreSQL server: its address, who asks, and a connection in which nothing can be changed.

Who asks never stands in a study. libpq, the library of PostgreSQL itself, finds it where all
programs of PostgreSQL do: ``PGUSER`` and ``PGPASSWORD``, a password file (``PGPASSFILE``,
``~/.pgpass``), a service file (``PGSERVICE``, ``PGSERVICEFILE``, ``~/.pg_service.conf``).

References
----------
https://www.postgresql.org/docs/current/libpq-connect.html
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from flexruimte.errors import SourceError, redacted
from flexruimte.evidence.sources.not_a_file import NotAFile

if TYPE_CHECKING:
    import psycopg

    Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

__all__ = ["Database", "is_database"]

_SCHEMES: Final = ("postgresql://", "postgres://", "pg:")
_SECONDS_TO_CONNECT: Final = 10
_CLOCK: Final = "Europe/Amsterdam"
"""A moment is written on this clock: the day that counts in the Netherlands is the day there."""
_INSTALL: Final = 'pip install "flexruimte[postgres]"'


def is_database(source: str) -> bool:
    """Return whether a source is the address of a PostgreSQL server.

    Examples
    --------
    >>> is_database("postgresql://host/db"), is_database("PG:service=flex"), is_database("a.gpkg")
    (True, True, False)
    """
    return source.lower().startswith(_SCHEMES)


@dataclass(frozen=True)
class Database(NotAFile):
    """A PostgreSQL server: an address as libpq takes it, or as GDAL writes it, after ``PG:``."""

    path: str

    def stamp(self) -> object:
        """Return where the server's log of changes is; what nobody changed is the same there.

        The log serves all databases of a server, so on a busy one it moves although the source
        does not change: then the source is read again and found the same. Where the server does not
        tell, each stamp is another.

        Raises
        ------
        SourceError
            When the server does not answer or does not let this account in.
        """
        import psycopg

        with self.connected(redacted(self.path)) as connection:
            try:
                found = connection.execute(
                    "SELECT pg_postmaster_start_time()::text, CASE WHEN pg_is_in_recovery() "
                    "THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END::text"
                ).fetchone()
            except psycopg.Error:  # servers that only speak like PostgreSQL keep another log
                found = None
        return list(found or (uuid.uuid4().hex,))

    @contextmanager
    def connected(self, label: str) -> Iterator[Connection]:
        """Open a connection that reads one moment of the database and cannot change anything.

        Parameters
        ----------
        label
            How messages call the source.

        Raises
        ------
        SourceError
            When the address cannot be understood, the driver is not installed, the server does not
            answer, or it does not let this account in.
        """
        try:
            import psycopg
        except ImportError:
            raise SourceError(
                f"{label} is a database, which needs psycopg; install it with {_INSTALL}"
            ) from None
        try:
            connection = psycopg.connect(**self._parameters(label))
        except psycopg.Error as error:
            said = " ".join(str(error).split())
            raise SourceError(f"{label} cannot be reached: {said}; {self.remedy('psql')}") from None
        with connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute(
                "SELECT set_config('DateStyle', 'ISO', true), set_config('TimeZone', %b, true), "
                # PostGIS may be in a schema that this account does not search.
                "set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), "
                "''), (SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace "
                "ON pg_namespace.oid = extnamespace WHERE extname = 'postgis')), true)",
                [_CLOCK],
            )
            yield connection

    def _parameters(self, label: str) -> dict[str, Any]:
        """Return what libpq is told; a message of its own might hold a part of the address."""
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        told = re.sub(r"(?i)^pg:", "", self.path)
        try:
            parameters: dict[str, Any] = conninfo_to_dict(told)
        except ProgrammingError:
            raise SourceError(
                f"{label}: the address of the database cannot be understood; write it as in "
                "postgresql://host:5432/database, or postgresql://?service=name"
            ) from None
        waits = (
            {} if "PGCONNECT_TIMEOUT" in os.environ else {"connect_timeout": _SECONDS_TO_CONNECT}
        )
        return {"application_name": "flexruimte", **waits, **parameters}

    def remedy(self, tool: str) -> str:
        """Return what to do."""
        del tool
        return (
            "check the address, that the server runs, and who asks, here and on every worker: "
            "PGUSER and PGPASSWORD, a password file (PGPASSFILE) or a service file (PGSERVICE)"
        )
