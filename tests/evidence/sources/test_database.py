"""A database gives what a file of the same rows gives, by window, and says what is wrong in one line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pytest
import shapely

from flexruimte import FlexruimteError, LayerError, SourceError, Study
from flexruimte.evidence.dates import as_days
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.study_file import LayerSettings
from flexruimte.study.checks import check
from postgis import address_of, private_database, put
from toy_files import write_toy_study
from toy_town import X, Y, box, frame, layers, municipalities, parcels, toy_study

Connection = psycopg.Connection[Any]
ROWS = frame(
    [box(10 * i, 0, 10 * i + 5, 5) for i in range(3)], nr=[1, 2, 3], naam=["Súd", "b%", None]
)


@pytest.fixture(scope="module")
def server() -> Iterator[Connection]:
    with private_database() as connection:
        connection.execute("ALTER DATABASE postgres SET search_path TO data, public")
        yield connection


@pytest.fixture
def database(server: Connection) -> Iterator[Connection]:
    """A schema of its own for each test, where names without a schema are looked up first."""
    server.execute("CREATE SCHEMA data")
    server.execute("SET search_path TO data, public")
    yield server
    server.execute("DROP SCHEMA data CASCADE")


def source(database: Connection, geometry: Any = "polygon", **settings: Any) -> Source:
    said = LayerSettings(source=address_of(database), **settings)
    return open_source("x", said, Path(), geometry=geometry)


def test_rows_in_a_window_are_those_of_a_file(database: Connection, tmp_path: Path) -> None:
    ROWS.to_file(tmp_path / "a.gpkg")
    put(database, "vlakken", ROWS)
    asked, file = (
        source(database, layer="data.vlakken"),
        open_source("x", LayerSettings(source="a.gpkg"), tmp_path),
    )
    assert asked.columns == file.columns == ["nr", "naam"]
    assert asked.crs == file.crs
    assert asked.feature_count == 3
    assert asked.extent == file.extent == (X, Y, X + 25, Y + 5)
    for window in (None, (X + 5, Y, X + 10, Y + 1), (X, Y, X + 30, Y + 5), (0.0, 0.0, 1.0, 1.0)):
        one, other = (each.read(["naam", "nr"], window) for each in (asked, file))
        one, other = one.sort_values("nr"), other.sort_values("nr")
        assert one["nr"].tolist() == other["nr"].tolist()
        assert one["naam"].fillna("-").tolist() == other["naam"].fillna("-").tolist()
        assert one.geometry.to_wkb().tolist() == other.geometry.to_wkb().tolist()
        assert one.crs == other.crs
    assert asked.read_table(["naam"], 2)["naam"].tolist() == ["Súd", "b%"]


def test_what_nearly_touches_a_window_is_not_in_it(database: Connection) -> None:
    put(database, "vlakken", frame([box(0.001, 0, 1, 1), box(2.002, 0, 3, 1)], nr=[1, 2]))
    read = source(database, layer="vlakken").read
    # PostGIS keeps bounds as float32, to 1/128 m here.
    assert read(["nr"], (X + 1, Y, X + 2.001, Y + 1))["nr"].tolist() == [1]
    assert read(["nr"], (X + 1.001, Y, X + 2.001, Y + 1))["nr"].tolist() == []
    assert read(["nr"], (X + 1.001, Y, X + 2.002, Y + 1))["nr"].tolist() == [2]


def _used(server: Connection, table: str) -> tuple[int, int]:
    """Return how often the index of a table was asked, and how many rows were read one after the other.

    A connection tells what it did when it ends, which may take the server a moment.
    """
    found = (0, 0)
    for _ in range(100):
        row = server.execute(
            "SELECT i.idx_scan, t.seq_tup_read FROM pg_stat_user_indexes AS i "
            "JOIN pg_stat_user_tables AS t USING (relid) WHERE t.relname = %s",
            [table],
        ).fetchone()
        assert row is not None
        found = (int(row[0]), int(row[1]))
        if found[0]:
            break
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("asked", ["table", "view", "query"])
def test_the_server_finds_a_window_by_its_index(server: Connection, asked: str) -> None:
    """A window of one in 400 of a table asks of its index, not of all rows, through a view and a query too."""
    table = f"groot_{asked}"
    shapes = shapely.box(
        *(X + 10 * (np.arange(20_000) % 200), Y + 10 * (np.arange(20_000) // 200)),
        *(X + 8 + 10 * (np.arange(20_000) % 200), Y + 8 + 10 * (np.arange(20_000) // 200)),
    )
    put(server, f"public.{table}", frame(list(shapes), nr=np.arange(20_000)))
    server.execute(
        f"CREATE VIEW public.{table}_view AS SELECT nr, geom FROM public.{table} WHERE nr >= 0"
    )
    settings = {
        "table": {"layer": table},
        "view": {"layer": f"public.{table}_view"},
        "query": {"query": f"SELECT *, nr % 2 AS odd FROM public.{table};  "},
    }[asked]
    found = source(server, **settings).read(["nr"], (X + 100, Y + 100, X + 199, Y + 199))
    assert sorted(found["nr"]) == [
        200 * row + column for row in range(10, 20) for column in range(10, 20)
    ]
    scans, rows = _used(server, table)
    assert scans > 0
    assert rows < 5 * 20_000  # making the index and the statistics
    everything = source(server, **settings).read(["nr"])  # in four batches
    assert sorted(everything["nr"]) == list(range(20_000))
    assert everything.index.is_unique  # of a table without a key, a digest of the shape


def test_rows_have_the_key_of_their_table(database: Connection) -> None:
    put(database, "vlakken", ROWS.set_axis([7, 8, 9], axis=0), key="objectid")
    rows = source(database, layer="vlakken").read(["nr"], (X + 9, Y, X + 16, Y + 1))
    assert rows.index.tolist() == [8]


@pytest.mark.parametrize("srid", [4258, 3035, 4326])
def test_other_coordinates_are_made_those_of_the_country(database: Connection, srid: int) -> None:
    put(database, "vlakken", ROWS.to_crs(srid), srid=srid)
    found = source(database, layer="vlakken").read(["nr"], (X + 9.5, Y - 5, X + 16, Y + 5))
    assert found["nr"].tolist() == [2]
    assert found.crs.to_epsg() == 28992
    assert found.geometry.iloc[0].equals_exact(ROWS.geometry.iloc[1], 0.001)


def test_a_table_that_names_no_coordinates(database: Connection) -> None:
    put(database, "vlakken", ROWS, srid=0)
    with pytest.raises(LayerError, match="has no coordinate reference system; say which"):
        source(database, layer="vlakken").read(["nr"])
    known = source(database, layer="vlakken", crs="EPSG:28992")
    assert known.read(["nr"], (X + 9, Y, X + 16, Y + 1))["nr"].tolist() == [2]


def test_a_column_that_is_declared_as_any_shape_says_by_its_rows_where_it_is(
    database: Connection,
) -> None:
    put(database, "vlakken", ROWS)
    database.execute("ALTER TABLE vlakken ALTER geom TYPE geometry")
    assert source(database, layer="vlakken").crs.to_epsg() == 28992
    database.execute("UPDATE vlakken SET geom = ST_SetSRID(geom, 25831) WHERE nr = 3")
    with pytest.raises(
        LayerError, match="more than one coordinate reference system: SRID 28992, 25831"
    ):
        source(database, layer="vlakken").read(["nr"])


def test_a_window_does_not_hide_what_is_in_other_coordinates(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    database.execute("ALTER TABLE vlakken ALTER geom TYPE geometry")
    database.execute("UPDATE vlakken SET geom = ST_Transform(geom, 4326) WHERE nr = 3")
    with pytest.raises(LayerError, match="SRID 28992, 4326; bring them into one"):
        source(database, layer="vlakken").read(["nr"], (X, Y, X + 50, Y + 50))
    one = source(database, layer="vlakken", where="ST_SRID(geom) = 28992")
    assert one.read(["nr"], (X, Y, X + 50, Y + 50))["nr"].tolist() == [1, 2]


def test_ids_of_many_digits_stay_apart(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    database.execute("ALTER TABLE vlakken ADD id numeric(20, 0)")
    database.execute("UPDATE vlakken SET id = 12345678901234567890 + nr")
    found = source(database, layer="vlakken").read(["id"])["id"]
    assert sorted(found) == [f"1234567890123456789{nr}" for nr in (1, 2, 3)]


def test_what_only_the_keeper_of_the_server_can_mend_says_so(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    database.execute("CREATE MATERIALIZED VIEW leeg AS SELECT * FROM vlakken WITH NO DATA")
    with pytest.raises(SourceError, match=r"not been populated; fill it there \(REFRESH"):
        source(database, layer="leeg").read([])
    slow = "SELECT nr, geom FROM vlakken, LATERAL (SELECT pg_sleep(nr)) AS waits"
    database.execute("ALTER DATABASE postgres SET statement_timeout = 50")
    try:
        with pytest.raises(SourceError, match="statement timeout; let questions of this account"):
            source(database, query=slow).read(["nr"])
    finally:
        database.execute("ALTER DATABASE postgres RESET statement_timeout")


def test_a_kind_of_shape_that_is_not_read_is_told_as_such(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    database.execute("CREATE TABLE tin (geom geometry)")
    database.execute("INSERT INTO tin VALUES (ST_GeomFromText('TIN(((0 0,0 1,1 1,0 0)))', 28992))")
    with pytest.raises(SourceError, match="make points, lines or areas of such shapes with query"):
        source(database, layer="tin").read([])


def test_filters_and_queries_are_those_of_the_database(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    assert source(database, layer="vlakken", where="naam LIKE 'b%' -- all b").read(["nr"])[
        "nr"
    ].tolist() == [2]
    query = "SELECT nr * 10 AS tien, ST_Buffer(geom, 0) AS shape FROM vlakken WHERE naam LIKE '%d' -- so\n;"
    asked = source(database, query=query, where="tien < 20")
    assert asked.columns == ["tien"]
    assert asked.read(["tien"])["tien"].tolist() == [10]
    assert asked.label.endswith(" query)")
    assert "postgres@" not in asked.label


def test_values_are_as_those_of_a_file(database: Connection) -> None:
    database.execute("CREATE TYPE soort AS ENUM ('huur', 'pacht')")
    database.execute(
        """CREATE TABLE waarden AS SELECT * FROM (VALUES
            (9007199254740993::bigint, 1.50::numeric, '2026-01-01'::date, '2026-01-01 23:30+01'::timestamptz,
             true, ARRAY['a', 'b'], 'huur'::soort, 'x '::char(4), '6f1c2f5e-0000-4000-8000-000000000000'::uuid),
            (NULL, NULL, 'infinity', 'infinity', NULL, NULL, NULL, NULL, NULL)
        ) AS r (id, bedrag, dag, tijd, ja, lijst, soort, code, nummer)"""
    )
    rows = source(database, "table", layer="waarden")
    read = rows.read_table(rows.columns)
    assert read["id"].tolist() == [9007199254740993, None]
    assert read["bedrag"].iloc[0] == 1.5
    for name in ("dag", "tijd"):
        assert as_days(read[name]).astype("string").tolist() == ["2026-01-01", pd.NA]
    assert bool(read["ja"].iloc[0]) is True
    assert read["lijst"].iloc[0] == "a,b"
    assert read["soort"].iloc[0] == "huur"
    assert read["code"].iloc[0] == "x"
    assert read["nummer"].iloc[0] == "6f1c2f5e-0000-4000-8000-000000000000"
    assert read.iloc[1].isna().all()
    assert len(rows.read_table([])) == 2
    with pytest.raises(LayerError, match="has no geometry column"):
        rows.read(["id"])


def test_heights_go_and_arcs_become_straight(database: Connection) -> None:
    database.execute("CREATE TABLE rond (nr int, geom geometry(CurvePolygonZ, 28992))")
    ring = f"CIRCULARSTRING Z ({X} {Y + 10} 3, {X + 20} {Y + 10} 3, {X} {Y + 10} 3)"
    database.execute(
        "INSERT INTO rond VALUES (1, ST_GeomFromText(%s, 28992))", [f"CURVEPOLYGON Z ({ring})"]
    )
    rows = source(database, layer="rond")
    shape = rows.read(["nr"]).geometry.iloc[0]
    assert shape.geom_type == "Polygon"
    assert not shape.has_z
    # A circle of radius 10 as straight pieces of 4 degrees, with shorter ones where two arcs meet.
    assert shape.area == pytest.approx(45 * 100 * np.sin(np.radians(4)), rel=1e-4)
    assert rows.curve_count == 1


def test_several_tables_are_read_one_after_the_other(database: Connection) -> None:
    put(database, "noord", ROWS)
    put(database, "zuid", frame([box(0, 50, 5, 55)], Nr=[9]).to_crs(4258), srid=4258)
    both = source(database, layer=["noord", "data.zuid"])
    assert both.feature_count == 4
    assert both.read(["nr", "naam"])["nr"].tolist() == [1, 2, 3, 9]
    assert both.layers_without("naam") == ["data.zuid"]


def test_rows_without_a_shape_are_counted(database: Connection) -> None:
    put(database, "vlakken", frame([box(0, 0, 1, 1), None, None], nr=[1, 2, 3]))
    assert source(database, layer="vlakken").count_without_geometry() == 2
    assert source(database, layer="vlakken", where="nr < 3").count_without_geometry() == 1
    assert len(source(database, layer="vlakken").read(["nr"])) == 3


def test_the_stamp_stays_as_long_as_nothing_is_written(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    database.execute("CREATE UNLOGGED TABLE vluchtig (nr int)")
    database.execute("VACUUM")  # else reading tidies up, and that is written
    rows = source(database, layer="vlakken")
    stamps = [rows.stamp()]
    rows.read(["nr"])
    assert rows.stamp() == stamps[0]
    for change in (
        "UPDATE vlakken SET nr = 9 WHERE nr = 1",
        "DELETE FROM vlakken WHERE nr = 2",
        "INSERT INTO vluchtig VALUES (1)",
    ):
        database.execute(change)
        stamps.append(rows.stamp())
    assert len({str(stamp) for stamp in stamps}) == 4
    assert not rows.rests_on_files


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"layer": "vlaken"},
        r"has no table 'vlaken' that this account may see; did you mean 'vlakken'\?",
    ),
    ({}, r"is a database with data\.\w+, data\.\w+.*; name a table with layer = "),
    ({"layer": "twee"}, r"has several columns of shapes: geom, midden; choose one with query = "),
    (
        {"layer": "bol"},
        r"has its shapes as geography in column 'g'; give them as geometry, with query = ",
    ),
    (
        {"query": "SELECT nr, nr FROM vlakken"},
        r"has more than one column 'nr'; give each its own name",
    ),
    ({"query": "SELEC nr"}, r"""syntax error at or near "."; correct 'query' in the study"""),
    (
        {"query": "DELETE FROM vlakken RETURNING *"},
        r"""syntax error.*; correct 'query' in the study""",
    ),
    (
        {"query": "SELECT 1 AS a) AS b; DROP TABLE vlakken; SELECT * FROM (SELECT 1"},
        r"multiple commands.*; correct 'query'",
    ),
    (
        {"query": "SELECT nr, geom, pg_advisory_lock(1), setval('teller', 5) FROM vlakken"},
        r"read-only transaction",
    ),
    (
        {"layer": "vlakken", "where": "narr = 1"},
        r"""column "narr" does not exist; correct 'where', 'layer' or 'fields' in the study""",
    ),
    ({"layer": "vlakken", "where": "1/(nr-1) > 0"}, r"division by zero; correct 'where'"),
]


@pytest.mark.parametrize(("settings", "told"), WRONG)
def test_what_is_wrong_is_said_in_one_line(
    database: Connection, settings: dict[str, Any], told: str
) -> None:
    put(database, "vlakken", ROWS)
    put(database, "twee", ROWS)
    database.execute("ALTER TABLE twee ADD midden geometry(Point, 28992)")
    database.execute("CREATE TABLE bol (g geography(Point, 4326))")
    database.execute("CREATE SEQUENCE teller")

    def read() -> None:
        asked = source(database, **settings)
        asked.read(asked.columns)

    with pytest.raises(SourceError, match=told) as caught:
        read()
    assert "\n" not in str(caught.value)
    assert len(source(database, layer="vlakken").read([])) == 3
    assert database.execute("SELECT last_value FROM teller").fetchone() == (1,)


def test_an_account_that_may_not_read(database: Connection) -> None:
    put(database, "vlakken", ROWS)
    database.execute("CREATE ROLE gast LOGIN")
    try:
        database.execute("GRANT USAGE ON SCHEMA data TO gast")
        said = LayerSettings(source=address_of(database, "gast"), layer="data.vlakken")
        with pytest.raises(
            SourceError, match=r"permission denied for table vlakken; let this account read it"
        ):
            open_source("x", said, Path()).read(["nr"])
    finally:
        database.execute("DROP OWNED BY gast; DROP ROLE gast")


def test_settings_that_mean_nothing_are_refused(database: Connection, tmp_path: Path) -> None:
    with pytest.raises(
        LayerError, match="'encoding' means nothing here, as the source is read from a database"
    ):
        source(database, layer="a", encoding="cp1252").check_settings()
    for name in ("a.gpkg", "a.parquet", "a.csv"):
        other = open_source(
            "x", LayerSettings(source=name, query="SELECT 1"), tmp_path, geometry="table"
        )
        with pytest.raises(LayerError, match="'query' means nothing here"):
            other.check_settings()
    with pytest.raises(ValueError, match="give 'layer' or 'query', not both"):
        LayerSettings(source=address_of(database), layer="a", query="SELECT 1")


def _study_of_database(database: Connection, folder: Path) -> Path:
    """Write the study of the toy town with all of it in a database, but for the rasters."""
    put(database, "perceel", parcels())
    put(database, "gemeente", municipalities())
    rasters = {key for key, data in layers(folder).items() if isinstance(data, Path)}
    for key, data in layers(folder).items():
        if key not in rasters:
            put(database, f'"{key}"', data)
    put(
        database,
        "besluiten",
        pd.DataFrame(
            {"parcel_id": ["P02"], "decision": ["out"], "reason": ["no"], "date": ["2025-06-01"]}
        ),
    )
    text = write_toy_study(folder / "files").read_text(encoding="utf-8")
    lines, table = [], ""
    for line in text.splitlines():
        table = line.strip("[]").removeprefix("layers.") if line.startswith("[") else table
        named = {"parcels": "perceel", "municipalities": "gemeente"}.get(table, table)
        if line.startswith("source =") and table not in rasters:
            line = f'source = "{address_of(database)}"\nlayer = "data.{named}"'
        elif line.startswith("layer ="):
            continue
        lines.append(line.replace('"rules.toml"', '"files/rules.toml"').replace("s.tif", "s.tif"))
    for key in rasters:
        lines = [line.replace(f'"{key}.tif"', f'"files/{key}.tif"') for line in lines]
    lines += [
        "[decisions]",
        f'source = "{address_of(database)}"',
        'query = "SELECT * FROM data.besluiten"',
    ]
    study = folder / "study.toml"
    study.write_text("\n".join(lines), encoding="utf-8")
    return study


def test_a_study_of_a_database_ranks_as_one_of_tables_in_memory(
    database: Connection, tmp_path: Path
) -> None:
    """Parcels, municipalities, layers, tables of owners and leases, plans and decisions."""
    study = Study.load(_study_of_database(database, tmp_path))
    decisions = pd.DataFrame(
        {"parcel_id": ["P02"], "decision": ["out"], "reason": ["no"], "date": ["2025-06-01"]}
    )
    other = toy_study(tmp_path, decisions=decisions, language="en")
    one, two = study.rank("A"), other.rank("A")
    pd.testing.assert_frame_equal(
        pd.DataFrame(one.parcels.drop(columns="geometry")),
        pd.DataFrame(two.parcels.drop(columns="geometry")),
    )
    assert not check(study.question).problems


def test_the_address_of_no_server(tmp_path: Path) -> None:
    said = LayerSettings(source=f"postgresql:///flex?host={tmp_path}", layer="a")
    with pytest.raises(
        FlexruimteError,
        match=r"cannot be reached: .*; check the address, that the server runs, and who asks",
    ):
        open_source("x", said, tmp_path).read([])
