"""What all analyses of a run on disk have in common."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import run


def test_a_folder_without_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("relocate", "targets", "costs"):
        assert run(command, tmp_path) == 2
        assert "holds no run" in capsys.readouterr().err


def test_layouts_by_density_are_empty(out: Path) -> None:
    assert run("layout", out) == 0
    assert json.loads((out / "A" / "layout.geojson").read_text(encoding="utf-8"))["features"] == []


def test_no_run_no_costs_by_default(finished: Path) -> None:
    assert not {"relocation", "costs.csv", "targets.csv"} & {
        path.name for path in finished.iterdir()
    }
