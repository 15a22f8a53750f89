"""One municipality, start to end. This is the only place that knows the order of the stages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.capacity import CAPACITY_MEASURES, assess_capacity
from flexruimte.decisions import Decisions
from flexruimte.geometry import largest_part, width
from flexruimte.land import Land, assess_land
from flexruimte.layers import (
    Layer,
    LayerFacts,
    Municipalities,
    Parcels,
    load_features,
    load_parcels,
    load_raster,
    load_table,
)
from flexruimte.layout import Layouts
from flexruimte.measures import compute_derived_measures, compute_measures
from flexruimte.overlay import Overlay
from flexruimte.parallel import use_threads
from flexruimte.parcel_table import account, evidence
from flexruimte.ruleset import Language, Ruleset, SignMarginMeasure, WalkMeasure
from flexruimte.ruleset_file import for_municipality
from flexruimte.score import criterion_scores, rank, theme_scores
from flexruimte.sites import Evidence, Sites, merge_parcels
from flexruimte.sources import Source, Window
from flexruimte.term import Term, assess_term
from flexruimte.verdicts import answers_of_rules, assess_site_types, assess_status
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    CRS,
    HOMES_MID,
    LARGEST_PART_AREA,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    RANK,
    SITE_ID,
    SITE_TYPE,
    STATUS,
    WIDTH,
    Geometries,
    Status,
    Verdicts,
)

__all__ = ["Assessment", "Plan", "Progress", "assess", "layers_in_use", "left_out_by", "reach_of_layer"]

Progress: TypeAlias = Callable[[str], None]
"""Called with the name of each step as it starts."""


@dataclass(frozen=True)
class Plan:
    """Everything a study asks, read and checked, before any municipality is computed."""

    name: str
    as_of: dt.date
    language: Language
    ruleset: Ruleset
    groups: list[str]
    """Target groups that count."""
    not_assessed: frozenset[str]
    """Layers and rules that are knowingly left out."""
    parcels: Source
    municipalities: Municipalities
    sources: Mapping[str, Source]
    """By layer."""
    decisions: Decisions
    threads: int | None = None
    """Threads that work on one municipality; None is one per processor. Results do not depend on it."""


@dataclass(frozen=True)
class Assessment:
    """What is known of the parcels of one municipality."""

    plan: Plan
    ruleset: Ruleset
    """With the overrides for this municipality."""
    code: str
    name: str
    parcels: gpd.GeoDataFrame
    """Every parcel, by id, in RD New: measures, verdicts, scores, status, rank."""
    buildable: Geometries
    """The buildable part of each parcel, empty where nothing is left. (n,) object"""
    verdicts: pd.DataFrame
    """NO, UNKNOWN and YES per rule, int8. (n, rules)"""
    left_out: dict[str, str]
    """Rules and criteria that are left out, with what in `not_assessed` they need."""
    inputs: dict[str, LayerFacts]
    """What was read."""
    absent: list[str]
    """Layers that rules need and that are not in the study."""
    approximated: dict[str, str]
    """Measures that were computed another way than asked, and how."""
    regime: str | None
    sites: Sites | None = None
    """Locations of several parcels; None where the study does not ask for them."""
    layouts: Layouts | None = None
    """The layouts behind `homes_mid`, `part` being the position of the parcel; None where it is by density."""
    unread_plans: dict[str, int] = field(default_factory=dict)


def assess(plan: Plan, code: str, progress: Progress = lambda _step: None) -> Assessment:
    """Judge and rank the parcels of one municipality.

    Parameters
    ----------
    plan
        What the study asks.
    code
        Code of the municipality, or its name.
    progress
        Told which step starts.

    Raises
    ------
    FlexruimteError
        When the municipality does not exist or has no parcels, or when a layer cannot be used.
    """
    with use_threads(plan.threads):
        return _assess(plan, code, progress)


def _assess(plan: Plan, code: str, progress: Progress) -> Assessment:
    position = plan.municipalities.position(code)
    code, name = plan.municipalities.codes[position], plan.municipalities.names[position]
    ruleset = for_municipality(plan.ruleset, code)
    left_out = left_out_by(ruleset, plan.not_assessed)
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
    decisions = plan.decisions.at(parcels.ids, plan.as_of)
    skipped = frozenset(left_out)
    land_verdicts = {rule_id: finding.verdict for rule_id, finding in land.findings.items()}

    def answers(but: frozenset[str] = frozenset()) -> dict[str, Verdicts]:
        return answers_of_rules(ruleset, skipped | but, measures, term.may_be_lower, land_verdicts)

    progress("homes")
    # Homes are only laid out where the other rules leave something to choose.
    on_homes = frozenset(rule_id for rule_id, rule in ruleset.rules.items() if rule.measure in (*CAPACITY_MEASURES, SITE_TYPE))
    standing = assess_status(ruleset, answers(on_homes), decisions.into, decisions.out)
    capacity = assess_capacity(ruleset, largest_part(land.buildable), measures, standing != Status.EXCLUDED)
    measures = pd.concat([measures, capacity.columns], axis=1)
    measures[SITE_TYPE] = assess_site_types(ruleset, measures)
    progress("verdicts")
    verdicts = answers()
    criteria = criterion_scores(ruleset, skipped, measures, term.may_be_lower)
    table = pd.concat(
        [
            pd.DataFrame({PARCEL_ID: parcels.ids}).assign(**{MUNICIPALITY_CODE: code, MUNICIPALITY_NAME: name}),
            pd.DataFrame({STATUS: assess_status(ruleset, verdicts, decisions.into, decisions.out)}),
            theme_scores(ruleset, plan.groups, criteria),
            measures,
            account(ruleset, verdicts, criteria, term, land, decisions),
            evidence(verdicts, criteria, land),
            parcels.table,
        ],
        axis=1,
    )
    sites = merge_parcels(
        Evidence(
            ruleset=ruleset,
            skipped=skipped,
            shapes=parcels.geometries,
            buildable=land.buildable,
            verdicts=verdicts,
            may_be_lower=term.may_be_lower,
            decisions=decisions,
            table=table,
        )
    )
    return Assessment(
        plan=plan,
        ruleset=ruleset,
        code=code,
        name=name,
        parcels=gpd.GeoDataFrame(_ranked(table, sites), geometry=parcels.geometries, crs=CRS),
        sites=sites,
        buildable=land.buildable,
        verdicts=pd.DataFrame(verdicts, index=table.index),
        left_out=left_out,
        inputs={
            "parcels": parcels.facts,
            "municipalities": plan.municipalities.facts,
            **{key: layer.facts for key, layer in sorted(layers.items())},
        },
        absent=[key for key in layers_in_use(ruleset, plan.not_assessed) if key not in plan.sources],
        approximated=_approximated(ruleset, layers),
        regime=term.regime,
        layouts=capacity.layouts,
        unread_plans=term.unread,
    )


def _ranked(table: pd.DataFrame, sites: Sites | None) -> pd.DataFrame:
    """Return the parcels with their rank and their site; ranks the sites too, among the parcels that are locations by themselves."""
    site = np.full(len(table), None, dtype=object)
    alone = np.ones(len(table), dtype=bool)
    ranks = pd.Series(pd.NA, index=table.index, dtype="Int64")
    if sites is not None:
        alone = sites.site_of < 0
        site[~alone] = sites.table[PARCEL_ID].to_numpy()[sites.site_of[~alone]]
    others = [] if sites is None else [sites.table[[STATUS, "score", HOMES_MID, PARCEL_ID]]]
    of_all = rank(pd.concat([table.loc[alone, [STATUS, "score", HOMES_MID, PARCEL_ID]], *others], ignore_index=True))
    ranks[alone] = of_all[: alone.sum()].to_numpy()
    if sites is not None:
        sites.table.insert(3, RANK, of_all[alone.sum() :].to_numpy())
    result = table.copy()
    result.insert(1, SITE_ID, site)
    result.insert(4, RANK, ranks)
    return result


def left_out_by(ruleset: Ruleset, not_assessed: frozenset[str]) -> dict[str, str]:
    """Return the rules and criteria that are left out when some layers and rules are not assessed, and why."""
    reasons: dict[str, str] = {}
    for rule_id, rule in ruleset.enabled_rules.items():
        causes = [name for name in (rule_id, *ruleset.layers_of_rule(rule)) if name in not_assessed]
        if causes:
            reasons[rule_id] = causes[0]
    for name, criterion in ruleset.criteria.items():
        causes = [layer for layer in ruleset.layers_of_measure(criterion.measure) if layer in not_assessed]
        if causes:
            reasons[name] = causes[0]
    return reasons


def layers_in_use(ruleset: Ruleset, not_assessed: frozenset[str]) -> list[str]:
    """Return the layers that assessed rules and criteria need, in the order of the ruleset."""
    left_out = left_out_by(ruleset, not_assessed)
    needed = {layer for rule_id, rule in ruleset.enabled_rules.items() if rule_id not in left_out for layer in ruleset.layers_of_rule(rule)}
    needed |= {layer for name, c in ruleset.criteria.items() if name not in left_out for layer in ruleset.layers_of_measure(c.measure)}
    for optional in (ruleset.plans, ruleset.agreements):
        if optional:
            needed.add(optional.layer)
    return [layer for layer in ruleset.layers if layer in needed - not_assessed]


def reach_of_layer(ruleset: Ruleset, layer: str) -> float:
    """Return the largest distance from a parcel at which a layer still matters, in metres."""
    distances = [rule.largest_distance_m for rule in ruleset.enabled_rules.values() if rule.layer == layer]
    for measure in ruleset.measures.values():
        if layer in (getattr(measure, "layer", None), getattr(measure, "roads", None)):
            distances += [getattr(measure, "limit_m", 0.0), getattr(measure, "nearest_within_m", 0.0)]
            distances += [ruleset.number(measure.within_m)] if isinstance(measure, SignMarginMeasure) else []
    return max(distances, default=0.0)


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
    """Return the measures that do not ask how many homes there are: of the parcel, of the buildable part, and the term."""
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
            WIDTH: width(largest),
        }
    )
    measured = pd.concat([shape, term.columns, of_parcel, of_buildable], axis=1)
    return pd.concat([measured, compute_derived_measures(ruleset, measured)], axis=1), term


def _approximated(ruleset: Ruleset, layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return the walks that are straight lines times a factor, for want of a road layer."""
    return {
        name: f"straight line x {ruleset.number(measure.detour_factor):g}, for want of layer '{measure.roads}'"
        for name, measure in ruleset.measures.items()
        if isinstance(measure, WalkMeasure) and measure.layer in layers and measure.roads not in layers
    }
