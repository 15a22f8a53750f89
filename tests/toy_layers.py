"""Layers of the toy ruleset around two parcels of 1 ha, as rules and measures look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.measures import compute_measures
from flexruimte.assessment.overlay import Overlay
from flexruimte.evidence.features import load_features
from flexruimte.evidence.layers import Features, Layer, LayerFacts, Raster, Table
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.parcels import Parcels
from flexruimte.evidence.rasters import load_raster
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import open_source
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.study_file import LayerSettings
from flexruimte.vocabulary import Geometries
from toy_files import in_memory
from toy_town import box, changed_ruleset

PARCELS = np.array([box(0, 0, 100, 100), box(300, 0, 400, 100)], dtype=object)
NEAR = search_area(shapely.bounds(PARCELS), 1_000.0)


def features(ruleset: Ruleset, key: str, rows: gpd.GeoDataFrame, **settings: Any) -> Features:
    fields = ruleset.fields_in_use(key)
    source = in_memory(key, rows, **settings)
    return load_features(key, ruleset.layers[key], source, fields, NEAR, NEAR.window)


def raster(ruleset: Ruleset, key: str, path: Path, **settings: Any) -> Raster:
    source = open_source(
        key, LayerSettings(source=str(path), **settings), path.parent, geometry="raster"
    )
    return load_raster(key, ruleset.layers[key], source, NEAR)


def table(ruleset: Ruleset, key: str, rows: pd.DataFrame) -> Table:
    source = in_memory(key, rows, id="parcel_id")
    return load_table(key, ruleset.layers[key], source, ruleset.fields_in_use(key)).everything


def parcels_of(ids: np.ndarray[Any, Any], shapes: Geometries) -> Parcels:
    """All parcels of a municipality, with nothing to report of them."""
    return Parcels(ids, shapes, pd.DataFrame(index=ids), LayerFacts("", None, None, ""))


def measured(
    layers: dict[str, Layer], name: str, of: str = "buildable", **changes: Any
) -> list[Any]:
    """One measure of the toy ruleset, with changes to it, for both parcels."""
    ruleset = changed_ruleset(measures={name: changes})
    ids = np.array(["P1", "P2"], dtype=object)
    parcels = parcels_of(ids, PARCELS)
    return compute_measures(ruleset, of, Overlay(PARCELS), ids, parcels, layers)[name].tolist()
