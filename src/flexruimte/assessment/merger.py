"""Parcels judged as one location: its measures, homes, verdicts, status and scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.capacity import (
    Capacity,
    LayOut,
    assess_capacity,
    square_metres_of_a_home,
)
from flexruimte.assessment.group_verdicts import GroupVerdicts
from flexruimte.assessment.known_outcomes import Recall, work_out_all
from flexruimte.assessment.measures import compute_derived_measures
from flexruimte.assessment.neighbours import Outcome
from flexruimte.assessment.parcel_table import (
    SEPARATOR,
    criterion_columns,
    known_share,
    rules_that_say,
)
from flexruimte.assessment.priority import best_suitability, class_positions
from flexruimte.assessment.score import GroupsThatCount, criterion_scores, theme_scores
from flexruimte.assessment.site_measures import (
    largest_of_groups,
    measure_columns,
    measures_of_groups,
    term_of_groups,
)
from flexruimte.assessment.site_rules import (
    OF_SIZE,
    OF_TERM,
    width_that_is_enough,
    with_measures,
)
from flexruimte.assessment.verdicts import (
    CoverThatCounts,
    assess_status,
    count_medium_points,
)
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.kernels.joined import JoinLand
from flexruimte.kernels.layout import Layouts
from flexruimte.kernels.overlap import largest_part, union_by_group
from flexruimte.kernels.ranges import ranges
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    CRS,
    HOMES,
    HOMES_MID,
    LARGEST_PART_AREA,
    LEFT_FREE,
    MEDIUM_POINTS,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    PARCEL_IDS,
    RANKED_STATUSES,
    SITE_TYPE,
    START_DELAY_YEARS,
    STATUS,
    TERM_END,
    TERM_END_CLASS,
    TERM_START,
    WIDTH,
    Booleans,
    Floats,
    Geometries,
    Integers,
    Verdicts,
)

__all__ = ["LARGEST_SITE", "Evidence", "Merger", "Sites"]

_TERM_COLUMNS: Final = (*OF_TERM, TERM_START, TERM_END, TERM_END_CLASS, START_DELAY_YEARS)
_ALWAYS: Final = (AREA, BUILDABLE_AREA, *_TERM_COLUMNS)

LARGEST_SITE: Final = "merge_most_m2"
"""Placement parameter: the largest site of several parcels. [m2]"""
LEAST_HOMES: Final = "least_homes"
"""Placement parameter: homes of the least project. Land is left free where the rest holds them."""


@dataclass(frozen=True)
class Evidence:
    """What is known of the parcels of one municipality before any are taken together.

    n rows: all parcels with all their land, and then those of which some land is left free.
    """

    ruleset: Ruleset
    skipped: frozenset[str]
    """Rules that the study leaves out."""
    shapes: Geometries
    """The parcels. (n,) object"""
    buildable: Geometries
    """What is left of them. (n,) object"""
    verdicts: Mapping[str, Verdicts]
    may_be_lower: Mapping[str, Booleans]
    covers: Mapping[str, CoverThatCounts]
    """What rules that take no land cover of the buildable parts, by rule. (n,)"""
    decisions: DecisionsAt
    table: pd.DataFrame
    """The parcels' table: measures, scores, status and accounts. (n, ...)"""
    lay_out: LayOut
    """Lays homes out on land."""
    join: JoinLand
    """Joins land."""
    groups: GroupsThatCount
    """Target groups that make the suitability."""
    ways: Sequence[Integers]
    """Row of each parcel in each way to use it: first with all its land, then without the land that
    refuses the first class of priority, and so on. (p,) int each, p parcels"""
    site_of: Integers | None = None
    """Position of the site of each parcel, -1 for a parcel by itself, where that is known; None has
    it worked out. (p,) int"""
    recall: Recall = work_out_all
    """Says what comes of groups of rows, some of which may be known."""


