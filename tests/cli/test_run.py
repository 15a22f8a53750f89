"""The command run: what it passes on, what goes where, and its exit statuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from command_line import run
from flexruimte import SourceError, batch


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

    monkeypatch.setattr("flexruimte.batch.job.judge", broken)
    assert run("run", study, "--gemeente", "A", "--out", tmp_path) == 1
    assert "Aadorp (A) failed: the disk is gone" in capsys.readouterr().out


def test_interrupted_is_exit_status_130(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "run", stop)
    assert run("run", study, "--out", tmp_path) == 130
    assert "interrupted" in capsys.readouterr().err


def test_run_ranks_the_municipalities_that_the_study_names(study: Path, tmp_path: Path) -> None:
    text = study.read_text()
    study.write_text(text.replace("[study]\n", '[study]\ngemeenten = ["Aadorp"]\n', 1))
    assert run("run", study, "--out", tmp_path / "out") == 0
    folders = sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert folders == ["A", "map"]
