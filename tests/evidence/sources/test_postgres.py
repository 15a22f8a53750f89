"""Who asks a database is said outside the study, and nothing of it is ever told."""

from __future__ import annotations

import builtins
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from flexruimte import SourceError, StudyError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.addresses import address_of as place_of
from flexruimte.evidence.sources.postgres import Database, is_database
from flexruimte.rules.study_file import LayerSettings, read_study_file
from postgis import private_database, put
from toy_town import box, frame

SECRET = "hush-7f3a"


@pytest.fixture(scope="module")
def guarded() -> Iterator[psycopg.Connection[Any]]:
    """A server that asks the role `lezer` for a password, at a port of its own."""
    with private_database(password_for="lezer") as connection:
        connection.execute(f"CREATE ROLE lezer LOGIN PASSWORD '{SECRET}'")
        put(connection, "vlakken", frame([box(0, 0, 1, 1)], nr=[1]))
        connection.execute("GRANT SELECT ON vlakken TO lezer")
        yield connection


def address(server: psycopg.Connection[Any]) -> str:
    return f"postgresql://127.0.0.1:{server.info.port}/postgres"


def rows(named: str) -> int:
    return len(open_source("x", LayerSettings(source=named, layer="vlakken"), Path()).read(["nr"]))


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No password of whoever runs the tests."""
    for name in ("PGUSER", "PGPASSWORD", "PGSERVICE", "PGSERVICEFILE", "PGHOST", "PGPORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))


def test_a_password_comes_from_the_environment(
    guarded: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGUSER", "lezer")
    with pytest.raises(
        SourceError, match=r"cannot be reached: .*no password supplied; check the address"
    ):
        rows(address(guarded))
    monkeypatch.setenv("PGPASSWORD", SECRET)
    assert rows(address(guarded)) == 1
    assert rows(f"PG:host=127.0.0.1 port={guarded.info.port} dbname=postgres") == 1


def test_or_from_a_password_file_or_a_service_file(
    guarded: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "pgpass"
    kept.write_text(f"127.0.0.1:{guarded.info.port}:postgres:lezer:{SECRET}\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    assert rows(address(guarded).replace("//", "//lezer@")) == 1
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    services = tmp_path / "services"
    services.write_text(
        f"[flex]\nhost=127.0.0.1\nport={guarded.info.port}\ndbname=postgres\nuser=lezer\npassword={SECRET}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    for named in ("postgresql://?service=flex", "PG:service=flex"):
        assert rows(named) == 1


def test_a_wrong_password_is_never_told(
    guarded: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("PGUSER", "lezer")
    monkeypatch.setenv("PGPASSWORD", f"{SECRET}-wrong")
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(SourceError, match="password authentication failed") as caught,
    ):
        rows(address(guarded))
    assert SECRET not in str(caught.value) + caplog.text


WITH_PASSWORD = [
    f"postgresql://me:{SECRET}@db/flex",
    f"postgres://me:{SECRET}@db:5432/flex",
    f"POSTGRESQL://:{SECRET}@db",
    f"postgresql://db/flex?user=me&password={SECRET}",
    f"postgresql://db/flex?sslpassword={SECRET}",
    f"PG:host=db user=me password={SECRET}",
    f"PG:host=db PASSWORD = '{SECRET}'",
]


@pytest.mark.parametrize("named", WITH_PASSWORD)
def test_a_study_holds_no_password(named: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="it holds a password, which a study may not"):
        LayerSettings(source=named)
    study = tmp_path / "study.toml"
    study.write_text(
        '[study]\nname = "x"\nas_of = 2026-01-01\n[parcels]\nsource = "a"\nid = "b"\n'
        f'[municipalities]\nsource = "a"\ncode = "b"\nname = "c"\n[layers.x]\nsource = "{named}"\n'
    )
    with pytest.raises(
        StudyError, match=r"study.toml: \[layers.x.source\] it holds a password"
    ) as caught:
        read_study_file(study)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "named",
    [
        "postgresql://db:5432/flex",
        "postgresql://me@db/flex",
        "PG:dbname=password",
        "postgresql:///flex?host=/tmp",
        "postgresql://one:5432,two:5433/flex",
        "postgresql://?service=flex",
        "passwords.gpkg",
    ],
)
def test_an_address_without_a_password(named: str) -> None:
    assert LayerSettings(source=named).source == named


@pytest.mark.parametrize(
    "named",
    [f"PG:host=db {SECRET}", f"postgresql://db/flex?{SECRET}", f"postgresql://db/%zz{SECRET}"],
)
def test_an_address_that_cannot_be_understood_is_not_repeated(named: str) -> None:
    with (
        pytest.raises(
            SourceError, match="the address of the database cannot be understood; write it as in"
        ),
        Database(named).connected("x"),
    ):
        pass


def test_what_is_a_database() -> None:
    assert isinstance(place_of("postgresql://db/flex", Path()), Database)
    assert not is_database("mysql://db/flex")
    for ask in (Database("PG:").sha256, Database("PG:").read_bytes, Database("PG:").opened):
        with pytest.raises(OSError, match=r"digest|file"):
            ask()


def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "psycopg":
            raise ImportError(name)
        return usual(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        SourceError, match=r'needs psycopg; install it with pip install "flexruimte\[postgres\]"'
    ):
        rows("postgresql://db/flex")


def test_the_driver_is_loaded_where_it_is_used() -> None:
    code = "import sys, flexruimte.study; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