@dataclass(frozen=True)
class Sites:
    """The locations of several parcels, and how each parcel is used. s sites"""

    table: gpd.GeoDataFrame
    """The parcels' table, by site; `parcel_ids` are its parts. The geometry is that of the parcels.

    (s, ...)
    """
    buildable: Geometries
    """(s,) object"""
    layouts: Layouts | None
    """Of the sites; None where homes are by density."""
    site_of: Integers
    """Position of the site of each parcel, -1 for a parcel by itself. (n,) int"""
    verdicts: dict[str, Verdicts]
    """By rule id. (s,) int8"""
    where_suitability_counts: Callable[[], Booleans]
    """Gives `suitability_counts`, which few ask for."""
    rows: Integers
    """Row of each parcel in the way that it is used, by itself or in its site. (n,) int"""

    @cached_property
    def suitability_counts(self) -> Booleans:
        """Parcels whose own suitability bears on which of them become one. (n,) bool"""
        return self.where_suitability_counts()


class Merger:
    """Judges groups of parcels as one, each in the best way to use it.

    That is the one with the best class of priority, by verdicts alone; of equal ones with all land.
    Land is left free only where the rest holds the least project.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._whole = evidence.ways[0]
        self._area: Floats = shapely.area(evidence.buildable)
        self.area: Floats = np.min([self._area[way] for way in evidence.ways], axis=0)
        """Of each parcel, in the way that uses least of it. (p,) float64 [m2]"""
        self._least_homes = _number(evidence.ruleset, LEAST_HOMES, 0.0)
        self._most_m2 = _number(evidence.ruleset, LARGEST_SITE, np.inf)
        self._on_size = frozenset(
            name
            for name, rule in evidence.ruleset.measure_rules.items()
            if rule.measure in OF_SIZE and name in evidence.verdicts
        )
        self._verdicts = GroupVerdicts(
            evidence.ruleset,
            evidence.skipped,
            evidence.verdicts,
            evidence.may_be_lower,
            evidence.covers,
        )
        self._for_verdicts = with_measures(evidence.ruleset, self._verdicts.measures_asked)
        self._enough_width = width_that_is_enough(evidence.ruleset)
        self._known: dict[bytes, Outcome] = {}
        """What comes of groups that were asked for, by their parcels."""
        self._rows: dict[bytes, Integers] = {}
        """Their rows in the way that this is of."""
        term = {name: evidence.table[name].to_numpy() for name in _TERM_COLUMNS}
        self._columns = term | measure_columns(evidence.ruleset, evidence.table)

    def candidates(self) -> Booleans:
        """Return which parcels may be part of a site. (n,) bool."""
        evidence = self._evidence
        verdicts = {
            name: verdict
            for name, verdict in evidence.verdicts.items()
            if name not in self._on_size
        }
        status = assess_status(
            evidence.ruleset, verdicts, evidence.decisions.into, evidence.decisions.out
        )
        may_be = np.isin(status, RANKED_STATUSES)
        anyhow = np.logical_or.reduce([may_be[way] for way in evidence.ways])
        return np.asarray(anyhow & (self.area > 0))

    def alone(self, suits: float | None = None) -> list[Outcome]:
        """Return what comes of each parcel as a location by itself.

        Parameters
        ----------
        suits
            The suitability of all for the best group; None has it as it is.
        """
        table, evidence = self._evidence.table, self._evidence
        by_group = best_suitability(evidence.groups.ids, table)
        found = self._of_rows(by_group if suits is None else np.full(len(table), suits))
        return [found[row] for row in self.rows_alone.tolist()]

    @cached_property
    def rows_alone(self) -> Integers:
        """Row of each parcel in the best way to use it by itself. (p,) int"""
        rows = self._whole.copy()
        if len(self._evidence.ways) > 1:
            found = self._of_rows(None)
            others = np.flatnonzero((np.stack(self._evidence.ways) != self._whole).any(axis=0))
            for parcel in others.tolist():
                best = found[rows[parcel]]
                for number, way in enumerate(self._evidence.ways):
                    outcome = found[way[parcel]]
                    if self._may_be_better(number, best) and self._is_better(outcome, best):
                        rows[parcel], best = way[parcel], outcome
        return rows

    def _of_rows(self, suits: Floats | None) -> list[Outcome]:
        table, evidence = self._evidence.table, self._evidence
        positions = class_positions(
            evidence.ruleset, evidence.verdicts, len(table), suits, evidence.decisions.into
        )
        return self._outcomes(table[STATUS].to_numpy(), table, positions)

    def _may_be_better(self, number: int, best: Outcome) -> bool:
        """Return whether a way may be better: the one after all land is for the first class."""
        return best.position > number - 1

    def _is_better(self, outcome: Outcome, best: Outcome) -> bool:
        return outcome.position < best.position and outcome.homes >= self._least_homes

    def outcomes(self, groups: list[Integers]) -> list[Outcome]:
        """Return what comes of each group as one location; what was asked before is remembered."""
        keys = [np.sort(group).tobytes() for group in groups]
        ways = {
            key: self._ways_of(group)
            for key, group in zip(keys, groups, strict=True)
            if key not in self._known
        }
        for step in range(max(map(len, ways.values()), default=0)):
            tried = {
                key: each[step]
                for key, each in ways.items()
                if step < len(each)
                and (step == 0 or self._may_be_better(each[step][0], self._known[key]))
            }
            rows_tried = [rows for _, rows in tried.values()]
            found = self._evidence.recall(rows_tried, self._judged) if tried else []
            for (key, (_, rows)), outcome in zip(tried.items(), found, strict=True):
                if step == 0 or self._is_better(outcome, self._known[key]):
                    self._known[key], self._rows[key] = outcome, rows
        return [self._known[key] for key in keys]

    def rows_of(self, groups: list[Integers]) -> list[Integers]:
        """Return the row of each parcel of groups, rising, in the best way to use each group."""
        several = [group for group in groups if len(self._ways_of(group)) > 1]
        if several:
            self.outcomes(several)
        return [self._rows.get(group.tobytes(), self._whole[group]) for group in groups]

    def _ways_of(self, group: Integers) -> list[tuple[int, Integers]]:
        """Return the rows of the parcels of a group, by position, with the number of the way.

        Each once. Of more than one parcel those that are no larger than a site may be, and the
        smallest.
        """
        parcels = np.sort(group)
        every: dict[bytes, tuple[int, Integers]] = {}
        for number, way in enumerate(self._evidence.ways):
            every.setdefault(way[parcels].tobytes(), (number, way[parcels]))
        area = {key: self._area[rows].sum() for key, (_, rows) in every.items()}
        most = max(self._most_m2, min(area.values()))
        return [way for key, way in every.items() if area[key] <= most]

    def without_homes(self, groups: list[Integers]) -> Integers:
        """Return which parcels of groups carry none of the homes of their group, by position. (k,)

        Of a layout those on which no module has its middle, unless they hold homes by themselves:
        then they are room for parking and green as good as any. By density those with less land
        than one home takes in the largest connected part.
        """
        if not groups:
            return np.empty(0, dtype=np.intp)
        parcels, _ = self._flat(groups)
        rows, group = self._flat(of_rows := self.rows_of(groups))
        _, capacity, shapes = self._measures(of_rows)
        ruleset, land = self._evidence.ruleset, self._evidence.buildable[rows]
        if capacity.layouts is None:
            used = shapely.area(shapely.intersection(land, largest_part(shapes)[group]))
            return parcels[used < square_metres_of_a_home(ruleset)]
        layouts = capacity.layouts
        shapely.prepare(land)
        first, last = (np.searchsorted(layouts.part, group, side) for side in ("left", "right"))
        stack, of_parcel = (
            ranges(first, last - first),
            np.repeat(np.arange(len(land)), last - first),
        )
        middle = shapely.centroid(layouts.module[stack])
        carries = np.bincount(of_parcel, shapely.covers(land[of_parcel], middle), len(land))
        alone = self._evidence.table[HOMES_MID].to_numpy(dtype=np.float64)[rows]
        idle: Integers = parcels[(carries == 0) & ~(alone > 0)]
        return idle

    def _judged(self, groups: list[Integers]) -> tuple[list[Outcome], dict[str, Verdicts]]:
        measures, _, _ = self._measures(groups)
        verdicts = self._verdicts.of(*self._flat(groups), measures)
        decided_in, ruleset = self._decided(groups).into, self._evidence.ruleset
        positions = class_positions(ruleset, verdicts, len(groups), decided_in=decided_in)
        return self._outcomes(self._status(groups, verdicts), measures, positions), verdicts

    def _outcomes(
        self, status: np.ndarray[Any, Any], measures: pd.DataFrame, positions: Integers
    ) -> list[Outcome]:
        ranked = np.isin(status, RANKED_STATUSES)
        homes, project = (
            np.where(ranked, measures[name].fillna(0.0), 0.0).tolist()
            for name in (HOMES_MID, HOMES)
        )
        classes = len(self._evidence.ruleset.priorities)
        places = np.where(ranked, positions, max(classes, 1)).tolist()
        return list(map(Outcome, homes, project, places))

    def _flat(self, groups: list[Integers]) -> tuple[Integers, Integers]:
        """Return the parcels of all groups, and the group of each."""
        parcels = np.concatenate(groups) if groups else np.empty(0, dtype=np.intp)
        return parcels, np.repeat(np.arange(len(groups)), [len(group) for group in groups])

    def _measures(
        self, groups: list[Integers], *, exact: bool = False
    ) -> tuple[pd.DataFrame, Capacity, Geometries]:
        """Return the measures of groups, their homes and their buildable parts.

        Parameters
        ----------
        exact
            Whether to return all measures, and not only those that verdicts rest on; their widths
            too where the width of a part answers all that is asked.
        """
        evidence = self._evidence
        ruleset = evidence.ruleset if exact else self._for_verdicts
        parcels, group = self._flat(groups)
        shapes = evidence.buildable[parcels]
        wide = None if self._enough_width is None else np.full(len(groups), np.nan)
        if wide is not None and groups and not exact:
            first = np.flatnonzero(np.diff(group, prepend=-1))
            widest = np.fmax.reduceat(evidence.table[WIDTH].to_numpy(np.float64)[parcels], first)
            wide[widest >= self._enough_width] = widest[widest >= self._enough_width]
        land = evidence.join(shapes, group, len(groups), least_widths=wide)
        parts = {
            name: values[parcels]
            for name, values in self._columns.items()
            if name in ruleset.measures or name in _ALWAYS
        }
        columns: dict[str, Any] = measures_of_groups(ruleset, parts, group)
        columns |= {
            AREA: np.bincount(group, parts[AREA], minlength=len(groups)),
            BUILDABLE_AREA: land.area_m2,
            LARGEST_PART_AREA: land.largest_m2,
            WIDTH: land.width_m,
            **term_of_groups(parts, group),
        }
        measures = pd.DataFrame(columns, index=pd.RangeIndex(len(groups)))
        derived = compute_derived_measures(ruleset, measures)
        measures = pd.concat([measures, derived], axis=1)
        everywhere = np.ones(len(groups), dtype=bool)
        capacity = assess_capacity(
            evidence.ruleset, land.largest, measures, everywhere, evidence.lay_out
        )
        return pd.concat([measures, capacity.columns], axis=1), capacity, land.shapes

    def _status(
        self, groups: list[Integers], verdicts: Mapping[str, Verdicts]
    ) -> np.ndarray[Any, Any]:
        decided = self._decided(groups)
        return assess_status(self._evidence.ruleset, verdicts, decided.into, decided.out)

    def _decided(self, groups: list[Integers]) -> DecisionsAt:
        """Return the decisions on groups: those on one part are on all (`joinable`)."""
        return self._evidence.decisions.of(np.array([group[0] for group in groups], dtype=np.intp))

    def _scores(
        self, groups: list[Integers], measures: pd.DataFrame, verdicts: Mapping[str, Verdicts]
    ) -> pd.DataFrame:
        """Return the scores of groups, with those of their criteria; adds a measure of verdicts."""
        evidence = self._evidence
        points = count_medium_points(evidence.ruleset, verdicts, self._decided(groups).into)
        measures[MEDIUM_POINTS] = points.count
        criteria = criterion_scores(
            evidence.ruleset,
            evidence.skipped,
            measures,
            self._verdicts.may_be_lower(*self._flat(groups)),
            {MEDIUM_POINTS: points},
        )
        scores = theme_scores(evidence.ruleset, evidence.groups, criteria)
        scores["known_share"] = known_share(evidence.ruleset, verdicts, criteria)
        return pd.concat([scores, criterion_columns(criteria)], axis=1)

    def sites(
        self,
        groups: list[Integers],
        site_of: Integers,
        where_suitability_counts: Callable[[], Booleans],
    ) -> Sites:
        """Return the sites with all that is said of a location."""
        evidence, rows = self._evidence, self.rows_alone.copy()
        if not groups:
            nothing = gpd.GeoDataFrame(
                evidence.table.iloc[:0].assign(**{PARCEL_IDS: None}), geometry=[], crs=CRS
            )
            no_land = np.empty(0, dtype=object)
            return Sites(nothing, no_land, None, site_of, {}, where_suitability_counts, rows)
        members, _ = self._flat(groups)
        groups = self.rows_of(groups)
        parcels, group = self._flat(groups)
        rows[members] = parcels
        measures, capacity, buildable = self._measures(groups, exact=True)
        verdicts = self._verdicts.of(parcels, group, measures)
        scores = self._scores(groups, measures, verdicts)
        parts = evidence.table.iloc[parcels]
        ids = [SEPARATOR.join(names) for _, names in parts[PARCEL_ID].groupby(group, sort=True)]
        largest = largest_of_groups(self._area[parcels], group)
        place: dict[str, Any] = {
            PARCEL_ID: [f"{names.split(SEPARATOR)[0]}+{names.count(SEPARATOR)}" for names in ids],
            PARCEL_IDS: ids,
            **{name: parts[name].iloc[0] for name in (MUNICIPALITY_CODE, MUNICIPALITY_NAME)},
            STATUS: self._status(groups, verdicts),
        }
        account: dict[str, Any] = {
            SITE_TYPE: parts[SITE_TYPE].to_numpy()[largest],
            **{
                name: np.bincount(group, parts[name], minlength=len(groups))
                for name in ("taken_m2", LEFT_FREE)
            },
            **rules_that_say(evidence.ruleset, verdicts, len(groups)),
            **{
                name: parts.groupby(group)[name].first().to_numpy()
                for name in ("decision", "decision_reason", "decision_date")
            },
            "plans": [
                "; ".join(dict.fromkeys(filter(None, names)))
                for _, names in parts["plans"].groupby(group, sort=True)
            ],
        }
        table = pd.concat([pd.DataFrame(place), scores, measures, pd.DataFrame(account)], axis=1)
        shapes = union_by_group(evidence.shapes[parcels], group, len(groups))
        return Sites(
            gpd.GeoDataFrame(table, geometry=shapes, crs=CRS),
            buildable,
            capacity.layouts,
            site_of,
            verdicts,
            where_suitability_counts,
            rows,
        )


def _number(ruleset: Ruleset, name: str, otherwise: float) -> float:
    """Return the value of a placement parameter, or another where there is none."""
    return float(ruleset.value(name)) if name in ruleset.placement else otherwise
