"""Windows tile by tile: what is too much is divided, what repeats is no answer, what is there stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest

from evidence.fetching.houses import houses
from flexruimte import SourceError
from flexruimte.evidence.fetching.client import UnusableAnswer
from flexruimte.evidence.fetching.feature_file import write_features
from flexruimte.evidence.fetching.feature_service import TooManyError
from flexruimte.evidence.fetching.parts import Parts
from flexruimte.evidence.fetching.rows import Page, Rows
from flexruimte.evidence.fetching.tiled import Progress, fetch_tiles
from flexruimte.evidence.fetching.tiles import Window
from sample_services import service

WINDOW = (0.0, 0.0, 10_000.0, 10_000.0)
TYPES = {"identificatie": pa.large_string(), "jaar": pa.int64()}


class Fake:
    """A service of the houses, ten times as far apart: 10 by 10 km, with pages of `size`."""

    def __init__(self, size: int = 1000, most: int = 10**9) -> None:
        frame = houses()
        self.frame = frame.assign(geometry=frame.geometry.translate().scale(10, 10, origin=(0, 0)))
        self.size, self.most, self.asked, self.trouble = size, most, list[Window](), list[str]()

    crs = "EPSG:28992"
    is_paged = True
    silent_at: tuple[float, float] | None = None
    """Corner of a tile in which it says that nothing is there."""

    def types(self) -> dict[str, Any]:
        return TYPES

    def query(self, window: Window) -> str:
        return str(window)

    def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
        self.asked.append(window)
        left, bottom, right, top = window
        found = self.frame.cx[left:right, bottom:top]
        if len(found) > self.most or (
            most_pages is not None and len(found) > most_pages * self.size
        ):
            raise TooManyError(len(found))
        if (left, bottom) == self.silent_at:
            return
        trouble = self.trouble.pop() if self.trouble else ""
        for start in range(0, len(found), self.size):
            if start and trouble == "unusable":
                raise UnusableAnswer("does not add up")
            if start and trouble == "repeat":
                start = 0
            if start and trouble == "some":
                start -= 1
            yield self.page(found.iloc[start : start + self.size])

    def page(self, rows: pd.DataFrame) -> Page:
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = rows.geometry.to_numpy()
        return Page({name: rows[name].tolist() for name in ("identificatie", "jaar")}, shapes)


def fetched(fake: Fake, folder: Path, told: Any = lambda _: None) -> pd.DataFrame:
    made = service(
        protocol="wfs", address="https://example.org", id="identificatie", fields={"jaar": "jaar"}
    )
    parts = Parts(folder / "parts", "q")
    names = fetch_tiles(
        fake, Rows(made, TYPES, "EPSG:28992", "panden"), [WINDOW], parts, 3, told, "panden"
    )
    write_features(parts, names, folder / "x.gpkg", "x")
    return pyogrio.read_dataframe(folder / "x.gpkg")


@pytest.mark.parametrize(("size", "most"), [(1000, 10**9), (100, 10**9), (1000, 400), (1000, 50)])
def test_all_are_there_once_however_they_are_asked(tmp_path: Path, size: int, most: int) -> None:
    fake = Fake(size, most)
    found = fetched(fake, tmp_path)
    assert found["identificatie"].tolist() == houses()["identificatie"].tolist()
    assert (found.geometry.area == 10_000).all()
    # With pages of a thousand one window will do; else tiles of 4 km, and quarters of those.
    assert (len(fake.asked) == 1) == (size == 1000 and most > 2500)


def test_however_they_are_asked_the_file_has_the_same_bytes(tmp_path: Path) -> None:
    for name, fake in {"one": Fake(), "tiles": Fake(100), "quarters": Fake(1000, 60)}.items():
        (tmp_path / name).mkdir()
        fetched(fake, tmp_path / name)
    files = [(tmp_path / name / "x.gpkg").read_bytes() for name in ("one", "tiles", "quarters")]
    assert files[0] == files[1] == files[2]


def test_what_does_not_add_up_once_is_asked_anew(tmp_path: Path) -> None:
    fake = Fake()
    fake.trouble = ["unusable"]
    assert len(fetched(fake, tmp_path)) == 2500
    assert len(fake.asked) == 2


@pytest.mark.parametrize(
    ("trouble", "why"),
    [("unusable", "does not add up"), ("repeat", "it repeats a page that it gave before")],
)
def test_what_keeps_failing_is_an_error(tmp_path: Path, trouble: str, why: str) -> None:
    fake = Fake()
    fake.trouble = [trouble] * 9
    with pytest.raises(
        SourceError, match=f"panden: https://example.org .*{why}; the layer would not be whole"
    ):
        fetched(fake, tmp_path)
    assert not (tmp_path / "x.gpkg").exists()


def test_where_some_features_come_again_smaller_tiles_tell(tmp_path: Path) -> None:
    fake = Fake()
    fake.trouble = ["some"]  # of the whole window only: a row was put in between two pages
    assert fetched(fake, tmp_path)["identificatie"].tolist() == houses()["identificatie"].tolist()
    assert len(fake.asked) == 1 + 9 + 1  # and counted in the end


def test_a_tile_that_was_silent_for_a_moment_is_no_hole_in_the_layer(tmp_path: Path) -> None:
    fake = Fake(size=100)
    fake.silent_at = (4000.0, 4000.0)
    # 20 by 20 houses have their corner in that tile, or one of their sides along it.
    with pytest.raises(
        SourceError, match=r"counts 2500 features in the window and gives 2\d\d\d in"
    ):
        fetched(fake, tmp_path)
    fake.silent_at = None
    assert len(fetched(fake, tmp_path)) == 2500


def test_what_cannot_be_divided_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gives more features at .* than it gives at once"):
        fetched(Fake(most=0), tmp_path)


def test_what_is_there_is_not_asked_again(tmp_path: Path) -> None:
    class Ending(Fake):
        def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
            if len(self.asked) == 5:
                raise SourceError("the network is gone")
            yield from super().pages(window, most_pages)

    ended = Ending(100)
    with pytest.raises(SourceError, match="the network is gone"):
        fetched(ended, tmp_path)
    whole = {path.name for path in (tmp_path / "parts").iterdir() if path.is_dir()}
    assert whole
    again = Fake(100)
    found = fetched(again, tmp_path)
    assert found["identificatie"].tolist() == houses()["identificatie"].tolist()
    # The whole window is known to be too much, and counted in the end.
    assert len(again.asked) == 9 - len(whole) + 1


def test_progress_counts_tiles_and_features(tmp_path: Path) -> None:
    seen: list[Progress] = []
    fetched(Fake(100), tmp_path, seen.append)
    assert seen[-1].done == seen[-1].total == 10  # the window itself and its nine tiles
    assert seen[-1].amount >= 2500
