"""Damaged files are read right, or refused with the layer, the file and the remedy."""

from __future__ import annotations

import os
import random
import sqlite3
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pyogrio.errors
import pytest
import rasterio.errors
import shapely
from pyproj.exceptions import ProjError

from flexruimte import FlexruimteError, LayerError, SourceError
from flexruimte.assessment.question import Question
from flexruimte.evidence.features import load_features
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.rasters import load_raster
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import Source, open_source
from flexruimte.evidence.sources.addresses import LocalFile, Service
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.rules.study_file import LayerSettings
from flexruimte.study.checks import check
from toy_town import X, Y, box, frame, toy_study, write_raster

SEEDS = range(20)
NEAR = search_area(np.array([[X, Y, X + 4000.0, Y + 10.0]]), 10.0)


@dataclass(frozen=True)
class Kind:
    """A kind of file, and the layer of the toy town that is read from it."""

    layer: str
    id: str | None
    write: Callable[[Path], object]
    tells_a_cut: bool = True
    """Whether the format shows that the end of a file is missing."""


def squares() -> gpd.GeoDataFrame:
    shapes = [box(10 * number, 0, 10 * number + 8, 9) for number in range(400)]
    return frame(shapes, nr=[f"N{n}" for n in range(400)], naam=[f"Veld {n}" for n in range(400)])


def write_zip(path: Path) -> None:
    folder = path.with_suffix("")
    folder.mkdir()
    squares().to_file(folder / "natuur.shp")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)


def write_noise(path: Path, **options: object) -> None:
    cells = np.random.default_rng(1).normal(60, 5, (120, 150)).round(1)
    plain = write_raster(path.with_name(f"plain_{path.name}"), cells, 25.0, 3000.0)
    with rasterio.open(plain) as raster:
        profile = {**raster.profile, **options}
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(cells.astype("float32"), 1)


def owners() -> pd.DataFrame:
    return pd.DataFrame({"parcel_id": [f"P{n}" for n in range(400)], "soort": "gemeente"})


TILED = {"compress": "deflate", "tiled": True, "blockxsize": 64, "blockysize": 64}
KINDS = {
    "natuur.gpkg": Kind("natuur", "nr", lambda path: squares().to_file(path)),
    "natuur.fgb": Kind("natuur", "nr", lambda path: squares().to_file(path)),
    "natuur.geojson": Kind("natuur", "nr", lambda path: squares().to_file(path)),
    "natuur.zip": Kind("natuur", "nr", write_zip),
    "eigendom.csv": Kind(
        "eigendom", "parcel_id", lambda path: owners().to_csv(path, index=False), tells_a_cut=False
    ),
    "eigendom.parquet": Kind("eigendom", "parcel_id", lambda path: owners().to_parquet(path)),
    "lden.tif": Kind("lden", None, write_noise),
    "lden_tiled.tif": Kind("lden", None, lambda path: write_noise(path, **TILED)),
}


def damaged(content: bytes, seed: int) -> bytes:
    """Return content that is empty, cut off, or has other bytes in a place or two, or in many."""
    chance = random.Random(seed)
    changed = bytearray(content)
    places: Iterable[int] = ()
    if seed == 0:
        return b""
    if seed % 5 == 0:
        return content[: chance.randrange(1, len(content))]
    if seed % 5 == 1:
        start = chance.randrange(len(content))
        length = len(changed[start : start + 4096])
        changed[start : start + length] = bytes(length)
    elif seed % 5 == 2:
        places = [chance.randrange(min(400, len(content))) for _ in range(3)]
    else:
        many = 1 if seed % 5 == 3 else 40
        places = [chance.randrange(len(content)) for _ in range(many)]
    for place in places:
        changed[place] = chance.randrange(256)
    return bytes(changed)


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Question:
    return toy_study(tmp_path_factory.mktemp("town")).question


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    for name, kind in KINDS.items():
        kind.write(folder / name)
    return folder


def opened(question: Question, file: Path) -> Source:
    kind = KINDS[file.name]
    settings = LayerSettings(
        source=f"/vsizip/{file}" if file.suffix == ".zip" else str(file), id=kind.id
    )
    geometry = question.ruleset.layers[kind.layer].geometry
    return open_source(kind.layer, settings, file.parent, geometry=geometry)


def content_of(question: Question, source: Source) -> list[object]:
    """Read all of a source that a run would read."""
    key, spec = source.name, question.ruleset.layers[source.name]
    if spec.geometry == "raster":
        load_raster(key, spec, source, NEAR)
        return [source.cell_m, source.read_grid(None, None).cells.tolist()]
    if spec.geometry == "table":
        rows = load_table(key, spec, source, ["soort"]).rows
        return [rows.index.tolist(), rows["soort"].tolist()]
    found = load_features(key, spec, source, ["nr", "naam"], NEAR, NEAR.window)
    return [
        found.ids.tolist(),
        found.table["naam"].tolist(),
        shapely.to_wkt(found.geometries).tolist(),
        len(source.read_table(["nr"])),
    ]


