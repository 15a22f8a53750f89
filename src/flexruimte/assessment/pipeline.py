"""One municipality, start to end. This is the only place that knows the order of the stages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.capacity import LayOut
from flexruimte.assessment.findings import LandFinding
from flexruimte.assessment.funnel import land_left
from flexruimte.assessment.judgement import Judgement, judge_rows
from flexruimte.assessment.known_outcomes import KnownOutcomes, work_out_all
from flexruimte.assessment.land_shapes import LandShapes
from flexruimte.assessment.left_free import rows_for_classes, ways_to_leave_free
from flexruimte.assessment.merger import Evidence, Merger, Sites
from flexruimte.assessment.parcel_table import findings_of_rules, land_findings_of_sites
from flexruimte.assessment.priority import best_suitability, class_positions, kept_out_by, rank
from flexruimte.assessment.question import (
    Question,
    layers_in_use,
    left_out_by,
    survey_question,
)
from flexruimte.assessment.resurvey import survey_of
from flexruimte.assessment.score import GroupsThatCount
from flexruimte.assessment.sites import merge_parcels
from flexruimte.assessment.survey import Progress, TakesLand, survey
from flexruimte.assessment.surveyed import (
    RowsLeftFree,
    Survey,
    Surveyed,
    left_free_by_rule,
    only_rows,
    with_rows_left_free,
)
from flexruimte.assessment.verdicts import takes_land
from flexruimte.evidence.decisions import Decisions, DecisionsAt
from flexruimte.evidence.layers import LayerFacts
from flexruimte.evidence.parcels import all_parcel_ids
from flexruimte.evidence.sources import Source
from flexruimte.kernels.joined import JoinLand, join_land
from flexruimte.kernels.layout import LayoutCache, Layouts
from flexruimte.kernels.threads import use_threads
from flexruimte.rules.files import for_municipality
from flexruimte.rules.measures import WalkMeasure
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    CRS,
    HOMES,
    KEPT_OUT_BY,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    PESSIMISTIC_TERM_YEARS,
    SITE_ID,
    STATUS,
    TERM_YEARS,
    Booleans,
    Floats,
    Geometries,
    Integers,
    Verdicts,
)

__all__ = ["Assessment", "Progress", "Question", "assess", "judge", "land_taken_by"]


@dataclass(frozen=True)
class Assessment:
    """What is known of the parcels of one municipality."""

    question: Question
    ruleset: Ruleset
    """With the overrides for this municipality."""
    code: str
    name: str
    parcels: gpd.GeoDataFrame
    """Every parcel, by id, in RD New: measures, scores, status, rank."""
    buildable: Geometries
    """The buildable part of each parcel, empty where nothing is left. (n,) object"""
    verdicts: pd.DataFrame
    """NO, UNKNOWN and YES per rule, int8. (n, rules)"""
    land: Mapping[str, LandFinding]
    """What rules on land found on the parcels, by rule."""
    left_out: dict[str, str]
    """Rules and criteria that are left out, with what in `not_assessed` they need."""
    inputs: dict[str, LayerFacts]
    """What was read."""
    absent: list[str]
    """Layers that rules need and that are not in the study."""
    approximated: dict[str, str]
    """Measures that were computed another way than asked, and how."""
    regimes: dict[str, int]
    """Rows of law that decide how long homes may stand, with on how many parcels; the most first.
    """
    left_m2: pd.DataFrame
    """What is left of each parcel after each condition, as `land_left` returns it, by parcel id.
    (n, 8) [m2]"""
    left_free_m2: dict[str, Floats] = field(default_factory=dict)
    """What of the buildable part is left free of the land of a rule that does not exclude, by rule.
    (n,) [m2]"""
    bears_on_land: frozenset[str] = frozenset()
    """Rules that may bear on which land is left free: they say more than "yes" on a parcel of which
    land may be left free, in one way to use it or another."""
    land_shapes: LandShapes = field(default_factory=LandShapes.none)
    """The land that excluding rules take from parcels, rule by rule."""
    sites: Sites | None = None
    """Locations of several parcels; None where the study does not ask for them."""
    layouts: Layouts | None = None
    """The layouts behind `homes_mid`, `part` being the position of the parcel.

    None where it is by density.
    """
    unread_plans: dict[str, int] = field(default_factory=dict)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What rules found on parcels and sites, as `findings_of_rules` returns it. (m, 8)"""
        verdicts = {str(name): self.verdicts[name].to_numpy() for name in self.verdicts}
        ids = self.parcels[PARCEL_ID].to_numpy()
        return _findings(self.ruleset, ids, verdicts, self.land, self.left_free_m2, self.sites)


