"""Every notebook runs from top to bottom, and is committed without what it printed."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_committed_without_outputs(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.filterwarnings("ignore")  # Jupyter's own parts warn of each other
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in shown)  # a map
    assert any("text/html" in output.get("data", {}) for output in shown)  # a table
    assert not [output for output in shown if output.get("name") == "stderr"]


def test_quickstart_shows_two_locations_side_by_side() -> None:
    (quickstart,) = (path for path in NOTEBOOKS if path.stem == "01-quickstart")
    cells = nbformat.read(quickstart, as_version=4).cells
    assert any("ranking.compare(" in cell.source for cell in cells if cell.cell_type == "code")
