"""One municipality, start to end. This is the only place that knows the order of the stages."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from flexruimte.assessment.capacity import CAPACITY_MEASURES, assess_capacity
from flexruimte.assessment.land import Land
from flexruimte.assessment.measures import compute_derived_measures
from flexruimte.assessment.parcel_table import (
    criterion_columns,
    findings_of_rules,
    land_findings_of_sites,
    outcome_columns,
)
from flexruimte.assessment.question import Question, layers_in_use, left_out_by
from flexruimte.assessment.score import criterion_scores, rank, theme_scores
from flexruimte.assessment.sites import Evidence, Sites, merge_parcels
from flexruimte.assessment.survey import Part, Progress, Survey, survey, survey_question
from flexruimte.assessment.verdicts import answers_of_rules, assess_site_types, assess_status
from flexruimte.evidence.layers import LayerFacts
from flexruimte.kernels.layout import Layouts
from flexruimte.kernels.layout_memory import LayoutMemory
from flexruimte.kernels.threads import use_threads
from flexruimte.rules.files import for_municipality
from flexruimte.rules.measures import WalkMeasure
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    CRS,
    HOMES_MID,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    RANK,
    SITE_ID,
    SITE_TYPE,
    STATUS,
    Geometries,
    Status,
    Verdicts,
)

__all__ = ["Assessment", "Memory", "Progress", "Question", "assess", "judge"]


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
    findings: pd.DataFrame
    """What rules found on parcels and sites, as `findings_of_rules` returns it. (m, 8)"""
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


class Memory:
    """What was found before, for as long as a question about the land is the same; this one forgets."""

    def recall(self, asked: Question, code: str) -> tuple[Survey | None, LayoutMemory]:
        """Return what the layers said of the parcels of a municipality, None where that is not known any more, and the layouts.

        Parameters
        ----------
        asked
            What `flexruimte.assessment.survey.survey_question` returns.
        code
            Of the municipality.
        """
        return None, LayoutMemory()

    def parts(self, asked: Question, code: str, count: int) -> Mapping[int, Part]:
        """Return blocks of the parcels that are surveyed already, by number from 0; `count` says how many blocks there are."""
        return {}

    def remember(
        self, asked: Question, code: str, found: Survey | None, layouts: LayoutMemory
    ) -> None:
        """Keep what was found; None is what was recalled."""


def assess(
    question: Question,
    code: str,
    progress: Progress = lambda _step: None,
    memory: Memory | None = None,
) -> Assessment:
    """Judge and rank the parcels of one municipality.

    Parameters
    ----------
    question
        What the study asks.
    code
        Code of the municipality, or its name.
    progress
        Told which step starts.
    memory
        What was found before.

    Raises
    ------
    FlexruimteError
        When the municipality does not exist or has no parcels, or when a layer cannot be used.
    """
    memory = memory or Memory()
    code = question.municipalities.codes[question.municipalities.position(code)]
    asked = survey_question(question, code)
    with use_threads(question.threads):
        progress("recalling")
        known, layouts = memory.recall(asked, code)
        found = (
            survey(asked, code, progress, lambda count: memory.parts(asked, code, count))
            if known is None
            else known
        )
        assessment = judge(question, code, found, layouts, progress)
    memory.remember(asked, code, None if known else found, layouts)
    return assessment


def judge(
    question: Question,
    code: str,
    found: Survey,
    layouts: LayoutMemory,
    progress: Progress = lambda _step: None,
) -> Assessment:
    """Judge and rank the parcels of a municipality by what was found of them; no layer is read.

    Parameters
    ----------
    question
        What the study asks.
    code
        Of the municipality.
    found
        What the layers say of its parcels.
    layouts
        Those that were made before; what is made is added.
    progress
        Told which step starts.
    """
    ruleset = for_municipality(question.ruleset, code)
    name = question.municipalities.names[question.municipalities.position(code)]
    left_out = left_out_by(ruleset, question.not_assessed)
    parcels, land, term = found.parcels, found.land, found.term
    measures = pd.concat(
        [found.measures, compute_derived_measures(ruleset, found.measures)], axis=1
    )
    decisions = question.decisions.at(parcels.ids, question.as_of)
    skipped = frozenset(left_out)
    land_verdicts = {rule_id: finding.verdict for rule_id, finding in land.findings.items()}

    def answers(but: frozenset[str]) -> dict[str, Verdicts]:
        return answers_of_rules(ruleset, skipped | but, measures, term.may_be_lower, land_verdicts)

    progress("homes")
    # Homes are only laid out where the other rules leave something to choose.
    on_homes = frozenset(
        rule_id
        for rule_id, rule in ruleset.measure_rules.items()
        if rule.measure in (*CAPACITY_MEASURES, SITE_TYPE)
    )
    of_others = answers(on_homes)
    standing = assess_status(ruleset, of_others, decisions.into, decisions.out)
    capacity = assess_capacity(
        ruleset, land.buildable, measures, standing != Status.EXCLUDED, layouts
    )
    measures = pd.concat([measures, capacity.columns], axis=1)
    measures[SITE_TYPE] = assess_site_types(ruleset, measures)
    progress("verdicts")
    of_all = of_others | answers(frozenset(of_others))
    verdicts = {rule_id: of_all[rule_id] for rule_id in ruleset.enabled_rules if rule_id in of_all}
    criteria = criterion_scores(ruleset, skipped, measures, term.may_be_lower)
    table = pd.concat(
        [
            pd.DataFrame({PARCEL_ID: parcels.ids}).assign(
                **{MUNICIPALITY_CODE: code, MUNICIPALITY_NAME: name}
            ),
            pd.DataFrame({STATUS: assess_status(ruleset, verdicts, decisions.into, decisions.out)}),
            theme_scores(ruleset, question.groups, criteria),
            measures,
            outcome_columns(ruleset, verdicts, criteria, term, land, decisions),
            criterion_columns(criteria),
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
            layouts=layouts,
        )
    )
    return Assessment(
        question=question,
        ruleset=ruleset,
        code=code,
        name=name,
        parcels=gpd.GeoDataFrame(_ranked(table, sites, parcels.geometries), copy=False),
        sites=sites,
        buildable=land.buildable,
        verdicts=pd.DataFrame(verdicts, index=table.index),
        findings=_findings(ruleset, parcels.ids, verdicts, land, sites),
        left_out=left_out,
        inputs={
            "parcels": parcels.facts,
            "municipalities": question.municipalities.facts,
            **found.layers,
        },
        absent=[
            key
            for key in layers_in_use(ruleset, question.not_assessed)
            if key not in question.sources
        ],
        approximated=_approximated(ruleset, found.layers),
        regime=term.regime,
        layouts=capacity.layouts,
        unread_plans={what: len(plans) for what, plans in term.unread.items() if len(plans)},
    )


def _findings(
    ruleset: Ruleset,
    ids: np.ndarray[Any, Any],
    verdicts: Mapping[str, Verdicts],
    land: Land,
    sites: Sites | None,
) -> pd.DataFrame:
    """Return what rules found on the parcels, and then on the sites of several parcels."""
    of_parcels = findings_of_rules(ruleset, ids, verdicts, land.findings)
    if sites is None or not len(sites.table):
        return of_parcels
    ids_of_sites = sites.table[PARCEL_ID].to_numpy()
    on_land = land_findings_of_sites(land.findings, sites.verdicts, sites.site_of)
    of_sites = findings_of_rules(ruleset, ids_of_sites, sites.verdicts, on_land)
    return pd.concat([of_parcels, of_sites], ignore_index=True)


def _ranked(table: pd.DataFrame, sites: Sites | None, shapes: Geometries) -> pd.DataFrame:
    """Return the parcels with their rank, site and shape; ranks the sites too, among the parcels that are locations by themselves."""
    site = pd.Series(None, index=table.index, dtype=object, name=SITE_ID)
    alone = np.ones(len(table), dtype=bool)
    ranks = pd.Series(pd.NA, index=table.index, dtype="Int64", name=RANK)
    if sites is not None:
        alone = sites.site_of < 0
        site[~alone] = sites.table[PARCEL_ID].to_numpy()[sites.site_of[~alone]]
    others = [] if sites is None else [sites.table[[STATUS, "score", HOMES_MID, PARCEL_ID]]]
    of_all = rank(
        pd.concat(
            [table.loc[alone, [STATUS, "score", HOMES_MID, PARCEL_ID]], *others], ignore_index=True
        )
    )
    ranks[alone] = of_all[: alone.sum()].to_numpy()
    if sites is not None:
        sites.table.insert(3, RANK, of_all[alone.sum() :].to_numpy())
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


def _approximated(ruleset: Ruleset, layers: Container[str]) -> dict[str, str]:
    """Return the walks that are straight lines times a factor, for want of a road layer."""
    return {
        name: f"straight line x {ruleset.number(measure.detour_factor):g}, for want of layer '{measure.roads}'"
        for name, measure in ruleset.measures.items()
        if isinstance(measure, WalkMeasure)
        and measure.layer in layers
        and measure.roads not in layers
    }
