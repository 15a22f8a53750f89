"""Cells as rules and measures see them: what stands for another value, and what stands for none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flexruimte.errors import LayerError
from flexruimte.evidence.rasters import check_raster_values, load_raster
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import open_source
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings
from toy_town import X, Y, write_raster

NAN = float("nan")
NEAR = search_area(np.array([[X, Y, X + 200.0, Y + 100.0]]), 0.0)


def spec(**said: Any) -> LayerSpec:
    return LayerSpec.model_validate(
        {
            "title": {"nl": "x", "en": "x"},
            "source": "toy",
            "basis": "assumption",
            "geometry": "raster",
            **said,
        }
    )


def source(folder: Path, cells: list[float], **settings: Any) -> Any:
    """Cells of 50 m in a row."""
    path = write_raster(folder / "cells.tif", np.array([cells]), 50.0, 50.0)
    return open_source(
        "lden", LayerSettings(source=path.name, **settings), folder, geometry="raster"
    )


@pytest.mark.parametrize(("said", "settings", "expected"), [
    ({}, {}, [0, 40, 128, 200]),
    ({"nodata": 128}, {}, [0, 40, NAN, 200]),
    ({"nodata": 128}, {"nodata": 40}, [0, NAN, 128, 200]),  # the study goes before the ruleset
    ({"valid": (0, 128)}, {}, [0, 40, 128, NAN]),  # both bounds are valid
    ({"valid": (0, 128)}, {"valid": (40, 200)}, [NAN, 40, 128, 200]),
    ({"recode": {"0": 45}}, {}, [45, 40, 128, 200]),
    ({"recode": {"0": 40, "40": 41}}, {}, [40, 41, 128, 200]),  # each value once, not one after the other
    ({"valid": (0, 128), "recode": {"0": 150}}, {}, [150, 40, 128, NAN]),  # what it stands for may lie outside
])  # fmt: skip
def test_missing_and_recoded_values(
    tmp_path: Path, said: dict[str, Any], settings: dict[str, Any], expected: list[float]
) -> None:
    opened = source(tmp_path, [0, 40, 128, 200], **settings)
    found = load_raster("lden", spec(**said), opened, NEAR)
    np.testing.assert_array_equal(found.grid.cells, [expected])


def test_no_valid_cell_here_is_unknown_and_none_at_all_is_refused(tmp_path: Path) -> None:
    # four cells without a value here; the one that has a value is 1 km away
    far = source(tmp_path, [128] * 20 + [50])
    assert np.isnan(load_raster("lden", spec(nodata=128), far, NEAR).grid.cells).all()
    check_raster_values(spec(nodata=128), far)
    none = source(tmp_path, [128] * 21)
    message = r"lden \(cells.tif\) has no valid cell at all: none between -inf and inf; correct"
    with pytest.raises(LayerError, match=message):
        load_raster("lden", spec(nodata=128), none, NEAR)
    with pytest.raises(LayerError, match=message):
        check_raster_values(spec(nodata=128), none)
