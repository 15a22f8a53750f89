"""The toy town as a study file, and the results of a run of it by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import run
from toy_files import write_toy_study


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_study(tmp_path_factory.mktemp("cli_study"))


@pytest.fixture(scope="session")
def out(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli_results")
    assert run("run", study, "--gemeente", "Aadorp", "--out", folder) == 0
    return folder
