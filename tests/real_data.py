"""Where the real Dutch data is; it is never copied into the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REAL_DATA = Path(
    os.environ.get("FLEXRUIMTE_REAL_DATA", Path(__file__).parents[2] / "shared" / "data")
)

needs_real_data = pytest.mark.skipif(
    not (REAL_DATA / "delft" / "delft_rd.gpkg").is_file(),
    reason=f"the real data of Delft, Otterlo and the EIB map is not here ({REAL_DATA})",
)
