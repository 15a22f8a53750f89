"""GeoParquet and Parquet: the same features as of a GeoPackage, by window too."""

from __future__ import annotations

import functools
import http.server
import json
import threading
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
    decoded = []
    read = pq.ParquetFile.read_row_group

    def noted(file: pq.ParquetFile, group: int, **how: Any) -> pa.Table:
        decoded.append(group)
        return read(file, group, **how)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", noted)
    source(tmp_path).read(["nr"], WINDOW)
    assert decoded == [1, 2]


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


def test_from_an_archive(tmp_path: Path) -> None:
    import zipfile

    ROWS.to_parquet(tmp_path / "a.parquet")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.parquet", "deep/a.parquet")
    assert source(tmp_path, "/vsizip/a.zip/deep/a.parquet").read(["nr"], WINDOW)["nr"].tolist() == [
        2,
        3,
        4,
    ]
