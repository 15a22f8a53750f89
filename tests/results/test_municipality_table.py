"""municipalities.csv: all municipalities of a run, and those of which nothing is known by name."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import OutputError, Study, batch
from flexruimte.results import outputs
from flexruimte.results.funnel import funnel_table
from flexruimte.results.municipality_table import (
    FunnelOf,
    read_municipality_table,
    write_municipality_table,
)
from flexruimte.results.outputs import FUNNEL, MUNICIPALITIES
from flexruimte.results.read import read_summary
from toy_town import box, frame, toy_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return toy_study(tmp_path, municipalities=TWO_TOWNS)


def table(out: Path) -> pd.DataFrame:
    return read_municipality_table(out / MUNICIPALITIES)


def test_it_holds_the_funnel_of_each(study: Study, tmp_path: Path) -> None:
    batch.run(study, None, tmp_path / "out")
    found = table(tmp_path / "out")
    for code in ("A", "B"):
        expected = funnel_table(read_summary(tmp_path / "out" / code))
        mine = found[found["gemeente_code"] == code].drop(columns="state").reset_index(drop=True)
        pd.testing.assert_frame_equal(
            mine[list(expected)], expected, check_dtype=False, check_exact=True
        )
    whole = found[found["owner_class"] == "all"]
    assert whole["state"].tolist() == ["done", "done"]
    # the 12 parcels once, and the sums of tests/results/test_funnel.py
    assert whole["hectares"].sum() == pytest.approx(12)
    assert whole["available_hectares"].sum() == pytest.approx(5.21)
    assert whole["available_unknown_hectares"].sum() == pytest.approx(2)


def test_a_municipality_that_failed_is_named_and_is_not_zero(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = outputs.write_parquet

    def fail(parcels: gpd.GeoDataFrame, path: Path, stamp: str | None) -> None:
        if set(parcels["gemeente_code"]) == {"A"}:
            raise OutputError("the disk is full")
        write(parcels, path, stamp)

    monkeypatch.setattr(outputs, "write_parquet", fail)
    batch.run(study, None, tmp_path / "out")
    found = table(tmp_path / "out")
    failed = found[found["gemeente_code"] == "A"]
    assert failed["state"].tolist() == ["failed"]
    assert failed["gemeente"].tolist() == ["Aadorp"]
    assert failed.select_dtypes("number").isna().all(axis=None)
    assert found[found["gemeente_code"] == "B"]["state"].eq("done").all()
    monkeypatch.undo()
    batch.run(study, None, tmp_path / "out")
    batch.run(study, None, tmp_path / "at_once")
    mended, at_once = ((tmp_path / out / MUNICIPALITIES).read_bytes() for out in ("out", "at_once"))
    assert mended == at_once


def test_where_all_failed_there_is_no_number(tmp_path: Path) -> None:
    path = tmp_path / MUNICIPALITIES
    for failed in ([FunnelOf("A", "Aadorp", "failed", None)], []):
        write_municipality_table(failed, path)
        found = read_municipality_table(path)
        assert found["gemeente_code"].tolist() == [each.code for each in failed]
        assert found["available_hectares"].isna().all()


def test_one_without_parcels_is_named(tmp_path: Path) -> None:
    towns = pd.concat(
        [TWO_TOWNS, frame([box(9000, 0, 9100, 100)], code=["C"], naam=["Ceedorp"])],
        ignore_index=True,
    )
    batch.run(toy_study(tmp_path, municipalities=towns), None, tmp_path / "out")
    empty = table(tmp_path / "out").set_index("gemeente_code").loc["C"]
    assert (empty["state"], empty["gemeente"]) == ("empty", "Ceedorp")
    assert pd.isna(empty["hectares"])


def test_what_lies_beside_the_results_is_made_again(study: Study, tmp_path: Path) -> None:
    batch.run(study, None, tmp_path / "out")
    before = (tmp_path / "out" / MUNICIPALITIES).read_bytes()
    (tmp_path / "out" / "A" / FUNNEL).unlink()
    (tmp_path / "out" / MUNICIPALITIES).unlink()
    assert batch.run(study, None, tmp_path / "out").computed == []
    assert (tmp_path / "out" / MUNICIPALITIES).read_bytes() == before


def test_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / FUNNEL).write_text("a,b\n1,2\n")
    with pytest.raises(OutputError, match=r"funnel\.csv is no table of hectares; remove it"):
        write_municipality_table([FunnelOf("A", "Aadorp", "done", tmp_path)], tmp_path / "new.csv")
    with pytest.raises(OutputError, match="cannot be read"):
        read_municipality_table(tmp_path / "none.csv")


def test_a_name_that_a_spreadsheet_would_run_is_text(tmp_path: Path) -> None:
    write_municipality_table([FunnelOf("=1+1", "@x", "failed", None)], tmp_path / "new.csv")
    assert "'=1+1,'@x,failed" in (tmp_path / "new.csv").read_text()
