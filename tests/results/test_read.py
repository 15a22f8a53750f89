"""Reading results back: what an earlier version wrote, or what is broken, is refused in one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flexruimte import OutputError, Study, batch
from flexruimte.analyses.costs import write_costs
from flexruimte.analyses.relocation.run import relocate
from flexruimte.analyses.targets import compare_with_targets
from flexruimte.results.layouts import write_layouts
from flexruimte.results.outputs import FINDINGS, PARCELS, RANKED, SUMMARY
from flexruimte.results.ranking_table import write_ranking_table
from flexruimte.results.read import (
    folder_name,
    parcel_files,
    read_measure,
    read_parcel,
    read_run,
    read_summary,
)

READERS: dict[str, Callable[[Path], Any]] = {
    "explain": lambda out: read_parcel(out, "P01"),
    "run": read_run,
    "layout": write_layouts,
    "targets": lambda out: compare_with_targets(out, "targets-minister-2021"),
    "costs": write_costs,
    "relocate": relocate,
    "ranking": lambda out: write_ranking_table([out / "A"], out / "ranking.csv"),
}


@pytest.fixture
def out(four_towns_results: Path, tmp_path: Path) -> Path:
    shutil.copytree(four_towns_results, tmp_path / "out")
    (tmp_path / "out" / "A" / RANKED).unlink()
    return tmp_path / "out"


def change_summary(out: Path, change: Callable[[dict[str, Any]], Any], code: str = "A") -> None:
    path = out / code / SUMMARY
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("was", [1, None, "without"])
def test_a_summary_of_an_earlier_version_is_refused(out: Path, reader: str, was: object) -> None:
    def change(document: dict[str, Any]) -> None:
        del document["format"]
        if was != "without":
            document["format"] = was

    change_summary(out, change)
    with pytest.raises(OutputError) as caught:
        READERS[reader](out)
    assert str(caught.value) == (
        f"{out / 'A' / SUMMARY} was written by an earlier version; run again"
    )


def test_any_municipality_of_a_run_may_be_an_earlier_one(out: Path) -> None:
    change_summary(out, lambda document: document.update(format=1), "D")
    with pytest.raises(OutputError, match=r"D/summary\.json was written by an earlier version"):
        read_run(out)


@pytest.mark.parametrize("text", ["[]", "3", '{"format": [2]}'])
def test_what_is_no_summary_is_refused(out: Path, text: str) -> None:
    (out / "A" / SUMMARY).write_text(text)
    with pytest.raises(OutputError, match="was written by an earlier version; run again"):
        read_summary(out / "A")


def test_a_summary_that_was_changed_is_refused_with_the_key(out: Path) -> None:
    change_summary(out, lambda document: document["total"].update(parcels="many"))
    with pytest.raises(OutputError, match=r"cannot be read: 'total\.parcels'.*--fresh") as caught:
        read_summary(out / "A")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "reader", [lambda out: read_parcel(out, "P01"), lambda out: read_measure(out, "width_m")]
)
def test_a_table_with_the_columns_of_an_earlier_version_is_refused(
    out: Path, reader: Callable[[Path], Any]
) -> None:
    path = out / "A" / PARCELS
    pd.DataFrame({"parcel_id": ["P01"], "width_m": [1.0], "verdict_nature": ["no"]}).to_parquet(
        path
    )
    with pytest.raises(OutputError) as caught:
        reader(out)
    assert str(caught.value) == f"{path} was written by an earlier version; run again"


def test_without_findings_nothing_is_explained_as_if_all_were_yes(out: Path) -> None:
    (out / "A" / FINDINGS).unlink()
    with pytest.raises(OutputError, match=r"findings\.parquet cannot be read"):
        read_parcel(out, "P01")


def test_a_run_over_earlier_results_computes_them_again(four_towns: Path, out: Path) -> None:
    (out / "A" / FINDINGS).unlink()
    report = batch.run(Study.load(four_towns), None, out)
    assert report.computed == ["A"]
    assert (out / "A" / FINDINGS).is_file()


def test_what_is_done_and_not_there_is_told(out: Path) -> None:
    """No municipality is left out in silence, nor is its parcel called unknown."""
    (out / "B" / PARCELS).unlink()
    with pytest.raises(OutputError, match=r"B/parcels\.parquet is not there.*again with --fresh"):
        read_parcel(out, "B-1")
    assert [path.parent.name for path in parcel_files(out / "A")] == ["A"]


def test_folder_names_are_safe_and_unique() -> None:
    codes = [
        "GM0363",
        "'s-Gravenhage",
        "s-Gravenhage",
        "Den Haag",
        "Den-Haag",
        "Súdwest-Fryslân",
        "..",
        "a/b",
        "a\\b",
        "CON",
        "",
    ]
    names = [folder_name(code) for code in codes]
    assert len(set(names)) == len(codes)
    assert all(
        name and name not in (".", "..") and not set(name) & set("/\\'\" :*?<>|") for name in names
    )
    assert folder_name("GM0363") == "GM0363"