# GDAL warns of a damaged file before it refuses it, or reads what is left.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_read_right_or_refused(
    question: Question, whole: Path, tmp_path: Path, name: str
) -> None:
    kind, content = KINDS[name], (whole / name).read_bytes()
    right = content_of(question, opened(question, whole / name))
    refused = 0
    for seed in SEEDS:
        file = tmp_path / f"{seed}" / name
        file.parent.mkdir()
        file.write_bytes(damaged(content, seed))
        said = check(replace(question, sources={kind.layer: opened(question, file)})).problems
        try:
            found = content_of(question, opened(question, file))
        except FlexruimteError as error:
            said.append(str(error))
            refused += 1
        else:
            if seed % 5 == 0 and kind.tells_a_cut:
                assert found == right, f"half of {name} was taken for all of it"
        for message in said:
            assert message.startswith(f"{kind.layer} ("), message
            assert str(file) in message
            assert "\n" not in message
            assert ";" in message, f"no remedy: {message}"
    assert refused >= len(SEEDS) // 5


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_file_of_its_kind_is_refused_by_the_check(
    question: Question, tmp_path: Path, name: str
) -> None:
    kind, file = KINDS[name], tmp_path / name
    for content, remedy in (
        (b"", "the file is empty"),
        (b"\x00\xff\x80" * 300, "download it again"),
    ):
        file.write_bytes(content)
        asked = replace(question, sources={kind.layer: opened(question, file)})
        (problem,) = check(asked).problems
        assert problem.startswith(f"{kind.layer} (")
        assert remedy in problem


def test_a_table_that_stops_within_a_row_is_refused(question: Question, tmp_path: Path) -> None:
    file = tmp_path / "eigendom.csv"
    for ending, whole_rows in (("P2,town", 2), ("P2,town\n", 2), ('P2,"to\nwn"', 2)):
        file.write_text(f"parcel_id,soort\nP1,town\n{ending}")
        assert len(opened(question, file).read_table(["parcel_id"])) == whole_rows
    file.write_text("parcel_id,soort\nP1,town\nP2")
    with pytest.raises(SourceError, match=r"eigendom.*ends in the middle of a row; .*download"):
        opened(question, file).read_table(["parcel_id"])


def test_a_flatgeobuf_that_ends_between_two_features(question: Question, tmp_path: Path) -> None:
    """GDAL reads the features before the end without an error: the header has the number."""
    file = tmp_path / "natuur.fgb"
    pyogrio.write_dataframe(squares(), file, SPATIAL_INDEX="NO")
    content = file.read_bytes()
    # A magic number of 8 bytes, then parts that each begin with their length: header and features.
    starts = [8]
    while starts[-1] < len(content):
        starts.append(starts[-1] + 4 + int.from_bytes(content[starts[-1] :][:4], "little"))
    assert len(starts) == 1 + 1 + 400
    assert starts[-1] == len(content)
    for end in (starts[1], starts[2], starts[200], starts[400]):
        file.write_bytes(content[:end])
        assert len(pyogrio.read_dataframe(file)) == starts.index(end) - 1
        with pytest.raises(SourceError, match=r"natuur.fgb\) cannot be read: .*download it again"):
            _ = opened(question, file).columns
    file.write_bytes(content)
    assert opened(question, file).feature_count == 400


def test_text_in_parquet_that_cannot_be_decoded(question: Question, tmp_path: Path) -> None:
    file = tmp_path / "eigendom.parquet"
    buffers = pa.array(["P1", "P2"]).buffers()
    damaged_text = pa.StringArray.from_buffers(2, buffers[1], pa.py_buffer(b"P1\xff\xfe"))
    table = pa.table({"parcel_id": damaged_text, "soort": ["a", "b"]})
    pyarrow.parquet.write_table(table, file)
    with pytest.raises(SourceError, match=r"eigendom.parquet\) cannot be read: .*UTF"):
        opened(question, file).read_table(["parcel_id"])


def test_a_file_that_may_not_be_read(question: Question, whole: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        # The superuser may read everything, so the question is asked of the address alone.
        assert LocalFile(str(whole / "lden.tif")).remedy("gdalinfo").startswith("the file may be")
        return
    for name in KINDS:
        file = tmp_path / name
        file.write_bytes((whole / name).read_bytes())
        file.chmod(0)
        with pytest.raises(SourceError, match="may not read it"):
            content_of(question, opened(question, file))


FAULTS = [
    pyogrio.errors.DataSourceError("first line.\nsecond line"),
    pyogrio.errors.FeatureError("first line"),
    pyogrio.errors.GeometryError("first line"),
    rasterio.errors.RasterioIOError("first line"),
    rasterio.errors.CRSError("first line"),
    shapely.errors.GEOSException("first line"),
    ProjError("first line"),
    sqlite3.DatabaseError("first line"),
    pa.ArrowInvalid("first line"),
    pa.ArrowNotImplementedError("first line"),
    PermissionError("first line"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "first line"),
    OverflowError("first line"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_every_library_is_translated(fault: Exception, tmp_path: Path) -> None:
    with (
        pytest.raises(
            SourceError, match=r"^natuur \(a.gpkg\) cannot be read: .*first line; .*ogrinfo"
        ),
        reading("natuur (a.gpkg)", LocalFile(str(tmp_path / "a.gpkg"))),
    ):
        raise fault


@pytest.mark.parametrize("fault", [MemoryError(), LayerError("no column"), KeyboardInterrupt()])
def test_what_is_no_fault_of_the_source_passes(fault: BaseException) -> None:
    with pytest.raises(type(fault)) as caught, reading("natuur", Service("PG:dbname=x")):
        raise fault
    assert caught.value is fault


def test_a_fault_without_words_is_named_by_its_type() -> None:
    with (
        pytest.raises(SourceError, match=r"natuur cannot be read: OSError; .*service answers"),
        reading("natuur", Service("PG:dbname=x")),
    ):
        raise OSError


@pytest.mark.parametrize("named", ["EPSG:99999999", "Amersfoort, of course", ""])
def test_a_coordinate_reference_system_that_does_not_exist(named: str) -> None:
    with pytest.raises(LayerError, match=r'natuur: .*write it as in crs = "EPSG:28992"'):
        crs_of("natuur", named)
