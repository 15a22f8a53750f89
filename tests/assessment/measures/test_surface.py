"""Statistics of the cells under parcels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flexruimte.assessment.pipeline import assess
from toy_layers import measured, raster
from toy_town import changed_ruleset, parcels, toy_study, write_raster


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


NAN = float("nan")


@pytest.mark.parametrize(("changes", "expected"), [
    # four cells of 50 m under the first parcel; of the second one of the four has no value
    ({"statistic": "mean"}, [55, NAN]),
    ({"statistic": "max"}, [70, NAN]),
    ({"statistic": "min"}, [40, NAN]),
    ({"statistic": "share", "at_least": 55}, [0.5, NAN]),
    ({"statistic": "share", "at_least": 50, "at_most": 60}, [0.5, NAN]),  # both bounds count
    ({"statistic": "mean", "known_from_share": 0.75}, [55, 50]),
    ({"statistic": "max", "known_from_share": 0.75}, [70, 60]),
    ({"statistic": "share", "at_least": 55, "known_from_share": 0.75}, [0.5, 1 / 3]),
    ({"statistic": "mean", "known_from_share": 0.76}, [55, NAN]),
])  # fmt: skip
def test_statistics_by_hand(tmp_path: Path, changes: dict[str, Any], expected: list[float]) -> None:
    cells = np.full((2, 8), 128.0)  # no value, says the toy ruleset
    cells[:, :2] = [[40, 60], [50, 70]]
    cells[:, 6:] = [[40, 50], [60, 128]]
    path = write_raster(tmp_path / "cells.tif", cells, 50.0, 100.0)
    layers: Any = {"lden": raster(changed_ruleset(), "lden", path)}
    assert measured(layers, "noise_db", **changes) == pytest.approx(expected, nan_ok=True)


def test_a_cell_counts_for_the_part_of_it_that_a_parcel_covers(tmp_path: Path) -> None:
    # cells of 80 m from y 160 down: under 100 x 100 lie 80 x 20 of 10, 20 x 20 of 20, 80 x 80 of 30 and 20 x 80 of 40
    cells = np.array([[10.0, 20.0, 0.0, 0.0, 0.0], [30.0, 40.0, 0.0, 0.0, 0.0]])
    path = write_raster(tmp_path / "cells.tif", cells, 80.0, 160.0)
    layers: Any = {"hoogte": raster(changed_ruleset(), "hoogte", path)}
    found = measured(layers, "noise_db", layer="hoogte")
    assert found == pytest.approx([(1_600 * 10 + 400 * 20 + 6_400 * 30 + 1_600 * 40) / 10_000, 0])


def test_the_slope_of_a_plane(tmp_path: Path) -> None:
    # 1 m up in 50 m to the east: 2 %
    cells = np.tile(np.arange(12.0), (10, 1))
    path = write_raster(tmp_path / "plane.tif", cells, 50.0, 400.0, left=-100.0)
    layers: Any = {"hoogte": raster(changed_ruleset(), "hoogte", path)}
    assert measured(layers, "slope_percent", "parcel") == pytest.approx([2, 2])
