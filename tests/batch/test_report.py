"""The reports of a run: written with it, written again, and with what follows from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flexruimte import Study, batch
from flexruimte.batch.report import write_reports
from flexruimte.errors import OutputError
from flexruimte.results.store import store_of
from object_storage import BUCKET

WHAT_IF = (
    "gemeente_code,gemeente,rule,title,only_hectares,only_locations,only_homes,only_best_homes\n"
    "A,Aadorp,nature,Natuur zonder meer,1.5,2,30,10\n"
)


@pytest.fixture
def out(four_towns_results: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(four_towns_results, tmp_path / "out"))


def report(out: Path, code: str) -> str:
    return (out / code / "report.html").read_text(encoding="utf-8")


def test_a_run_writes_reports_and_they_can_be_written_again(out: Path) -> None:
    before = {code: report(out, code) for code in "ABCD"}
    assert "Aadorp" in before["A"]
    (out / "A" / "report.html").unlink()
    assert write_reports(out) == [str(out / code / "report.html") for code in "ABCD"]
    assert {code: report(out, code) for code in "ABCD"} == before
    assert not list(out.rglob(".partial*"))


def test_only_those_that_are_asked_for_by_code_or_name(out: Path) -> None:
    for code in "ABCD":
        (out / code / "report.html").write_text("old")
    assert write_reports(out, ["B", "Ceedorp"]) == [
        str(out / code / "report.html") for code in "BC"
    ]
    assert [report(out, code) == "old" for code in "ABCD"] == [True, False, False, True]


def test_what_was_worked_out_since_is_in_it_until_the_ranking_changes(
    four_towns: Path, tmp_path: Path
) -> None:
    study, out = Study.load(four_towns), tmp_path / "out"
    batch.run(study, ["A"], out)
    (out / "whatif.csv").write_text(WHAT_IF)
    write_reports(out)
    assert "Natuur zonder meer" in report(out, "A")
    # another municipality joins: the table of what-if is older than the ranking now
    batch.run(study, ["B"], out)
    assert "Natuur zonder meer" not in report(out, "A")
    assert "Beedorp" in report(out, "B")


def test_a_report_that_was_removed_comes_back(four_towns: Path, tmp_path: Path) -> None:
    study, out = Study.load(four_towns), tmp_path / "out"
    batch.run(study, ["A"], out)
    before = report(out, "A")
    (out / "A" / "dossiers.html").unlink()
    batch.run(study, ["A"], out)
    assert (out / "A" / "dossiers.html").is_file()
    assert report(out, "A") == before


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["Aadrop"], r"municipality 'Aadrop' is not in the run in .*; did you mean 'Aadorp'\?"),
        (["D"], r"D in .* has no results, as it is failed; run the study again"),
        (["C"], r"C in .* has no results, as it is empty; it has no parcels"),
        (["Eedorp"], r"has 2 municipalities called 'Eedorp'; give the code: A, B"),
    ],
)
def test_what_cannot_be_written_is_told(out: Path, asked: list[str], told: str) -> None:
    log = json.loads((out / "run.json").read_text(encoding="utf-8"))
    log["municipalities"]["D"]["state"], log["municipalities"]["C"]["state"] = "failed", "empty"
    if asked == ["Eedorp"]:
        log["municipalities"]["A"]["name"] = log["municipalities"]["B"]["name"] = "Eedorp"
    (out / "run.json").write_text(json.dumps(log), encoding="utf-8")
    with pytest.raises(OutputError, match=told):
        write_reports(out, asked)


def test_a_folder_without_a_run_or_without_results_is_told(out: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"holds no run: there is no run\.json"):
        write_reports(tmp_path)
    log = json.loads((out / "run.json").read_text(encoding="utf-8"))
    for entry in log["municipalities"].values():
        entry["state"] = "failed"
    (out / "run.json").write_text(json.dumps(log), encoding="utf-8")
    with pytest.raises(OutputError, match=r"no municipality in .* is done; run the study first"):
        write_reports(out)


def test_half_a_folder_leaves_the_report_that_was_there(out: Path) -> None:
    before = report(out, "A")
    (out / "A" / "findings.parquet").write_bytes(b"")
    with pytest.raises(OutputError, match=r"findings\.parquet"):
        write_reports(out, ["A"])
    assert report(out, "A") == before


@pytest.mark.usefixtures("within_reach")
def test_on_object_storage(four_towns: Path, tmp_path: Path) -> None:
    study, out = Study.load(four_towns), f"s3://{BUCKET}/reports"
    batch.run(study, ["A"], out)
    batch.run(study, ["A"], tmp_path / "folder")
    assert write_reports(out) == [f"{out}/A/report.html"]
    assert store_of(out).read_text("A/report.html") == report(tmp_path / "folder", "A")
