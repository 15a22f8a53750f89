"""Odd and hostile inputs that are kept outside the repository, each with the answer that a user may rely on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from real_data import REAL_DATA

CASES = REAL_DATA.parent / "cases" / "run.py"


@pytest.mark.slow
@pytest.mark.skipif(not CASES.is_file(), reason=f"the cases of odd inputs are not here ({CASES})")
def test_every_case_is_right() -> None:
    programs = Path(sys.executable).parent
    assert (programs / "flexruimte").exists(), "the cases call the command line: install flexruimte"
    said = subprocess.run(
        [sys.executable, str(CASES), str(programs)], capture_output=True, text=True, check=False
    )
    right = re.search(r"(\d+) of (\d+) right", said.stdout)
    assert right is not None, said.stdout + said.stderr
    assert int(right[2]) >= 22
    assert right[1] == right[2], said.stdout
