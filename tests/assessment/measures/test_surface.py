"""Statistics of the cells under parcels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from flexruimte.assessment.pipeline import assess
from toy_town import parcels, toy_study, write_raster


def test_a_slope_at_the_edge_of_what_is_read_is_the_slope_there(tmp_path: Path) -> None:
    # A plane would not tell a one-sided slope from one over both neighbours; a bowl does.
    bowl = np.arange(12.0)[None, :] ** 2 + np.arange(10.0)[:, None] ** 2
    height = {"hoogte": write_raster(tmp_path / "kom.tif", bowl, 50.0, 400.0, left=-100.0)}
    whole = assess(toy_study(tmp_path, layers=height).question, "A").parcels.set_index("parcel_id")[
        "slope_percent"
    ]
    for name in ("P01", "P06", "P12"):
        alone = toy_study(
            tmp_path, layers=height, parcels=parcels()[parcels()["parcel_id"] == name]
        )
        assert assess(alone.question, "A").parcels["slope_percent"].tolist() == [whole[name]]