def assess(question: Question, code: str, progress: Progress = lambda _step: None) -> Assessment:
    """Judge and rank the parcels of one municipality.

    Parameters
    ----------
    question
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
    code = question.municipalities.codes[question.municipalities.position(code)]
    with use_threads(question.threads):
        found = survey(
            survey_question(question, code), code, land_taken_by(question, code), progress
        )
        return judge(question, code, found, LayoutCache().lay_out, progress)


def land_taken_by(question: Question, code: str) -> TakesLand:
    """Return what tells a survey from which parcels a rule takes land.

    That is by the levels of the study and by the decisions of people.

    Parameters
    ----------
    question
        What the study asks.
    code
        Of the municipality.
    """
    ruleset = for_municipality(question.ruleset, code)
    skipped = frozenset(left_out_by(ruleset, question.not_assessed))
    return _LandTaken(ruleset, skipped, question.decisions, question.as_of, question.parcels)


@dataclass(frozen=True)
class _LandTaken:
    """Says from which parcels a rule takes land; light enough to send to a worker."""

    ruleset: Ruleset
    skipped: frozenset[str]
    decisions: Decisions
    as_of: dt.date
    parcels: Source

    def __call__(
        self, ids: np.ndarray[Any, np.dtype[np.object_]]
    ) -> Callable[[str, LandFinding, pd.DataFrame], Booleans]:
        return partial(takes_land, self.ruleset, self._decided(ids).into)

    def left_free(
        self, ids: np.ndarray[Any, np.dtype[np.object_]], found: Surveyed
    ) -> RowsLeftFree:
        return ways_to_leave_free(self.ruleset, self.skipped, self._decided(ids), found)

    def _decided(self, ids: np.ndarray[Any, np.dtype[np.object_]]) -> DecisionsAt:
        made = self.decisions
        if len(made.rows):
            made = made.on(ids, partial(all_parcel_ids, self.parcels))
        return made.at(ids, self.as_of)


def judge(
    question: Question,
    code: str,
    found: Survey,
    lay_out: LayOut,
    progress: Progress = lambda _step: None,
    join: JoinLand = join_land,
    site_of: Integers | None = None,
    known: KnownOutcomes | None = None,
) -> Assessment:
    """Judge and rank the parcels of a municipality by what a survey says; no layer is read.

    Parameters
    ----------
    question
        What the study asks.
    code
        Of the municipality.
    found
        What the layers say of its parcels.
    lay_out
        Lays homes out on land, as `flexruimte.kernels.layout.lay_out` does.
    progress
        Told which step starts.
    join
        Joins the land of parcels, as `flexruimte.kernels.joined.join_land` does.
    site_of
        Position of the site of each parcel, -1 for a parcel by itself, where that is known. (n,)
        int
    known
        What is known of groups of the parcels; None is nothing.
    """
    ruleset = for_municipality(question.ruleset, code)
    skipped = frozenset(left_out_by(ruleset, question.not_assessed))
    ids = found.parcels.ids
    decisions = question.decisions.on(ids, question.all_parcel_ids).at(ids, question.as_of)
    found = only_rows(found, ways_to_leave_free(ruleset, skipped, decisions, found))
    every = with_rows_left_free(found)
    parcel = np.concatenate([np.arange(len(ids)), found.left_free.of])
    groups = GroupsThatCount(question.groups, best=not question.groups_named)
    progress("homes")
    judged = judge_rows(
        ruleset,
        skipped,
        groups,
        every,
        found.buildable.taken_m2[parcel],
        decisions.of(parcel),
        lay_out,
        partial(progress, "verdicts"),
    )
    ways = rows_for_classes(
        ruleset, judged.verdicts, parcel, shapely.area(every.buildable.shapes), len(ids)
    )
    table = pd.concat([_names(question, code, every.parcels.ids), judged.table], axis=1)
    evidence = Evidence(
        ruleset=ruleset,
        skipped=skipped,
        shapes=every.parcels.geometries,
        buildable=every.buildable.shapes,
        verdicts=judged.verdicts,
        may_be_lower=every.term.may_be_lower,
        covers=judged.covers,
        decisions=decisions.of(parcel),
        table=table,
        lay_out=lay_out,
        join=join,
        groups=groups,
        ways=ways,
        site_of=site_of,
        recall=work_out_all
        if known is None
        else known.recall(every, parcel, judged.verdicts, judged.covers),
    )
    sites = merge_parcels(evidence)
    in_several = np.flatnonzero((np.stack(ways) != ways[0]).any(axis=0))
    bears_on_land = judged.of(np.concatenate([way[in_several] for way in ways])).not_plain()
    if len(ways) > 1:
        used = Merger(evidence).rows_alone if sites is None else sites.rows
        table, judged = table.iloc[used].reset_index(drop=True), judged.of(used)
        every = survey_of(every, used)
    in_site = np.zeros(len(ids), dtype=bool) if sites is None else sites.site_of >= 0
    # No excluding rule takes what is left free.
    left_m2 = land_left(
        ruleset, judged.verdicts, decisions, found.buildable.left_m2, table, in_site
    )
    return _assessment(
        question,
        code,
        every,
        _Outcome(
            table,
            judged,
            left_m2.set_axis(ids),
            left_free_by_rule(found, every),
            bears_on_land,
            found.land_shapes.that_is_taken(found.buildable.taken),
            sites,
        ),
    )


def _names(question: Question, code: str, ids: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Return the ids of the parcels, with the code and the name of their municipality."""
    name = question.municipalities.names[question.municipalities.position(code)]
    return pd.DataFrame({PARCEL_ID: ids}).assign(
        **{MUNICIPALITY_CODE: code, MUNICIPALITY_NAME: name}
    )


