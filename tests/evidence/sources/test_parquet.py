"""GeoParquet and Parquet: the same features as of a GeoPackage, by window too."""

from __future__ import annotations

import functools
import http.server
import json
import threading
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from flexruimte import LayerError, SourceError
from flexruimte.evidence.sources import Source, open_source
from flexruimte.evidence.sources.parquet import ParquetSource
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame

ROWS = frame(
    [*(box(10 * i, 0, 10 * i + 5, 5) for i in range(9)), None],
    nr=range(10),
    naam=list("abcdefghij"),
)
WINDOW = (100_021.0, 400_000.0, 100_044.0, 400_001.0)  # features 2, 3 and 4


def source(
    folder: Path, name: str = "a.parquet", geometry: Any = "polygon", **settings: Any
) -> Source:
    return open_source("x", LayerSettings(source=name, **settings), folder, geometry=geometry)


WRITTEN: dict[str, dict[str, Any]] = {
    "plain": {},
    "with bounds": {"write_covering_bbox": True},
    "in parts": {"row_group_size": 2},
    "in parts with bounds": {"row_group_size": 2, "write_covering_bbox": True},
}


@pytest.mark.parametrize("how", WRITTEN)
def test_read_by_window(tmp_path: Path, how: str) -> None:
    ROWS.to_parquet(tmp_path / "a.parquet", **WRITTEN[how])
    ROWS.to_file(tmp_path / "a.gpkg")
    table, package = source(tmp_path), source(tmp_path, "a.gpkg")
    found, expected = table.read(["naam", "nr"], WINDOW), package.read(["naam", "nr"], WINDOW)
    assert found["nr"].tolist() == [2, 3, 4]
    assert found.crs == expected.crs
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
    )
    assert list(found.index) == [2, 3, 4]  # rows have one number, whatever the window
    assert table.extent == package.extent
    assert (table.feature_count, table.count_without_geometry()) == (10, 1)
    assert [name for name in table.columns if name != "bbox"] == ["nr", "naam"]
    assert table.read(["nr"], (0, 0, 1, 1)).empty
    assert len(table.read(["nr"])) == 10


def test_only_parts_that_touch_the_window_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ROWS.to_parquet(tmp_path / "a.parquet", row_group_size=2, write_covering_bbox=True)
    decoded, made = [], []
    read, from_wkb = pq.ParquetFile.read_row_groups, shapely.from_wkb

    def noted(file: pq.ParquetFile, groups: list[int], **how: Any) -> pa.Table:
        decoded.append(groups)
        return read(file, groups, **how)

    def counted(stored: Any) -> Any:
        made.append(len(stored))
        return from_wkb(stored)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", noted)
    monkeypatch.setattr(shapely, "from_wkb", counted)
    source(tmp_path).read(["nr"], WINDOW)
    assert decoded == [[1, 2], [1, 2]]  # of the bounds, and of the features
    assert made == [3]


@pytest.mark.parametrize("how", ["with bounds", "in parts with bounds"])
def test_what_the_file_states_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    ROWS.to_parquet(tmp_path / "a.parquet", **WRITTEN[how])
    monkeypatch.setattr(ParquetSource, "_rows", None)
    monkeypatch.setattr(pq.ParquetFile, "read", None)
    table = source(tmp_path)
    assert table.extent == (100_000, 400_000, 100_085, 400_005)
    assert table.count_without_geometry() == 1


def test_bounds_of_a_filter_are_those_of_the_rows_that_it_keeps(tmp_path: Path) -> None:
    ROWS.to_parquet(tmp_path / "a.parquet", write_covering_bbox=True)
    assert source(tmp_path, where="nr < 2").extent == (100_000, 400_000, 100_015, 400_005)


def test_stated_bounds_may_be_wider_or_absent(tmp_path: Path) -> None:
    """As float32, as some write them, and null where a row has none: the shapes decide."""
    ROWS.to_parquet(tmp_path / "a.parquet", write_covering_bbox=True)
    table = pq.read_table(tmp_path / "a.parquet")
    stated = table.column("bbox").combine_chunks()
    wider = [
        pa.array(
            [
                None if value is None or row == 3 else value + by
                for row, value in enumerate(stated.field(side).to_pylist())
            ],
            pa.float32(),
        )
        for side, by in (("xmin", -3), ("ymin", -3), ("xmax", 3), ("ymax", 3))
    ]
    other = pa.StructArray.from_arrays(wider, names=["xmin", "ymin", "xmax", "ymax"])
    pq.write_table(
        table.set_column(table.schema.get_field_index("bbox"), "bbox", other),
        tmp_path / "a.parquet",
    )
    assert source(tmp_path).read(["nr"], WINDOW)["nr"].tolist() == [2, 3, 4]


def test_another_coordinate_reference_system(tmp_path: Path) -> None:
    ROWS.to_crs(4326).to_parquet(tmp_path / "a.parquet")
    found = source(tmp_path).read(["nr"], WINDOW)
    assert found["nr"].tolist()[:3] == [2, 3, 4]
    assert found.geometry.iloc[0].equals_exact(ROWS.geometry[2], 0.01)


