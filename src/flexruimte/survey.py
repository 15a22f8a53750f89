"""The survey: what the layers say of the parcels of a municipality. All work on shapes and layers is done here, and no judgement.

What is asked of the answers (thresholds, curves, weights, decisions) comes later and reads no layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.geometry import largest_part, width
from flexruimte.land import Land, LandFinding, assess_land, read_distances
from flexruimte.layers import Layer, LayerFacts, Parcels, Table, load_features, load_parcels, load_raster, load_table, values_of_field
from flexruimte.measures import compute_measures
from flexruimte.overlay import Overlay
from flexruimte.plan import Plan, reach_of_layer
from flexruimte.ruleset import DistanceByField, Ruleset
from flexruimte.seen import Seen, seen_together
from flexruimte.sources import Source, Window
from flexruimte.surroundings import surroundings
from flexruimte.term import Term, assess_term
from flexruimte.vocabulary import AREA, BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH, Floats, Geometries, Integers

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


@dataclass(frozen=True)
class _Block:
    """What the layers say of some of the parcels."""

    members: Integers
    """Positions of the parcels, rising. (k,) int"""
    land: Land
    measures: pd.DataFrame
    term: Term
    facts: dict[str, LayerFacts]
    """By layer; nothing in it is counted yet."""
    seen: dict[str, Seen]
    """By layer."""


def survey(plan: Plan, ruleset: Ruleset, code: str, progress: Progress = lambda _step: None) -> Survey:
    """Read the layers of the study around the parcels of a municipality, and measure what they say.

    Parameters
    ----------
    plan
        Where to read, the date that the term counts from, and how many parcels are taken at once.
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
    blocks = blocks_of(parcels.geometries, plan.block)
    tables = _load_tables(plan, ruleset)
    reaches = {key: _reach(ruleset, key, source) for key, source in _sources(plan, ruleset).items()}
    bounds = shapely.bounds(parcels.geometries)
    around = {key: surroundings(bounds, reach).window for key, reach in reaches.items()}
    found = []
    for number, members in enumerate(blocks, start=1):
        part = f", block {number} of {len(blocks)}" if len(blocks) > 1 else ""

        def told(step: str, part: str = part) -> None:
            progress(step + part)

        found.append(_survey_block(plan, ruleset, parcels, members, tables, reaches, around, told))
    return _together(parcels, found)


