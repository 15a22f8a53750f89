"""Parts become one GeoPackage: in order, without what came twice, with the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pytest
import shapely

from flexruimte import OutputError
from flexruimte.evidence.fetching.feature_file import write_features
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.rows import GEOMETRY, KEY, ORDER


def batch(rows: list[tuple[str, int, Any, Any]], kind: pa.DataType | None = None) -> pa.RecordBatch:
    ids, keys, values, shapes = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.RecordBatch.from_pydict(
        {
            ORDER: pa.array(ids, pa.large_string()),
            KEY: pa.array(keys, pa.uint64()),
            "nr": pa.array(ids, pa.large_string()),
            "jaar": pa.array(values, kind),
            GEOMETRY: pa.array(
                [
                    None if shape is None else shapely.to_wkb(shape, byte_order=1)
                    for shape in shapes
                ],
                pa.large_binary(),
            ),
        }
    )


POINT = shapely.Point(1, 1)


def test_rows_are_in_the_order_of_ids_and_once(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "q")
    parts.keep("0", [batch([("c", 3, 1, POINT), ("a", 1, 2, POINT)])])
    # `a` lies in both tiles; `b` stands twice in its source.
    parts.keep("1", [batch([("b", 2, 3, POINT), ("a", 1, 2, POINT), ("b", 2, 3, POINT)])])
    assert write_features(parts, ["0", "1"], tmp_path / "x.gpkg", "laag") == 4
    found = pyogrio.read_dataframe(tmp_path / "x.gpkg", layer="laag")
    assert found["nr"].tolist() == ["a", "b", "b", "c"]
    assert found["jaar"].tolist() == [2, 3, 3, 1]
    assert str(found.crs) == "EPSG:28992"
    assert pyogrio.read_info(tmp_path / "x.gpkg")["geometry_type"] == "Point"


def test_a_column_has_the_type_that_holds_all_its_parts(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "q")
    parts.keep(
        "0",
        [
            batch([("a", 1, None, POINT)]),
            batch([("b", 2, 3, POINT)]),
            batch([("c", 3, 1.5, shapely.box(0, 0, 1, 1))]),
        ],
    )
    write_features(parts, ["0"], tmp_path / "x.gpkg", "laag")
    found = pyogrio.read_dataframe(tmp_path / "x.gpkg")
    assert found["jaar"].tolist()[1:] == [3.0, 1.5]
    assert found["jaar"].isna().tolist() == [True, False, False]
    assert pyogrio.read_info(tmp_path / "x.gpkg")["geometry_type"] == "Unknown"


def test_numbers_beside_words_are_words(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "q")
    parts.keep(
        "0", [batch([("a", 1, 7, POINT)]), batch([("b", 2, "zeven", POINT)], pa.large_string())]
    )
    write_features(parts, ["0"], tmp_path / "x.gpkg", "laag")
    assert pyogrio.read_dataframe(tmp_path / "x.gpkg")["jaar"].tolist() == ["7", "zeven"]


def test_no_rows_are_a_layer_too(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "q")
    parts.keep("0", [batch([], pa.int64())])
    assert write_features(parts, ["0"], tmp_path / "x.gpkg", "laag") == 0
    assert pyogrio.read_info(tmp_path / "x.gpkg", layer="laag")["fields"].tolist() == ["nr", "jaar"]


def test_the_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    rows = [(f"p{at:03d}", at, at, shapely.box(at, 0, at + 1, 1)) for at in range(100)]
    one, other = Parts(tmp_path / "one", "q"), Parts(tmp_path / "other", "q")
    one.keep("0", [batch(rows)])
    other.keep("0", [batch(rows[50:]), batch(rows[:30])])
    other.keep("1", [batch(rows[20:60])])
    write_features(one, ["0"], tmp_path / "one.gpkg", "laag")
    write_features(other, ["0", "1"], tmp_path / "other.gpkg", "laag")
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "other.gpkg").read_bytes()


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "p", "q")
    parts.keep("0", [batch([("a", 1, 1, POINT)])])
    with pytest.raises(OutputError, match=r"x.gpkg cannot be written: .*; check the disk"):
        write_features(parts, ["0"], tmp_path / "nowhere" / "x.gpkg", "laag")
