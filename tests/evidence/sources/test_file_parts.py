"""Whatever a source rests on is part of its stamp, and what the study names by digest is held to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from flexruimte.errors import SourceError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.file_parts import files_of, stamped
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame, write_raster

RASTER = '<VRTDataset rasterXSize="6" rasterYSize="6"><VRTRasterBand><SimpleSource>{}</SimpleSource></VRTRasterBand></VRTDataset>'
FEATURES = '<OGRVRTDataSource><OGRVRTLayer name="a">{}</OGRVRTLayer></OGRVRTDataSource>'


def rewrite_in_place(path: Path) -> None:
    """Give a file other content of the same size, and its former time of change."""
    stat, content = path.stat(), path.read_bytes()
    path.write_bytes(bytes(255 - byte for byte in content))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert path.stat().st_mtime_ns == stat.st_mtime_ns


def plain(folder: Path) -> None:
    write_raster(folder / "a.tif", np.ones((6, 6)), 50.0, 300.0)


def beside(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        plain(folder)
        (folder / name).write_text("beside")

    return make


def virtual(text: str, name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / "tiles").mkdir()
        (folder / "tiles" / "one.tif").write_bytes(b"one")
        absolute = folder / "tiles" / "one.tif"
        (folder / name).write_text(text.replace("ABSOLUTE", str(absolute)))

    return make


def nested(folder: Path) -> None:
    relative = '<SourceFilename relativeToVRT="1">{}</SourceFilename>'
    virtual(RASTER.format(relative.format("one.tif")), "tiles/inner.vrt")(folder)
    (folder / "a.vrt").write_text(RASTER.format(relative.format("tiles/inner.vrt")))


ONE = '<SourceFilename relativeToVRT="1">tiles/one.tif</SourceFilename>'
PARTS = {
    "the file itself": ("a.tif", plain, "a.tif"),
    "a mask": ("a.tif", beside("a.tif.msk"), "a.tif.msk"),
    "a world file": ("a.tif", beside("a.TFW"), "a.TFW"),
    "a tile": ("a.vrt", virtual(RASTER.format(ONE), "a.vrt"), "tiles/one.tif"),
    "a tile of a file of another name": (
        "a.tif", virtual(RASTER.format(ONE), "a.tif"), "tiles/one.tif"
    ),
    "a tile with a whole path": (
        "a.vrt",
        virtual(RASTER.format("<SourceFilename>ABSOLUTE</SourceFilename>"), "a.vrt"),
        "tiles/one.tif",
    ),
    "a tile of a tile": ("a.vrt", nested, "tiles/one.tif"),
    "a source of features": (
        "a.vrt",
        virtual(
            FEATURES.format("<SrcDataSource relativeToVRT='1'>tiles/one.tif</SrcDataSource>"), "a.vrt"
        ),
        "tiles/one.tif",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_overwritten_at_the_same_size_and_time(tmp_path: Path, name: str) -> None:
    source, make, part = PARTS[name]
    make(tmp_path)
    opened = open_source("lden", LayerSettings(source=source), tmp_path, geometry="raster")
    before = opened.stamp()
    assert opened.stamp() == before
    rewrite_in_place(tmp_path / part)
    assert opened.stamp() != before


def test_what_is_not_there_and_what_names_itself_end(tmp_path: Path) -> None:
    named = '<SourceFilename relativeToVRT="1">{}</SourceFilename>'
    text = RASTER.format(named.format("a.vrt") + named.format("gone/b.tif"))
    (tmp_path / "a.vrt").write_text(text)
    assert files_of(tmp_path / "a.vrt") == [tmp_path / "a.vrt"]


def test_a_digest_in_the_study_holds_for_every_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame([box(0, 0, 1, 1)], nr=[1]).to_file(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    def columns(**said: str) -> list[str]:
        settings = LayerSettings(source="a.gpkg", **said)
        return open_source("natuur", settings, tmp_path).columns

    assert columns(sha256=digest.upper()) == columns() == ["nr"]
    with pytest.raises(SourceError, match=rf"natuur \(a.gpkg\) is not the file.*{digest}.*correct"):
        columns(sha256="0" * 64)
    frame([box(0, 0, 1, 1)], nr=[2]).to_file(path)
    with pytest.raises(SourceError, match="is not the file that the study names"):
        columns(sha256=digest)
    folder = LayerSettings(source=".", sha256=digest)
    with pytest.raises(SourceError, match="put it in a zip archive"):
        open_source("natuur", folder, tmp_path).check_presence()


def test_what_goes_away_while_a_folder_is_looked_at_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.shp").write_text("1")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.shp").write_text("22")
    files = files_of(tmp_path)
    assert files == [tmp_path / "a.shp", tmp_path / "inner" / "b.shp"]
    (tmp_path / "a.shp").unlink()
    assert [(name, size) for name, size, *_ in stamped(files)] == [(str(files[1]), 2)]
