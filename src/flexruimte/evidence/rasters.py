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

__all__ = ["check_raster_values", "load_raster"]


def load_raster(key: str, spec: LayerSpec, source: Source, near: SearchArea) -> Raster:
    """Read a raster around parcels: sentinels recoded, values outside the valid range missing.

    Raises
    ------
    SourceError, LayerError
        When the raster cannot be read, is not in RD New, or has values of which none counts.
    """
    settings = layer_settings(source)
    low, high = settings.valid or spec.valid or (-np.inf, np.inf)
    grid = source.read_grid(near.window, spec.nodata)
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
    """Refuse a raster that has no valid cell anywhere, unless it says so itself.

    A file of which all cells are missing by its own nodata, mask or alpha band is understood: its
    rules are unknown. One that has values, none of which counts, is not.

    Raises
    ------
    LayerError
        When the raster has values, and all of them are missing by the study or the ruleset.
    """
    settings = layer_settings(source)
    low, high = settings.valid or spec.valid or (-np.inf, np.inf)
    if source.has_valid_cell(spec.nodata, low, high):
        return
    if settings.nodata is not None or source.has_valid_cell(None, -np.inf, np.inf):
        raise LayerError(
            f"{source.label} has no valid cell at all: none between {low:g} and {high:g}"
            f"{' ' + spec.unit if spec.unit else ''}; "
            "correct 'nodata', 'scale' or 'valid' in the study, give another file, "
            "or leave the layer out"
        )