@dataclass(frozen=True)
class _Outcome:
    """What is said of parcels and sites before they are ranked; its parts as in `Assessment`."""

    table: pd.DataFrame
    judged: Judgement
    left_m2: pd.DataFrame
    left_free_m2: dict[str, Floats]
    bears_on_land: frozenset[str]
    land_shapes: LandShapes
    sites: Sites | None


def _assessment(question: Question, code: str, found: Survey, outcome: _Outcome) -> Assessment:
    """Return what is known of the parcels, with their ranks and what was left out."""
    table, verdicts, sites = outcome.table, outcome.judged.verdicts, outcome.sites
    ruleset = for_municipality(question.ruleset, code)
    in_use = layers_in_use(ruleset, question.not_assessed)
    return Assessment(
        question=question,
        ruleset=ruleset,
        code=code,
        name=question.municipalities.names[question.municipalities.position(code)],
        parcels=gpd.GeoDataFrame(
            _ranked(ruleset, table, verdicts, sites, found.parcels.geometries, question.groups),
            copy=False,
        ),
        left_m2=outcome.left_m2,
        left_free_m2=outcome.left_free_m2,
        bears_on_land=outcome.bears_on_land,
        land_shapes=outcome.land_shapes,
        sites=sites,
        buildable=found.buildable.shapes,
        verdicts=pd.DataFrame(verdicts, index=table.index),
        land=outcome.judged.land,
        left_out=left_out_by(ruleset, question.not_assessed),
        inputs={
            "parcels": found.parcels.facts,
            "municipalities": question.municipalities.facts,
            **found.layers,
        },
        absent=[key for key in in_use if key not in question.sources],
        approximated={
            **_approximated(ruleset, found.layers),
            **_without_agreements(ruleset, question.not_assessed),
        },
        regimes={
            str(name): int(count)
            for name, count in pd.Series(found.term.regimes, dtype=object).value_counts().items()
            if name != ""
        },
        layouts=outcome.judged.layouts,
        unread_plans={what: len(plans) for what, plans in found.term.unread.items() if len(plans)},
    )


