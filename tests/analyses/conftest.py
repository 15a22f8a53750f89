"""A run of the toy town on disk, for the analyses that start from one.

Ranked in A are P01 (36 homes), P03 (40), P05 (20), P06 (40, free until 2043), P09 (18) and P12 (18): 172 homes; B has no parcels.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from command_line import run
from toy_files import write_toy_study


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run, to be read only."""
    folder = tmp_path_factory.mktemp("finished")
    assert run("run", write_toy_study(folder / "study"), "--out", folder / "out") == 0
    return folder / "out"


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished run, to write to."""
    shutil.copytree(finished, tmp_path / "out")
    return tmp_path / "out"
