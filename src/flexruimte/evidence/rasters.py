"""Rasters around parcels: sentinels recoded, values outside the valid range missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexruimte.errors import LayerError
from flexruimte.evidence.contents import contents_of_cells
from flexruimte.evidence.layers import LayerFacts, Raster, layer_settings
from flexruimte.evidence.search_area import SearchArea
from flexruimte.evidence.sources import Source
from flexruimte.rules.parts import LayerSpec
from flexruimte.rules.study_file import LayerSettings

__all__ = ["check_raster_values", "load_raster"]


def load_raster(key: str, spec: LayerSpec, source: Source, near: SearchArea) -> Raster:
    """Read a raster around parcels: sentinels recoded, values outside the valid range missing.

    Raises
    ------
    SourceError, LayerError
        When the raster cannot be read, is not in RD New, or has no valid cell at all.
    """
    settings = layer_settings(source)
    nodata, (low, high) = _missing_values(spec, settings)
    grid = source.read_grid(near.window, nodata)
    values = grid.cells
    values[~((values >= low) & (values <= high))] = np.nan
    if np.isnan(values).all():
        check_raster_values(spec, source)
    recoded = values.copy()
    for sentinel, meaning in spec.recode.items():
        recoded[values == float(sentinel)] = meaning
    facts = LayerFacts(
        source.settings.source, settings.reference_date, settings.licence, "its valid cells"
    )
    grid = replace(grid, cells=recoded)
    return Raster(
        key, spec, grid, facts, contents_of_cells(recoded, *grid.corner, grid.cell_m, near)
    )


def check_raster_values(spec: LayerSpec, source: Source) -> None:
    """Refuse a raster that has no valid cell anywhere.

    Raises
    ------
    LayerError
        When all cells are missing.
    """
    nodata, (low, high) = _missing_values(spec, layer_settings(source))
    if not source.has_valid_cell(nodata, low, high):
        raise LayerError(
            f"{source.label} has no valid cell at all (nodata {nodata}, valid {low:g} to "
            f"{high:g}); "
            "correct 'nodata' or 'valid', or leave it out"
        )


def _missing_values(
    spec: LayerSpec, settings: LayerSettings
) -> tuple[float | None, tuple[float, float]]:
    """Return what stands for missing (None: as the file says) and the bounds of valid values."""
    return (
        spec.nodata if settings.nodata is None else settings.nodata,
        settings.valid or spec.valid or (-np.inf, np.inf),
    )
