"""The survey: what the layers say of the parcels of a municipality. All work on shapes and layers is done here, and no judgement.

What is asked of the answers (thresholds, curves, weights, decisions) comes later and reads no layer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import shapely

from flexruimte.geometry import largest_part, width
from flexruimte.land import Land, assess_land
from flexruimte.layers import Layer, LayerFacts, Parcels, load_features, load_parcels, load_raster, load_table
from flexruimte.measures import compute_measures
from flexruimte.overlay import Overlay
from flexruimte.plan import Plan, reach_of_layer
from flexruimte.ruleset import Ruleset
from flexruimte.sources import Window
from flexruimte.term import Term, assess_term
from flexruimte.vocabulary import AREA, BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH

__all__ = ["Progress", "Survey", "survey"]

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each step as it starts."""


@dataclass(frozen=True)
class Survey:
    """What the layers say of the parcels of one municipality. n parcels"""

    parcels: Parcels
    land: Land
    """What rules on layers find, and the buildable parts."""
    measures: pd.DataFrame
    """All but those that rest on other measures or on the homes. (n, ...)"""
    term: Term
    layers: dict[str, LayerFacts]
    """What was read, by layer."""


def survey(plan: Plan, ruleset: Ruleset, code: str, progress: Progress = lambda _step: None) -> Survey:
    """Read the layers of the study around the parcels of a municipality, and measure what they say.

    Parameters
    ----------
    plan
        Where to read, and the date that the term counts from.
    ruleset
        The rules that hold in this municipality.
    code
        Of the municipality.
    progress
        Told which step starts.

    Raises
    ------
    FlexruimteError
        When the municipality has no parcels, or when a layer cannot be used.
    """
    progress("parcels")
    parcels = load_parcels(plan.parcels, plan.municipalities, code)
    progress("layers")
    layers = _load_layers(plan, ruleset, parcels)
    overlay = Overlay(parcels.geometries)
    progress("land")
    of_parcel = compute_measures(ruleset, "parcel", overlay, parcels.ids, layers)
    land = assess_land(ruleset, layers, overlay, of_parcel.assign(**{AREA: overlay.areas}))
    progress("measures")
    measures, term = _measure(plan, ruleset, parcels, layers, overlay, of_parcel, land)
    return Survey(parcels, land, measures, term, {key: layer.facts for key, layer in sorted(layers.items())})


def _load_layers(plan: Plan, ruleset: Ruleset, parcels: Parcels) -> dict[str, Layer]:
    """Read the layers of the study, for the parcels' bounds plus the largest distance any rule needs of each."""
    bounds = shapely.total_bounds(parcels.geometries)
    layers: dict[str, Layer] = {}
    for key, source in plan.sources.items():
        if key in plan.not_assessed or key not in ruleset.layers:
            continue
        spec = ruleset.layers[key]
        reach = reach_of_layer(ruleset, key) + 1.0
        window: Window = (bounds[0] - reach, bounds[1] - reach, bounds[2] + reach, bounds[3] + reach)
        if spec.geometry == "raster":
            layers[key] = load_raster(key, spec, source, window)
        elif spec.geometry == "table":
            layers[key] = load_table(key, spec, source, ruleset.fields_in_use(key))
        else:
            layers[key] = load_features(key, spec, source, ruleset.fields_in_use(key), window)
    return layers


def _measure(
    plan: Plan, ruleset: Ruleset, parcels: Parcels, layers: Mapping[str, Layer], overlay: Overlay, of_parcel: pd.DataFrame, land: Land
) -> tuple[pd.DataFrame, Term]:
    """Return the measures of the parcel, of the buildable part, and of the term."""
    # Where nothing is left the whole parcel is measured, so that the numbers are there to be questioned.
    shapes = np.where(shapely.is_empty(land.buildable), parcels.geometries, land.buildable)
    of_buildable = compute_measures(ruleset, "buildable", Overlay(shapes), parcels.ids, layers)
    term = assess_term(ruleset, layers, plan.not_assessed, overlay, parcels.ids, plan.as_of)
    largest = largest_part(land.buildable)
    shape = pd.DataFrame(
        {
            AREA: overlay.areas,
            BUILDABLE_AREA: shapely.area(land.buildable),
            LARGEST_PART_AREA: shapely.area(largest),
            WIDTH: width(largest) if ruleset.asks_for(WIDTH) else np.nan,
        }
    )
    return pd.concat([shape, term.columns, of_parcel, of_buildable], axis=1), term
