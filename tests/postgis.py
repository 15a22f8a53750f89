"""A private PostgreSQL with PostGIS for as long as the tests need one: no port, no service, nothing left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import shapely
from numpy.typing import NDArray

_SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
work_mem = '128MB'
max_parallel_workers_per_gather = 0
"""


def _programs() -> Path | None:
    """Return the folder with the newest server's programs; Debian keeps them off the path."""
    on_path = shutil.which("initdb")
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parents[1].name)
    )
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def _as_server(command: list[str], folder: Path) -> None:
    """Run a program of the server; it refuses to be root, so root runs it as the user that the package made."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, *command], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")


@contextmanager
def private_database() -> Iterator[psycopg.Connection[Any]]:
    """Give a connection to an empty database with PostGIS; skips the test where PostgreSQL or PostGIS is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip(
            "no PostgreSQL server here; on Debian: apt-get install postgresql postgresql-postgis"
        )
    # A short path: the name of a socket may not be longer than about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    data = folder / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        _as_server(
            [
                f"{programs}/initdb",
                "-D",
                str(data),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            folder,
        )
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"{_SETTINGS}unix_socket_directories = '{folder}'\n")
        _as_server(
            [
                f"{programs}/pg_ctl",
                "-D",
                str(data),
                "-w",
                "-t",
                "60",
                "-l",
                str(folder / "log"),
                "start",
            ],
            folder,
        )
        try:
            with psycopg.connect(
                host=str(folder), user="postgres", dbname="postgres", autocommit=True
            ) as connection:
                try:
                    connection.execute("CREATE EXTENSION postgis")
                except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile):
                    pytest.skip(
                        "PostgreSQL is here, PostGIS is not; on Debian: apt-get install postgresql-postgis"
                    )
                yield connection
        finally:
            _as_server(
                [f"{programs}/pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop"], folder
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load(connection: psycopg.Connection[Any], table: str, geometries: NDArray[Any]) -> None:
    """Make an indexed table of geometries in RD New, numbered by position."""
    connection.execute(
        f"CREATE TABLE {table} (position integer PRIMARY KEY, wkb bytea, shape geometry)"
    )
    with connection.cursor().copy(
        f"COPY {table} (position, wkb) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int4", "bytea"])
        for position, wkb in enumerate(shapely.to_wkb(geometries)):
            copy.write_row((position, wkb))
    connection.execute(f"UPDATE {table} SET shape = ST_GeomFromWKB(wkb, 28992)")
    connection.execute(f"CREATE INDEX ON {table} USING gist (shape)")
    connection.execute(f"ANALYZE {table}")