def blocks_of(shapes: Geometries, size: int) -> list[Integers]:
    """Divide parcels into blocks of at most `size` that lie together. Positions of the parcels of each block, rising."""
    count = -(-len(shapes) // size)
    if count == 1:
        return [np.arange(len(shapes))]
    along = gpd.GeoSeries(shapes).hilbert_distance().to_numpy()
    return [np.sort(members) for members in np.array_split(np.argsort(along, kind="stable"), count)]


def _survey_block(
    plan: Plan,
    ruleset: Ruleset,
    parcels: Parcels,
    members: Integers,
    tables: Mapping[str, Table],
    reaches: Mapping[str, float],
    around: Mapping[str, Window],
    progress: Progress,
) -> _Block:
    progress("layers")
    ids, overlay = parcels.ids[members], Overlay(parcels.geometries[members])
    layers = {**tables, **_load_layers(plan, ruleset, shapely.bounds(overlay.shapes), reaches, around)}
    progress("land")
    of_parcel = compute_measures(ruleset, "parcel", overlay, ids, layers)
    land = assess_land(ruleset, layers, overlay, of_parcel.assign(**{AREA: overlay.areas}))
    progress("measures")
    measures, term = _measure(plan, ruleset, ids, layers, overlay, of_parcel, land)
    facts = {key: layer.facts for key, layer in sorted(layers.items())}
    seen = {key: layer.seen_of(ids) if isinstance(layer, Table) else layer.seen for key, layer in layers.items()}
    return _Block(members, land, measures, term, facts, seen)


def _together(parcels: Parcels, blocks: list[_Block]) -> Survey:
    """Return what the layers say of all parcels, in the order of the parcels, whatever blocks they were taken in."""
    order = np.argsort(np.concatenate([block.members for block in blocks]), kind="stable")
    seen = {key: seen_together([block.seen[key] for block in blocks]) for key in blocks[0].facts}
    return Survey(
        parcels=parcels,
        land=_lands_together([block.land for block in blocks], order),
        measures=_tables_together([block.measures for block in blocks], order),
        term=_terms_together([block.term for block in blocks], order),
        layers={key: _counted(facts, seen[key]) for key, facts in blocks[0].facts.items()},
    )


def _lands_together(lands: list[Land], order: Integers) -> Land:
    def joined(arrays: Iterable[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
        return np.concatenate(list(arrays))[order]

    findings = {}
    for rule_id in lands[0].findings:
        parts = [land.findings[rule_id] for land in lands]
        findings[rule_id] = LandFinding(
            covered_m2=joined(part.covered_m2 for part in parts),
            edge=joined(part.edge for part in parts),
            verdict=joined(part.verdict for part in parts),
            feature_count=joined(part.feature_count for part in parts),
            features=joined(part.features for part in parts),
        )
    return Land(joined(land.buildable for land in lands), joined(land.taken_m2 for land in lands), findings)


def _terms_together(terms: list[Term], order: Integers) -> Term:
    return Term(
        columns=_tables_together([term.columns for term in terms], order),
        may_be_lower={name: np.concatenate([term.may_be_lower[name] for term in terms])[order] for name in terms[0].may_be_lower},
        plan_names=_lists_together((term.plan_names for term in terms), order),
        regime=terms[0].regime,
        unread={what: np.unique(np.concatenate([term.unread[what] for term in terms])) for what in terms[0].unread},
    )


def _tables_together(tables: list[pd.DataFrame], order: Integers) -> pd.DataFrame:
    """Return rows of several tables as one; columns of objects are looked at anew, as the type that fits all may fit none of the parts."""
    columns = {}
    for name in tables[0]:
        plain = all(isinstance(table[name].dtype, np.dtype) for table in tables)
        parts = [table[name].to_numpy() if plain else table[name].to_numpy(dtype=object) for table in tables]
        columns[name] = np.concatenate(parts)[order]
    return pd.DataFrame(columns, index=pd.RangeIndex(len(order)))


def _lists_together(lists: Iterable[list[tuple[str, ...]]], order: Integers) -> list[tuple[str, ...]]:
    together = list(chain.from_iterable(lists))
    return [together[position] for position in order.tolist()]


def _counted(facts: LayerFacts, seen: Seen) -> LayerFacts:
    repairs = {what: tally.total for what, tally in seen.repairs.items() if tally.total}
    return replace(facts, rows=seen.rows.total, repairs={**facts.repairs, **repairs})


def _sources(plan: Plan, ruleset: Ruleset) -> dict[str, Source]:
    """Return the sources that are read, by layer."""
    return {key: source for key, source in plan.sources.items() if key in ruleset.layers and key not in plan.not_assessed}


def _reach(ruleset: Ruleset, key: str, source: Source) -> float:
    """Return how far around the parcels a layer is read, in metres."""
    if ruleset.layers[key].geometry == "raster":
        return 2 * max(source.cell_m)  # a cell's slope is that of its neighbours
    distances = [reach_of_layer(ruleset, key)]
    for rule in ruleset.enabled_rules.values():
        if rule.layer == key and isinstance(rule.distance_m, DistanceByField):
            of_features = read_distances(rule.distance_m, values_of_field(source, rule.distance_m.field))
            distances += of_features[np.isfinite(of_features)].tolist()
    return max(distances) + 1.0


def _load_tables(plan: Plan, ruleset: Ruleset) -> dict[str, Table]:
    return {
        key: load_table(key, ruleset.layers[key], source, ruleset.fields_in_use(key))
        for key, source in _sources(plan, ruleset).items()
        if ruleset.layers[key].geometry == "table"
    }


def _load_layers(
    plan: Plan, ruleset: Ruleset, bounds: Floats, reaches: Mapping[str, float], around: Mapping[str, Window]
) -> dict[str, Layer]:
    """Read the layers of the study around parcels, as far as the largest distance any rule needs of each."""
    layers: dict[str, Layer] = {}
    for key, source in _sources(plan, ruleset).items():
        spec, near = ruleset.layers[key], surroundings(bounds, reaches[key])
        if spec.geometry == "raster":
            layers[key] = load_raster(key, spec, source, near)
        elif spec.geometry != "table":
            layers[key] = load_features(key, spec, source, ruleset.fields_in_use(key), near, around[key])
    return layers


def _measure(
    plan: Plan,
    ruleset: Ruleset,
    ids: np.ndarray[Any, Any],
    layers: Mapping[str, Layer],
    overlay: Overlay,
    of_parcel: pd.DataFrame,
    land: Land,
) -> tuple[pd.DataFrame, Term]:
    """Return the measures of the parcel, of the buildable part, and of the term."""
    # Where nothing is left the whole parcel is measured, so that the numbers are there to be questioned.
    shapes = np.where(shapely.is_empty(land.buildable), overlay.shapes, land.buildable)
    of_buildable = compute_measures(ruleset, "buildable", Overlay(shapes, around=overlay), ids, layers)
    term = assess_term(ruleset, layers, plan.not_assessed, overlay, ids, plan.as_of)
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
