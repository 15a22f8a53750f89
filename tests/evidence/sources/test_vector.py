"""What GDAL reads: several layers with their own coordinates and columns, text, folders, archives."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from flexruimte import LayerError, SourceError
from flexruimte.evidence.shapes import cleaned_shapes
from flexruimte.evidence.sources import Source, open_source
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame

ROWS = frame(
    [box(10 * i, 0, 10 * i + 5, 5) for i in range(3)], nr=[1, 2, 3], naam=["Súd", "b", "c"]
)
NORTH = frame([box(10 * i, 5_000, 10 * i + 5, 5_005) for i in range(2)], nr=[4, 5], naam=["d", "e"])


def source(folder: Path, name: str, geometry: Any = "polygon", **settings: Any) -> Source:
    return open_source("x", LayerSettings(source=name, **settings), folder, geometry=geometry)


def test_layers_have_their_own_coordinates_and_columns(tmp_path: Path) -> None:
    ROWS.to_file(tmp_path / "a.gpkg", layer="rd")
    other = NORTH.rename(columns={"naam": "Na_am"}).drop(columns="nr").assign(hoogte=7)
    other.to_crs(4326).to_file(tmp_path / "a.gpkg", layer="degrees")
    both = source(tmp_path, "a.gpkg", layer=["rd", "degrees"])
    assert both.columns == ["nr", "naam", "hoogte"]
    assert both.feature_count == 5
    found = both.read(["naam", "nr", "hoogte"])
    assert found["naam"].tolist() == ["Súd", "b", "c", "d", "e"]
    assert found["nr"].fillna(0).tolist() == [1, 2, 3, 0, 0]  # what a layer does not have is null
    assert found["hoogte"].fillna(0).tolist() == [0, 0, 0, 7, 7]
    expected = pd.concat([ROWS, NORTH]).geometry
    assert all(a.equals_exact(b, 0.01) for a, b in zip(found.geometry, expected, strict=True))
    assert both.read(["naam"], (100_000, 404_990, 100_006, 405_001))["naam"].tolist() == ["d"]
    assert both.extent == pytest.approx((100_000, 400_000, 100_025, 405_005), abs=0.2)
    table = source(tmp_path, "a.gpkg", "table", layer=["rd", "degrees"]).read_table(["nr", "naam"])
    assert table["naam"].tolist() == ["Súd", "b", "c", "d", "e"]


def test_the_order_of_layers_changes_no_feature(tmp_path: Path) -> None:
    ROWS.to_file(tmp_path / "a.gpkg", layer="a")
    NORTH.to_file(tmp_path / "a.gpkg", layer="b")
    read = [
        source(tmp_path, "a.gpkg", layer=order)
        .read(["nr", "naam"])
        .sort_values("nr")
        .to_wkb()
        .to_csv()
        for order in (["a", "b"], ["b", "a"])
    ]
    assert read[0] == read[1]


def test_a_layer_without_coordinates_of_its_own_is_refused(tmp_path: Path) -> None:
    ROWS.to_file(tmp_path / "a.gpkg", layer="a")
    with pytest.warns(UserWarning, match="crs"):
        NORTH.set_crs(None, allow_override=True).to_file(tmp_path / "a.gpkg", layer="b")
    with pytest.raises(LayerError, match="no coordinate reference system"):
        _ = source(tmp_path, "a.gpkg", layer=["a", "b"]).crs


def test_the_encoding_of_a_shapefile(tmp_path: Path) -> None:
    ROWS.to_file(tmp_path / "a.shp", encoding="cp1252")
    (tmp_path / "a.cpg").unlink()
    names = source(tmp_path, "a.shp", encoding="cp1252").read(["naam"])["naam"].tolist()
    assert names == ["Súd", "b", "c"]
    ROWS.to_file(tmp_path / "a.gpkg")
    with pytest.raises(SourceError, match=r"x \(a.gpkg\): 'encoding' means nothing here.*GPKG"):
        source(tmp_path, "a.gpkg", encoding="cp1252").read(["naam"])


def test_days_of_a_table_are_the_ones_that_are_written(tmp_path: Path) -> None:
    rows = '{"type":"Feature","geometry":null,"properties":{"dag":"%s"}}'
    days = ["2026-01-01T00:30:00+01:00", "2026-01-01T23:30:00-05:00"]
    features = ",".join(rows % day for day in days)
    (tmp_path / "a.geojson").write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    read = source(tmp_path, "a.geojson", "table").read_table(["dag"])["dag"]
    assert [f"{day:%Y-%m-%d}" for day in read] == ["2026-01-01", "2026-01-01"]


def write_every_kind(folder: Path) -> None:
    shapes = folder / "shapes"
    shapes.mkdir()
    ROWS.to_file(shapes / "p.shp")
    shutil.make_archive(str(folder / "one"), "zip", shapes)
    shutil.make_archive(str(folder / "deep"), "zip", folder, "shapes")
    whole = ROWS.astype({"nr": "int32"})  # a file geodatabase has no larger numbers
    pyogrio.write_dataframe(whole, folder / "m.gdb", driver="OpenFileGDB", layer="m")
    shutil.make_archive(str(folder / "m.gdb"), "zip", folder, "m.gdb")
    ROWS.to_file(folder / "a.fgb")
    ROWS.to_file(folder / "a.gpkg")
    ROWS.to_parquet(folder / "a.parquet")
    packed = folder / "packed"
    packed.mkdir()
    shutil.copy(folder / "a.gpkg", packed)
    shutil.make_archive(str(folder / "gpkg"), "zip", packed)


FORMS = [
    "a.gpkg",
    "a.fgb",
    "a.parquet",
    "shapes",
    "shapes/p.shp",
    "one.zip",
    "/vsizip/one.zip",
    "/vsizip/one.zip/p.shp",
    "/vsizip/deep.zip/shapes/p.shp",
    "m.gdb",
    "m.gdb.zip",
    "gpkg.zip",
]


def test_every_form_gives_the_same_features(tmp_path: Path) -> None:
    write_every_kind(tmp_path)
    for name in FORMS:
        found = source(tmp_path, name).read(["nr", "naam"]).sort_values("nr")
        assert found["naam"].tolist() == ["Súd", "b", "c"], name
        assert found.geometry.geom_equals(ROWS.geometry, align=False).all(), name
        assert source(tmp_path, name).rests_on_files, name


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("a.7z", "unpack it"),
        ("a.tar.gz", "unpack it"),
        ("a.mdb", "export the layer as a GeoPackage"),
        ("a.dwg", "save it as .dxf"),
        ("a.qgz", "export the layer itself"),
        ("a.XLS", "save it as .xlsx or as CSV"),
        ("a.prj", "name the .shp"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_converted(
    tmp_path: Path, name: str, remedy: str
) -> None:
    (tmp_path / name).write_bytes(b"\x01\x02" * 50)
    for geometry in ("polygon", "table"):
        with pytest.raises(SourceError, match=rf"^x \({name}\) cannot be read: .*{remedy}"):
            _ = source(tmp_path, name, geometry).columns


@pytest.mark.parametrize("x", [float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet"])
def test_a_vertex_that_cannot_be_is_read_without_a_warning(
    tmp_path: Path, name: str, x: float
) -> None:
    with np.errstate(all="ignore"):
        bad = shapely.Polygon([(0, 0), (9, 0), (x, 9), (0, 9)])
        rows = frame([box(0, 0, 9, 9), bad], nr=[1, 2])
        if name.endswith("gpkg"):
            rows.to_file(tmp_path / name)
        else:
            rows.to_parquet(tmp_path / name)
    read = source(tmp_path, name).read(["nr"])  # pytest makes errors of warnings
    shapes, told = cleaned_shapes(read.geometry.to_numpy(), "polygon")
    assert [shape is None for shape in shapes] == [False, True]
    assert sum(where.sum() for what, where in told.items() if "left out" in what) == 1