def test_one_that_names_none_is_longitude_and_latitude_or_what_the_study_says(
    tmp_path: Path,
) -> None:
    def said(crs: Any) -> Source:
        table = pa.table({"nr": [1], "shape": [shapely.to_wkb(shapely.box(4.5, 52, 4.6, 52.1))]})
        column = {"encoding": "WKB", "geometry_types": [], **crs}
        geo = {"version": "1.1.0", "primary_column": "shape", "columns": {"shape": column}}
        pq.write_table(
            table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "a.parquet"
        )
        return source(tmp_path)

    assert said({}).crs.to_authority() == ("OGC", "CRS84")
    with pytest.raises(LayerError, match=r'no coordinate reference system; .*crs = "EPSG:28992"'):
        _ = said({"crs": None}).crs
    said({"crs": None})
    assert source(tmp_path, crs="EPSG:4258").crs.to_epsg() == 4258


def test_a_table_of_ids(tmp_path: Path) -> None:
    pd.DataFrame({"id": [1, 2], "owner": ["town", None]}).to_parquet(tmp_path / "a.parquet")
    table = source(tmp_path, geometry="table")
    assert isinstance(table, ParquetSource)
    assert table.read_table(["owner", "id"]).astype(object).where(
        lambda x: x.notna(), None
    ).to_numpy().tolist() == [["town", 1], [None, 2]]
    with pytest.raises(LayerError, match=r"x \(a.parquet\) has no geometry column.*GeoParquet"):
        source(tmp_path).read(["id"])


def test_ids_in_an_index_or_among_nulls(tmp_path: Path) -> None:
    large = 2**53 + 1  # no float64 is this number
    rows = pd.DataFrame({"owner": ["a", "b"], "other": pd.array([large, None], dtype="Int64")})
    rows.set_axis(pd.Index([7, 8], name="id")).to_parquet(tmp_path / "a.parquet")
    read = source(tmp_path, geometry="table").read_table(["id", "owner", "other"])
    assert read["id"].tolist() == [7, 8]
    assert read["other"].iloc[0] == large


def test_behind_a_web_address(tmp_path: Path) -> None:
    """Fetched whole, once for as long as it is the same."""
    ROWS.to_parquet(tmp_path / "a.parquet", write_covering_bbox=True, row_group_size=2)
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Handler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        table = source(tmp_path, f"http://127.0.0.1:{server.server_port}/a.parquet")
        assert table.read(["nr"], WINDOW)["nr"].tolist() == [2, 3, 4]
        assert len(table.read(["nr"])) == 10
        server.shutdown()
    assert asked == ["/a.parquet"]


class _Ranges(http.server.SimpleHTTPRequestHandler):
    """A server that gives parts of files, as storage does, and counts what it gave."""

    given = 0

    def do_GET(self) -> None:
        content = Path(self.translate_path(self.path)).read_bytes()
        first, last = self.headers["Range"].removeprefix("bytes=").split("-")
        part = content[int(first) : int(last) + 1]
        type(self).given += len(part)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_of_a_large_file_behind_a_web_address_only_parts_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexruimte.evidence.sources.parquet._FETCHED_WHOLE", 1_000_000)
    count = 40_000
    words = [f"{number * 7919 % 1_000_003:07d}" * 20 for number in range(count)]
    many = frame([box(10 * i, 0, 10 * i + 5, 5) for i in range(count)], nr=range(count), naam=words)
    many.to_parquet(tmp_path / "a.parquet", write_covering_bbox=True, row_group_size=400)
    size = (tmp_path / "a.parquet").stat().st_size
    assert size > 2_000_000
    handler = functools.partial(_Ranges, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        table = source(tmp_path, f"http://127.0.0.1:{server.server_port}/a.parquet")
        assert table.read(["nr", "naam"], WINDOW)["nr"].tolist() == [2, 3, 4]
        assert table.extent == (100_000, 400_000, 100_000 + 10 * count - 5, 400_005)
        server.shutdown()
    assert _Ranges.given < size / 4


def test_shapes_that_are_stored_otherwise_are_refused_with_the_remedy(tmp_path: Path) -> None:
    ROWS.dropna().to_parquet(tmp_path / "a.parquet", geometry_encoding="geoarrow")
    with pytest.raises(SourceError, match=r"x \(a.parquet\) stores shapes as 'polygon'; .*WKB"):
        source(tmp_path).read(["nr"])


def test_damage_and_folders_are_refused(tmp_path: Path) -> None:
    ROWS.to_parquet(tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    for damaged in (content[: len(content) // 2], content[:500] + b"\0" * 500 + content[1000:]):
        (tmp_path / "a.parquet").write_bytes(damaged)
        with pytest.raises(
            SourceError, match=r"^x \(a.parquet\) cannot be read: .*download it again"
        ):
            source(tmp_path).read(["nr", "naam"])
    (tmp_path / "b.parquet").mkdir()
    with pytest.raises(SourceError, match="is a folder of Parquet files; make one file"):
        source(tmp_path, "b.parquet").read([])


def test_an_empty_one(tmp_path: Path) -> None:
    ROWS.iloc[:0].to_parquet(tmp_path / "a.parquet")
    table = source(tmp_path)
    found = table.read(["naam", "nr"])
    assert isinstance(found, gpd.GeoDataFrame)
    assert (len(found), table.extent, table.feature_count) == (0, None, 0)


@pytest.mark.parametrize("large", [False, True])
def test_from_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    if large:
        monkeypatch.setattr("flexruimte.evidence.sources.archives._READ_IN_PLACE", 0)
    ROWS.to_parquet(tmp_path / "a.parquet")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.parquet", "deep/a.parquet")
    assert source(tmp_path, "/vsizip/a.zip/deep/a.parquet").read(["nr"], WINDOW)["nr"].tolist() == [
        2,
        3,
        4,
    ]
    assert source(tmp_path, "a.zip").read(["nr"], WINDOW)["nr"].tolist() == [2, 3, 4]
