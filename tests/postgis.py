"""A private PostgreSQL with PostGIS for as long as the tests need one: no port, no service, nothing left behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import psycopg
import pytest
import shapely
from numpy.typing import NDArray

_SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_of(data: Path) -> int:
    """Return the port that a server writes beside its data."""
    return int((data / "postmaster.pid").read_text().splitlines()[3])


@contextmanager
def private_database(password_for: str = "") -> Iterator[psycopg.Connection[Any]]:
    """Give a connection to an empty database with PostGIS; skips the test where PostgreSQL or PostGIS is not installed.

    It answers through a socket in its own folder, and trusts whoever asks. With `password_for` it answers on a free
    port of this machine as well, and asks that role there for a password.
    """
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
            settings.write(f"port = {_free_port()}\n")
            if password_for:
                settings.write("listen_addresses = '127.0.0.1'\n")
        if password_for:
            (data / "pg_hba.conf").write_text(
                f"local all all trust\nhost all {password_for} 127.0.0.1/32 scram-sha-256\n"
            )
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
                host=str(folder),
                port=_port_of(data),
                user="postgres",
                dbname="postgres",
                autocommit=True,
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


def address_of(connection: psycopg.Connection[Any], user: str = "postgres") -> str:
    """Return what a study writes to read from the database of a connection, in which it trusts whoever asks."""
    return f"postgresql://{user}@/{connection.info.dbname}?host={connection.info.host}&port={connection.info.port}"


def put(
    connection: psycopg.Connection[Any],
    table: str,
    frame: pd.DataFrame,
    *,
    srid: int = 28992,
    key: str | None = None,
) -> None:
    """Make a table of a frame; shapes of a GeoDataFrame in an indexed column `geom`, ids of its index as primary key."""
    shapes = frame.geometry.to_numpy() if isinstance(frame, gpd.GeoDataFrame) else None
    values = pd.DataFrame(frame.drop(columns=frame.geometry.name) if shapes is not None else frame)
    if key is not None:
        values.insert(0, key, frame.index)
    kinds = {"i": "bigint", "f": "double precision", "b": "boolean", "M": "date"}
    types = [kinds.get(values[name].dtype.kind, "text") for name in values]
    columns = [
        f'"{name}" {kind}{" PRIMARY KEY" if name == key else ""}'
        for name, kind in zip(values, types, strict=True)
    ]
    names = [f'"{name}"' for name in values]
    if shapes is not None:
        if shapely.has_z(shapes).any():
            shapes = shapely.force_3d(shapes)
        columns.append(
            f"geom geometry(Geometry{'Z' if shapely.has_z(shapes).any() else ''}, {srid})"
        )
        names.append("geom")
    connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    objects = [
        [
            None if missing else value
            for value, missing in zip(values[name].tolist(), values[name].isna(), strict=True)
        ]
        for name in values
    ]
    if shapes is not None:
        located = shapely.set_srid(shapes, srid)
        objects.append(list(shapely.to_wkb(located, hex=True, include_srid=True)))
    with connection.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in zip(*objects, strict=True):
            copy.write_row(row)
    if shapes is not None:
        connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    connection.execute(f"ANALYZE {table}")
