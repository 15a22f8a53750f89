"""The layers around the parcels of a municipality, read for a block of parcels at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.evidence.columns import values_of_field
from flexruimte.evidence.features import load_features
from flexruimte.evidence.fetching.provenance import refuse_beyond_fetched
from flexruimte.evidence.identifiers import Everyone
from flexruimte.evidence.layers import Layer
from flexruimte.evidence.parcel_tables import load_table
from flexruimte.evidence.rasters import load_raster
from flexruimte.evidence.search_area import search_area
from flexruimte.evidence.sources import Source
from flexruimte.evidence.sources.errors import reading_of
from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.rules import DistanceByField
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.words import looked_up, plain
from flexruimte.vocabulary import Floats, Integers

__all__ = ["LayersAround", "read_distances"]

_CELLS_OF_A_SLOPE = 2
"""A cell's slope is that of its neighbours, so a raster is read two cells around the parcels."""


class LayersAround:
    """The layers of a study around the parcels of a municipality.

    Parameters
    ----------
    ruleset
        Which layers there are, and how far around the parcels its rules and measures look in each.
    sources
        Where layers are read from, by key.
    bounds
        Left, bottom, right and top of the parcels. (n, 4) float64 [m]
    ids
        Of the parcels. (n,) object of str
    everyone
        Gives the ids of all parcels of the study.

    Raises
    ------
    FlexruimteError
        When a table, or the size of a raster's cells, cannot be read, or a layer was fetched for
        another place.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        sources: Mapping[str, Source],
        bounds: Floats,
        ids: np.ndarray[Any, Any],
        everyone: Everyone,
    ) -> None:
        self._ruleset, self._sources, self._bounds = ruleset, sources, bounds
        kinds = {key: ruleset.layers[key].geometry for key in sources}
        self._tables = {
            key: load_table(key, ruleset.layers[key], source, ruleset.fields_in_use(key)).of(
                ids, everyone
            )
            for key, source in sources.items()
            if kinds[key] == "table"
        }
        self._reach_m = {
            key: _reach_m(ruleset, key, source)
            for key, source in sources.items()
            if kinds[key] != "table"
        }
        self._windows = {
            key: search_area(bounds, reach_m).window for key, reach_m in self._reach_m.items()
        }
        for key, reach_m in self._reach_m.items():
            if kinds[key] != "raster":  # a cell that is not there is unknown
                least_m = ruleset.reach_m(key) + 1.0 if _is_stated(ruleset, key) else reach_m
                refuse_beyond_fetched(sources[key], search_area(bounds, least_m).window)

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around some of the parcels, by key.

        Parameters
        ----------
        members
            Positions of the parcels. (k,) int

        Raises
        ------
        FlexruimteError
            When a layer cannot be used.
        """
        layers: dict[str, Layer] = dict(self._tables)
        for key, reach_m in self._reach_m.items():
            spec, source = self._ruleset.layers[key], self._sources[key]
            area = search_area(self._bounds[members], reach_m)
            with reading_of(source):
                if spec.geometry == "raster":
                    layers[key] = load_raster(key, spec, source, area)
                else:
                    fields = self._ruleset.fields_in_use(key)
                    layers[key] = load_features(key, spec, source, fields, area, self._windows[key])
        return dict(sorted(layers.items()))


def _reach_m(ruleset: Ruleset, key: str, source: Source) -> float:
    """Return how far around the parcels a layer is read. [m]"""
    if ruleset.layers[key].geometry == "raster":
        return _CELLS_OF_A_SLOPE * max(source.cell_m)
    distances = [ruleset.reach_m(key)]
    for rule in ruleset.land_rules.values():
        if rule.layer == key and isinstance(rule.distance_m, DistanceByField):
            values = values_of_field(source, rule.distance_m.field, ruleset.layers[key])
            of_features = read_distances(rule.distance_m, values)
            distances += of_features[np.isfinite(of_features)].tolist()
    return max(distances) + 1.0


def _is_stated(ruleset: Ruleset, key: str) -> bool:
    """Return whether features of a layer state a distance in words, which only reading tells."""
    rules = [rule for rule in ruleset.land_rules.values() if rule.layer == key]
    distances = [rule.distance_m for rule in rules]
    return any(isinstance(one, DistanceByField) and one.classes is None for one in distances)


def read_distances(by_field: DistanceByField, values: pd.Series[Any]) -> Floats:
    """Return the distance that each value of a field stands for.

    NaN where it cannot be read. (n,) float64 [m]
    """
    if by_field.classes is not None:
        known = {plain(word): distance for word, distance in by_field.classes.items()}
        place, distinct = pd.factorize(values)
        of_distinct = [looked_up(value, known) for value in distinct]
        read = as_numbers(pd.Series([*of_distinct, None], dtype=object)).take(place)
    else:
        text = values.astype("string").str.extract(str(by_field.pattern), expand=True).iloc[:, 0]
        read = as_numbers(text.astype("string").str.replace(",", ".", regex=False))
    return np.array(read, dtype=np.float64)
