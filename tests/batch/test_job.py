"""One municipality of a run: whatever happens is in its entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from batch.two_towns import TWO_TOWNS
from flexruimte import Study, batch
from flexruimte.results import outputs
from toy_town import toy_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return toy_study(tmp_path, municipalities=TWO_TOWNS)


def test_a_fault_in_flexruimte_is_logged_with_its_traceback(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(outputs, "write_geojson", fail)
    (entry, _) = batch.run(study, None, tmp_path / "out").failed
    assert "unexpected ZeroDivisionError: oops" in str(entry.error)
    assert "Traceback" in str(entry.traceback)
