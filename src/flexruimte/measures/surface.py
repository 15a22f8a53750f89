"""Measures of rasters: noise, air, water depth, height and slope under a shape."""

from __future__ import annotations

import numpy as np

from flexruimte.layers import Raster
from flexruimte.measures.inputs import MeasureInputs
from flexruimte.raster import cell_statistics, slope_percent
from flexruimte.ruleset import RasterMeasure
from flexruimte.vocabulary import Floats

__all__ = ["raster"]


def raster(measure: RasterMeasure, inputs: MeasureInputs) -> Floats:
    """Return a statistic of the cells under each shape, by exact coverage. (n,) float64.

    NaN where less than `known_from_share` of the shape lies over valid cells.
    """
    layer = inputs.layers[measure.layer]
    if not isinstance(layer, Raster):
        raise TypeError(f"layer '{measure.layer}' is no raster")  # the ruleset was checked for this
    grid = layer.grid
    if measure.statistic == "slope":
        found = cell_statistics(inputs.overlay.shapes, slope_percent(grid.cells, grid.cell_m), grid.left, grid.top, grid.cell_m)
    elif measure.statistic == "share":
        low = -np.inf if measure.at_least is None else measure.at_least
        high = np.inf if measure.at_most is None else measure.at_most
        inside = np.where(np.isnan(grid.cells), np.nan, ((grid.cells >= low) & (grid.cells <= high)).astype(np.float64))
        found = cell_statistics(inputs.overlay.shapes, inside, grid.left, grid.top, grid.cell_m)
    else:
        found = inputs.overlay.cells(layer)
    statistic = {"max": found.max, "min": found.min}.get(measure.statistic, found.mean)
    known = found.covered_m2 >= measure.known_from_share * inputs.overlay.areas * (1 - 1e-6)
    return np.where(known, statistic, np.nan)
