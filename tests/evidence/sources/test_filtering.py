"""The filter of a study on rows that GDAL does not read: the same rows as GDAL keeps of a GeoPackage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flexruimte import LayerError
from flexruimte.evidence.sources import open_source
from flexruimte.evidence.sources.filtering import columns_of_filter, rows_that_pass
from flexruimte.rules.study_file import LayerSettings
from toy_town import box, frame

ROWS = frame(
    [box(i, 0, i + 1, 1) for i in range(5)],
    nr=[1, 2, 3, 4, 5],
    soort=["bus", "tram", None, "Bus", "o'neil"],
    maat=[0.5, np.nan, 2.0, 3.5, 10.0],
)
FILTERS = {
    "nr > 3": [4, 5],
    "nr IN (1, 5)": [1, 5],
    "soort = 'bus'": [1],
    "soort LIKE 'bus%'": [1, 4],
    "soort = 'o''neil'": [5],
    "soort IS NULL": [3],
    "\"soort\" <> 'tram' AND maat >= 3.5": [4, 5],
    "NOT (maat < 5)": [5],
    "nr = 1 OR nr = 2": [1, 2],
}


@pytest.mark.parametrize("where", FILTERS)
def test_every_kind_of_source_keeps_the_same_rows(tmp_path: Path, where: str) -> None:
    ROWS.to_file(tmp_path / "a.gpkg")
    ROWS.to_parquet(tmp_path / "a.parquet")
    ROWS.drop(columns="geometry").to_csv(tmp_path / "a.csv", index=False)
    settings = {
        name: LayerSettings(source=name, where=where) for name in ("a.gpkg", "a.parquet", "a.csv")
    }
    kept = FILTERS[where]
    for name in ("a.gpkg", "a.parquet"):
        source = open_source("x", settings[name], tmp_path)
        assert source.read(["nr"])["nr"].tolist() == kept
    in_memory = open_source("x", settings["a.csv"], tmp_path, ROWS)
    assert in_memory.read(["nr"])["nr"].tolist() == kept
    assert in_memory.extent == (100_000 + kept[0] - 1, 400_000, 100_000 + kept[-1], 400_001)
    for source in (
        *(open_source("x", each, tmp_path, geometry="table") for each in settings.values()),
        in_memory,
    ):
        assert source.read_table(["nr"])["nr"].astype(int).tolist() == kept


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("sort = 'bus'", "no such column: sort; did you mean 'soort'"),
        ("\"sort\" = 'bus'", "there is no column 'sort'; did you mean 'soort'"),
        ("soort = ", "incomplete input|syntax error"),
        ("soort == 'bus' AND", "incomplete input|syntax error"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(where: str, said: str) -> None:
    with pytest.raises(LayerError, match=rf"^x: where = .* cannot be used: .*({said})"):
        rows_that_pass(ROWS.drop(columns="geometry"), where, "x")


def test_numbers_in_text_compare_as_numbers_but_ids_do_not() -> None:
    rows = pd.DataFrame({"jaar": ["9", "10", None], "id": ["007", "7", "8"]}, dtype="string")
    assert rows_that_pass(rows, "jaar > 9", "x").tolist() == [False, True, False]
    assert rows_that_pass(rows, "id = '7'", "x").tolist() == [False, True, False]


def test_columns_that_a_filter_names() -> None:
    assert columns_of_filter("Soort = 'nr'", ["soort", "nr", "maat"]) == ["soort"]
    assert columns_of_filter(None, ["soort"]) == []