def _findings(
    ruleset: Ruleset,
    ids: np.ndarray[Any, Any],
    verdicts: Mapping[str, Verdicts],
    land: Mapping[str, LandFinding],
    left_free_m2: Mapping[str, Floats],
    sites: Sites | None,
) -> pd.DataFrame:
    """Return what rules found on the parcels, and then on the sites of several parcels."""
    of_parcels = findings_of_rules(ruleset, ids, verdicts, land, left_free_m2)
    if sites is None or not len(sites.table):
        return of_parcels
    ids_of_sites = sites.table[PARCEL_ID].to_numpy()
    on_land = land_findings_of_sites(land, sites.verdicts, sites.site_of)
    parts = np.flatnonzero(sites.site_of >= 0)
    free = {
        name: np.bincount(
            sites.site_of[parts], square_metres[parts], minlength=len(ids_of_sites)
        ).astype(np.float64)
        for name, square_metres in left_free_m2.items()
    }
    of_sites = findings_of_rules(ruleset, ids_of_sites, sites.verdicts, on_land, free)
    return pd.concat([of_parcels, of_sites], ignore_index=True)


def _ranked(
    ruleset: Ruleset,
    table: pd.DataFrame,
    verdicts: Mapping[str, Verdicts],
    sites: Sites | None,
    shapes: Geometries,
    groups: list[str],
) -> pd.DataFrame:
    """Return the parcels with their rank, priority, site and shape.

    Ranks the sites too, among the parcels that are locations by themselves.
    """
    site = pd.Series(None, index=table.index, dtype=object, name=SITE_ID)
    alone = np.ones(len(table), dtype=bool)
    rows, positions = [], []
    if sites is not None:
        alone = sites.site_of < 0
        site[~alone] = sites.table[PARCEL_ID].to_numpy()[sites.site_of[~alone]]
    of_parcels = {name: verdict[alone] for name, verdict in verdicts.items()}
    for said, locations in (
        (of_parcels, table.loc[alone]),
        *([] if sites is None else [(sites.verdicts, sites.table)]),
    ):
        suits = best_suitability(groups, locations)
        decided_in = (locations["decision"] == "in").to_numpy(dtype=bool)
        position = class_positions(ruleset, said, len(locations), suits, decided_in)
        kept_out = kept_out_by(ruleset, said, position, suits, decided_in)
        columns = pd.DataFrame(locations[[STATUS, "score", HOMES, PARCEL_ID]])
        rows.append(columns.assign(**{KEPT_OUT_BY: kept_out}))
        positions.append(position)
    of_sites = [] if sites is None else [np.asarray(sites.table.geometry)]
    of_all = rank(
        ruleset,
        pd.concat(rows, ignore_index=True),
        np.concatenate(positions),
        np.concatenate([shapes[alone], *of_sites]),
    )
    if sites is not None:
        for at_column, name in enumerate(of_all, start=3):
            sites.table.insert(at_column, name, of_all[name].iloc[alone.sum() :].array)
    at = np.where(alone, np.cumsum(alone) - 1, -1)
    ranks = of_all.iloc[: alone.sum()].reset_index(drop=True).reindex(at).set_axis(table.index)
    ranks[KEPT_OUT_BY] = ranks[KEPT_OUT_BY].fillna("")
    # Put together without copying hundreds of columns.
    ids, place, found = (
        table.iloc[:, columns] for columns in (slice(1), slice(1, 3), slice(3, None))
    )
    return pd.concat(
        [
            ids,
            site,
            place,
            ranks,
            found,
            gpd.GeoSeries(shapes, index=table.index, crs=CRS, name="geometry"),
        ],
        axis=1,
    )


def _without_agreements(ruleset: Ruleset, not_assessed: Container[str]) -> dict[str, str]:
    """Return the measures of the term that rest on plans alone, for want of agreements."""
    plans, agreements = ruleset.plans, ruleset.agreements
    if agreements is None or agreements.layer not in not_assessed:
        return {}
    if plans is None or plans.layer in not_assessed:
        return {}
    how = f"by plans alone; layer '{agreements.layer}' is not assessed"
    return {name: how for name in (TERM_YEARS, PESSIMISTIC_TERM_YEARS) if ruleset.asks_for(name)}


def _approximated(ruleset: Ruleset, layers: Container[str]) -> dict[str, str]:
    """Return the walks that are straight lines times a factor, for want of a road layer."""
    return {
        name: f"straight line x {ruleset.number(measure.detour_factor):g}, "
        f"for want of layer '{measure.roads}'"
        for name, measure in ruleset.measures.items()
        if isinstance(measure, WalkMeasure)
        and measure.layer in layers
        and measure.roads not in layers
    }
