"""Measures of rasters: noise, air, water depth, height and slope under a shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.evidence.layers import Raster
from flexruimte.kernels.raster import CellStatistics, Grid, cell_statistics, slope_percent
from flexruimte.rules.measures import RasterMeasure
from flexruimte.vocabulary import Floats

__all__ = ["raster"]


def raster(measure: RasterMeasure, inputs: MeasureInputs) -> Floats:
    """Return a statistic of the cells under each shape, by exact coverage. (n,) float64.

    NaN where less than `known_from_share` of the shape lies over valid cells.
    """
    found = _statistics(measure, inputs)
    statistic = {"max": found.max, "min": found.min}.get(measure.statistic, found.mean)
    known = found.covered_m2 >= measure.known_from_share * inputs.overlay.areas * (1 - 1e-6)
    return np.where(known, statistic, np.nan)


def _statistics(measure: RasterMeasure, inputs: MeasureInputs) -> CellStatistics:
    """Return the statistics of what a measure looks at.

    Works them out for all measures of these shapes at the first question.

    Rasters that have their cells in the same places then share which cells lie under each shape.
    """
    if _looks_at(measure) not in inputs.cells:
        measures = [
            other
            for other in inputs.ruleset.measures.values()
            if isinstance(other, RasterMeasure) and other.of == measure.of
        ]
        grids = {
            _looks_at(other): _grid(other, inputs)
            for other in measures
            if other.layer in inputs.layers
        }
        inputs.cells.update(
            zip(grids, cell_statistics(inputs.overlay.shapes, list(grids.values())), strict=True)
        )
    return inputs.cells[_looks_at(measure)]


def _looks_at(measure: RasterMeasure) -> str:
    """Return a name of the cells that a measure looks at; it differs where the cells do."""
    statistic = measure.statistic if measure.statistic in ("slope", "share") else "value"
    return f"{measure.layer} {statistic} {measure.at_least} {measure.at_most}"


def _grid(measure: RasterMeasure, inputs: MeasureInputs) -> Grid:
    """Return the cells that a measure looks at: themselves, their slope, or those in a range."""
    layer = inputs.layers[measure.layer]
    if not isinstance(layer, Raster):
        raise TypeError(f"layer '{measure.layer}' is no raster")  # the ruleset was checked for this
    grid = layer.grid
    if measure.statistic == "slope":
        return replace(grid, cells=slope_percent(grid.cells, grid.cell_m))
    if measure.statistic == "share":
        low = -np.inf if measure.at_least is None else measure.at_least
        high = np.inf if measure.at_most is None else measure.at_most
        return replace(
            grid,
            cells=np.where(
                np.isnan(grid.cells),
                np.nan,
                ((grid.cells >= low) & (grid.cells <= high)).astype(np.float64),
            ),
        )
    return grid
