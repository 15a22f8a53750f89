"""The command line: exit statuses, what goes where, and that it only passes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flexruimte import SourceError, batch, cli
from toy_files import write_toy_study


def run(*arguments: str | Path) -> int:
    """Run the command line in this process and return its exit status."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["flexruimte", *map(str, arguments)])
        try:
            cli.main()
        except SystemExit as stop:
            return int(stop.code or 0)
    return 0


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def out(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    assert run("run", study, "--gemeente", "Aadorp", "--out", folder) == 0
    return folder


def test_run_end_to_end_in_a_process_of_its_own(study: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "flexruimte.cli",
        "run",
        str(study),
        "--gemeente",
        "A",
        "--out",
        str(tmp_path / "out"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "Aadorp" in ended.stdout
    assert "Aadorp (A): land" in ended.stderr
    assert (tmp_path / "out" / "A" / "locations.geojson").is_file()


def test_run_passes_on_what_was_asked(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    def fake(
        plan: object,
        codes: list[str],
        folder: Path,
        *,
        fresh: bool,
        workers: int,
        dask: str | None,
        progress: object,
    ) -> batch.BatchReport:
        seen.update(codes=codes, folder=folder, fresh=fresh, workers=workers, dask=dask)
        return batch.BatchReport(folder, [], [], 0)

    monkeypatch.setattr(batch, "run", fake)
    assert (
        run("run", study, "--gemeente", "A", "--gemeente", "B", "--out", tmp_path, "--fresh") == 0
    )
    assert seen == {
        "codes": ["A", "B"],
        "folder": str(tmp_path),
        "fresh": True,
        "workers": 1,
        "dask": None,
    }


def test_one_failed_municipality_is_exit_status_1(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise SourceError("the disk is gone")

    monkeypatch.setattr("flexruimte.batch.job.assess", broken)
    assert run("run", study, "--gemeente", "A", "--out", tmp_path) == 1
    assert "Aadorp (A) failed: the disk is gone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.toml"], "study file nowhere.toml cannot be read"),
        (["run", "STUDY", "--gemeente", "Z"], "municipality 'Z' is not in"),
        (["explain", "nowhere", "P01"], "nowhere holds no results"),
        (["rules", "nowhere.toml"], "ruleset 'nowhere.toml' cannot be read"),
    ],
)
def test_an_error_is_one_line_and_exit_status_2(
    study: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(*[study if argument == "STUDY" else argument for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(f"flexruimte: error: {said}")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    "arguments", [["bogus"], ["run"], ["schema", "bogus"], ["run", "x.toml", "--bogus"]]
)
def test_bad_arguments_are_exit_status_2(arguments: list[str]) -> None:
    assert run(*arguments) == 2


def test_interrupted_is_exit_status_130(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "run", stop)
    assert run("run", study, "--out", tmp_path) == 130
    assert "interrupted" in capsys.readouterr().err


def test_check_prints_a_list_to_paste(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", study) == 0
    assert "not_assessed" not in capsys.readouterr().out
    poorer = study.with_name("poorer.toml")
    text = study.read_text()
    start = text.index("[layers.natuur]")
    poorer.write_text(text[:start] + text[text.index("[layers.leiding]") :])
    assert run("check", poorer) == 0
    printed = capsys.readouterr().out
    assert "under [study]" in printed
    assert 'not_assessed = ["natuur"]' in printed


def test_check_with_a_problem_is_exit_status_2(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = study.with_name("broken.toml")
    broken.write_text(study.read_text().replace('source = "lden.tif"', 'source = "gone.tif"'))
    assert run("check", broken) == 2
    assert "problem: lden (gone.tif)" in capsys.readouterr().out


def test_explain_shows_every_rule(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", out, "P07") == 0
    printed = capsys.readouterr().out
    assert "Parcel P07 in Aadorp is excluded." in printed
    for title in ("Unbuilt", "Nature", "Term", "Ownership"):
        assert title in printed
    assert run("explain", out, "P07", "--language", "nl") == 0
    assert "uitgesloten" in capsys.readouterr().out


def test_explain_hints_at_a_misspelt_id(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain", out, "P7") == 2
    assert "did you mean 'P07'?" in capsys.readouterr().err


def test_rules_of_the_built_in_ruleset(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "--format", "markdown") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| Rule |")
    assert any(line.startswith("| `natura2000` |") for line in lines)
    assert run("rules") == 0
    assert "natura2000" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "key"), [("study", "parcels"), ("ruleset", "rules"), ("summary", "timings_s")])
def test_schema_is_json_schema(capsys: pytest.CaptureFixture[str], name: str, key: str) -> None:
    assert run("schema", name) == 0
    assert key in json.loads(capsys.readouterr().out)["properties"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.strip()
