"""run.json: what is done, of which study, and what is no log at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import OutputError, Study, batch
from toy_town import toy_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return toy_study(tmp_path, municipalities=TWO_TOWNS)


def test_results_of_another_study_are_not_mixed_in(study: Study, tmp_path: Path) -> None:
    batch.run(study, None, tmp_path / "out")
    later = toy_study(tmp_path, municipalities=TWO_TOWNS, as_of="2026-06-01")
    batch.run(later, ["B"], tmp_path / "out")
    log = json.loads((tmp_path / "out" / "run.json").read_text())
    assert log["municipalities"]["A"]["state"] == "outdated"
    codes = {
        row.split(",")[0] for row in (tmp_path / "out" / "ranking.csv").read_text().splitlines()[1:]
    }
    assert codes == {"B"}


def test_a_log_that_is_none_is_refused(study: Study, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(OutputError, match="not the log of an earlier run"):
        batch.run(study, ["A"], tmp_path)
