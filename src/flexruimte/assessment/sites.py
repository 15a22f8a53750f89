"""Sites: neighbouring parcels that hold more homes as one location than each by itself.

A parcel belongs to one site at most, and is then no location of its own: nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.assessment.capacity import CAPACITY_MEASURES, Capacity, LayOut, assess_capacity
from flexruimte.assessment.parcel_table import SEPARATOR, rules_that_say
from flexruimte.assessment.score import SCORE_DECIMALS, SHARE_DECIMALS, enough_known
from flexruimte.assessment.term import years_between
from flexruimte.assessment.verdicts import answers_of_rules, assess_status
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.kernels.circle import width
from flexruimte.kernels.layout import Layouts
from flexruimte.kernels.overlap import largest_part, union_by_group
from flexruimte.rules.conditions import as_numbers
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    BUILDABLE_AREA,
    CRS,
    HARD_PLAN_FREE_YEARS,
    HOMES_MID,
    LARGEST_PART_AREA,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    PARCEL_IDS,
    PESSIMISTIC_TERM_YEARS,
    RANKED_STATUSES,
    SCORE_KNOWN_SHARE,
    SITE_TYPE,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    THEMES,
    WIDTH,
    Booleans,
    Floats,
    Geometries,
    Integers,
    Verdicts,
)

__all__ = ["MERGE", "OWNER", "Evidence", "Sites", "merge_parcels"]

MERGE: Final = "merge"
"""Placement parameter: none, touching, or touching_same_owner."""
OWNER: Final = "owner_class"
"""Measure that says whose a parcel is."""
_LARGEST: Final = "merge_most_m2"
_SIZE: Final = (AREA, BUILDABLE_AREA, LARGEST_PART_AREA, WIDTH, *CAPACITY_MEASURES)
_TERM: Final = (TERM_YEARS, PESSIMISTIC_TERM_YEARS, HARD_PLAN_FREE_YEARS)
_SHARED_BOUNDARY_M = 1.0
"""Parcels that share less than this meet in a corner, and are no neighbours."""
_MAY_COME_TO_SOMETHING = 0.5
"""What joining neighbours without homes gains: less than any step that gains a home. [homes]"""
_SHARES: Final = ("known_share", SCORE_KNOWN_SHARE)
_SCORES: Final = (*THEMES, "score", "score_low", "score_high", *_SHARES)


@dataclass(frozen=True)
class Evidence:
    """What is known of the parcels of one municipality before any are taken together. n parcels."""

    ruleset: Ruleset
    skipped: frozenset[str]
    """Rules that the study leaves out."""
    shapes: Geometries
    """The parcels. (n,) object"""
    buildable: Geometries
    """What is left of them. (n,) object"""
    verdicts: Mapping[str, Verdicts]
    may_be_lower: Mapping[str, Booleans]
    decisions: DecisionsAt
    table: pd.DataFrame
    """The parcels' table: measures, scores, status and accounts. (n, ...)"""
    lay_out: LayOut
    """Lays homes out on land."""


@dataclass(frozen=True)
class Sites:
    """The locations of several parcels. s sites"""

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


def merge_parcels(evidence: Evidence) -> Sites | None:
    """Take neighbouring parcels together where that gives more homes.

    None where the study does not ask for it.

    Candidates are parcels that are ranked, or that only their size keeps from it. Two neighbours,
    or groups of them, become one where their homes together are more than the sum of each by itself
    (a parcel that is not ranked by itself counts 0). Of all such steps that exclude each other the
    one that gains most is taken first, until none gains. Neighbours without homes go together too,
    as a third may make them a location; what has no homes in the end stays apart.

    The site is judged anew on its size and its term (the latest start and the first end); of all
    other rules the worst verdict of its parts holds. Its scores are those of its parts, by
    buildable area.

    Notes
    -----
    Simplified: steps are taken one upon another and never undone, so another division of the same
    land may hold more homes.
    """
    ruleset = evidence.ruleset
    how = ruleset.value(MERGE) if MERGE in ruleset.placement else "none"
    if how == "none":
        return None
    merger = _Merger(evidence)
    candidates = np.flatnonzero(merger.candidates())
    owners = evidence.table[OWNER].to_numpy(dtype=object) if how == "touching_same_owner" else None
    pairs = _neighbours(evidence.buildable, candidates, owners)
    groups = _grouped(pairs, merger, float(ruleset.value(_LARGEST)))
    site_of = np.full(len(evidence.shapes), -1, dtype=np.intp)
    for position, members in enumerate(groups):
        site_of[members] = position
    return merger.sites(groups, site_of)


def _neighbours(
    buildable: Geometries, candidates: Integers, owners: np.ndarray[Any, Any] | None
) -> Integers:
    """Return pairs of candidates whose buildable parts share a boundary, the lower position first.

    (p, 2).
    """
    shapes = buildable[candidates]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    if owners is not None:
        first, second = owners[candidates[one]], owners[candidates[other]]
        same = np.array(
            [a is not None and a == b for a, b in zip(first, second, strict=True)], dtype=bool
        )
        one, other = one[same], other[same]
    shared = shapely.length(shapely.intersection(shapes[one], shapes[other])) >= _SHARED_BOUNDARY_M
    pairs = np.stack([candidates[one[shared]], candidates[other[shared]]], axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _grouped(pairs: Integers, merger: _Merger, most_m2: float) -> list[Integers]:
    """Return the positions of the parcels of each site, lowest first."""
    members = {int(parcel): np.array([parcel], dtype=np.intp) for parcel in np.unique(pairs)}
    alone = merger.homes_alone()
    homes = {label: float(alone[label]) for label in members}
    area = {label: float(merger.area[label]) for label in members}
    label_of = np.arange(len(alone), dtype=np.intp)
    gains: dict[tuple[int, int], float] = {}
    following = len(alone)
    while True:
        now = np.unique(np.sort(label_of[pairs], axis=1), axis=0) if len(pairs) else pairs
        open_steps = [
            (int(a), int(b)) for a, b in now if a != b and area[int(a)] + area[int(b)] <= most_m2
        ]
        new = [step for step in open_steps if step not in gains]
        together = merger.homes([np.concatenate([members[a], members[b]]) for a, b in new])
        for (a, b), total in zip(new, together, strict=True):
            gains[a, b] = (
                float(total) - homes[a] - homes[b]
                if total or homes[a] or homes[b]
                else _MAY_COME_TO_SOMETHING
            )
        steps = sorted(
            (step for step in open_steps if gains[step] > 0), key=lambda step: (-gains[step], step)
        )
        if not steps:
            break
        taken: set[int] = set()
        for a, b in steps:
            if a in taken or b in taken:
                continue
            taken |= {a, b}
            members[following] = np.sort(np.concatenate([members.pop(a), members.pop(b)]))
            gain = gains[a, b] if gains[a, b] >= 1 else 0.0
            homes[following], area[following] = homes[a] + homes[b] + gain, area[a] + area[b]
            label_of[members[following]] = following
            following += 1
    found = [parcels for label, parcels in members.items() if len(parcels) > 1 and homes[label] > 0]
    return sorted(found, key=lambda parcels: int(parcels[0]))


class _Merger:
    """Judges groups of parcels as one."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.area: Floats = shapely.area(evidence.buildable)
        assessed = {
            name: rule
            for name, rule in evidence.ruleset.measure_rules.items()
            if name in evidence.verdicts
        }
        self._on_size = frozenset(name for name, rule in assessed.items() if rule.measure in _SIZE)
        self._anew = frozenset(
            name for name, rule in assessed.items() if rule.measure in (*_SIZE, *_TERM)
        )
        self._by_homes = frozenset(
            name
            for name, rule in assessed.items()
            if name not in self._anew and {*CAPACITY_MEASURES} & {*rule.measures_asked}
        )
        """Rules that apply by the homes: what no part is large enough for, the site may be."""

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
        return np.isin(status, RANKED_STATUSES) & (self.area > 0)

    def homes_alone(self) -> Floats:
        """Return the homes of each parcel as a location by itself. (n,) float64."""
        table = self._evidence.table
        return np.where(table[STATUS].isin(RANKED_STATUSES), table[HOMES_MID].fillna(0.0), 0.0)

    def homes(self, groups: list[Integers]) -> Floats:
        """Return the homes of each group as one location, 0 where it would not be ranked.

        (g,) float64.
        """
        if not groups:
            return np.empty(0)
        measures, capacity, _ = self._measures(groups)
        status = self._status(groups, self._verdicts(groups, measures))
        return np.where(
            np.isin(status, RANKED_STATUSES), capacity.columns[HOMES_MID].fillna(0.0), 0.0
        )

    def _flat(self, groups: list[Integers]) -> tuple[Integers, Integers]:
        """Return the parcels of all groups, and the group of each."""
        parcels = np.concatenate(groups) if groups else np.empty(0, dtype=np.intp)
        return parcels, np.repeat(np.arange(len(groups)), [len(group) for group in groups])

    def _measures(self, groups: list[Integers]) -> tuple[pd.DataFrame, Capacity, Geometries]:
        """Return the measures of groups, their homes and their buildable parts."""
        evidence = self._evidence
        parcels, group = self._flat(groups)
        buildable = union_by_group(evidence.buildable[parcels], group, len(groups))
        largest = largest_part(buildable)
        parts = evidence.table.iloc[parcels]
        columns: dict[str, Any] = {}
        weight = self.area[parcels]
        for name in parts.columns:
            if name in evidence.ruleset.measures:
                columns[name] = _of_group(parts[name], weight, group, len(groups))
        columns |= {
            AREA: np.bincount(group, parts[AREA], minlength=len(groups)),
            BUILDABLE_AREA: shapely.area(buildable),
            LARGEST_PART_AREA: shapely.area(largest),
            WIDTH: width(largest) if evidence.ruleset.asks_for(WIDTH) else np.nan,
            **self._term(parts, group),
        }
        measures = pd.DataFrame(columns, index=pd.RangeIndex(len(groups)))
        capacity = assess_capacity(
            evidence.ruleset, largest, measures, np.ones(len(groups), dtype=bool), evidence.lay_out
        )
        return pd.concat([measures, capacity.columns], axis=1), capacity, buildable

    def _term(self, parts: pd.DataFrame, group: Integers) -> dict[str, Any]:
        """Return the term of groups: from when all parts are free until the first is not."""
        by_group = parts.groupby(group, sort=True)
        start, end = (
            by_group[TERM_START].max().to_numpy("datetime64[D]"),
            by_group[TERM_END].min().to_numpy("datetime64[D]"),
        )
        part_unknown = np.bincount(group, parts[TERM_YEARS].isna()) > 0
        none = by_group[TERM_START].count().to_numpy() < np.bincount(group)
        none |= end <= start
        years = np.where(
            none,
            np.where(part_unknown, np.nan, 0.0),
            years_between(
                np.where(none, np.datetime64(0, "D"), start),
                np.where(none, np.datetime64(0, "D"), end),
            ),
        )
        # The shortest of several is only known where each is.
        first = np.flatnonzero(np.diff(group, prepend=-1))
        shortest = {
            name: np.minimum.reduceat(parts[name].to_numpy(dtype=np.float64), first)
            for name in (PESSIMISTIC_TERM_YEARS, HARD_PLAN_FREE_YEARS)
        }
        return {
            TERM_START: np.where(none, np.datetime64("NaT"), start),
            TERM_END: np.where(none, np.datetime64("NaT"), end),
            TERM_YEARS: years,
            PESSIMISTIC_TERM_YEARS: np.minimum(shortest[PESSIMISTIC_TERM_YEARS], years),
            HARD_PLAN_FREE_YEARS: shortest[HARD_PLAN_FREE_YEARS],
        }

    def _verdicts(self, groups: list[Integers], measures: pd.DataFrame) -> dict[str, Verdicts]:
        evidence = self._evidence
        parcels, group = self._flat(groups)
        first = np.searchsorted(group, np.arange(len(groups)))
        doubtful = {
            name: np.logical_or.reduceat(flags[parcels], first)
            for name, flags in evidence.may_be_lower.items()
        }
        others = frozenset(evidence.ruleset.rules) - self._anew - self._by_homes
        left_out = others | evidence.skipped
        nobody = np.zeros(len(groups), dtype=bool)
        anew = answers_of_rules(evidence.ruleset, left_out, measures, doubtful, {}, nobody)
        verdicts = {
            name: anew[name] if name in self._anew else np.minimum.reduceat(verdict[parcels], first)
            for name, verdict in evidence.verdicts.items()
        }
        return verdicts | {name: np.minimum(verdicts[name], anew[name]) for name in self._by_homes}

    def _status(
        self, groups: list[Integers], verdicts: Mapping[str, Verdicts]
    ) -> np.ndarray[Any, Any]:
        evidence = self._evidence
        parcels, group = self._flat(groups)
        first = np.searchsorted(group, np.arange(len(groups)))
        decided = (
            np.logical_or.reduceat(flags[parcels], first)
            for flags in (evidence.decisions.into, evidence.decisions.out)
        )
        return assess_status(evidence.ruleset, verdicts, *decided)

    def _scores(
        self, parts: pd.DataFrame, weight: Floats, group: Integers, count: int
    ) -> dict[str, Any]:
        """Return the scores of groups; none where too little is known of their parts together."""
        scores: dict[str, Any] = {
            name: _mean_of_known(parts[name], weight, group, count).round(_decimals(name))
            for name in parts.columns
            if name in _SCORES or name.startswith("suitability_")
        }
        enough = enough_known(self._evidence.ruleset, pd.Series(scores[SCORE_KNOWN_SHARE]))
        scores["score"] = np.where(enough, scores["score"], np.nan)
        return scores

    def sites(self, groups: list[Integers], site_of: Integers) -> Sites:
        """Return the sites with all that is said of a location."""
        evidence = self._evidence
        if not groups:
            nothing = gpd.GeoDataFrame(
                evidence.table.iloc[:0].assign(**{PARCEL_IDS: None}), geometry=[], crs=CRS
            )
            return Sites(nothing, np.empty(0, dtype=object), None, site_of, {})
        parcels, group = self._flat(groups)
        measures, capacity, buildable = self._measures(groups)
        verdicts = self._verdicts(groups, measures)
        parts = evidence.table.iloc[parcels]
        weight = self.area[parcels]
        ids = [SEPARATOR.join(names) for _, names in parts[PARCEL_ID].groupby(group, sort=True)]
        largest = pd.Series(weight).groupby(group).idxmax().to_numpy()
        columns: dict[str, Any] = {
            PARCEL_ID: [f"{names.split(SEPARATOR)[0]}+{names.count(SEPARATOR)}" for names in ids],
            PARCEL_IDS: ids,
            **{name: parts[name].iloc[0] for name in (MUNICIPALITY_CODE, MUNICIPALITY_NAME)},
            STATUS: self._status(groups, verdicts),
            **self._scores(parts, weight, group, len(groups)),
            **{str(name): measures[name] for name in measures},
            SITE_TYPE: parts[SITE_TYPE].to_numpy()[largest],
            "taken_m2": np.bincount(group, parts["taken_m2"], minlength=len(groups)),
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
        shapes = union_by_group(evidence.shapes[parcels], group, len(groups))
        return Sites(
            gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs=CRS),
            buildable,
            capacity.layouts,
            site_of,
            verdicts,
        )


def _decimals(score: str) -> int:
    return SHARE_DECIMALS if score in _SHARES else SCORE_DECIMALS


def _mean_of_known(values: pd.Series[Any], weight: Floats, group: Integers, count: int) -> Floats:
    """Return the weighted mean of what is known in each group; NaN where nothing is.

    (count,) float64.
    """
    numbers = values.to_numpy(dtype=np.float64)
    known = ~np.isnan(numbers)
    total = np.bincount(group[known], weight[known] * numbers[known], minlength=count)
    with np.errstate(invalid="ignore"):
        return np.asarray(
            total / np.bincount(group[known], weight[known], minlength=count), dtype=np.float64
        )


def _of_group(
    values: pd.Series[Any], weight: Floats, group: Integers, count: int
) -> np.ndarray[Any, Any]:
    """Return a measure of each group: the weighted mean, null where a part is not known.

    Of classes, that of the heaviest part.
    """
    numbers = as_numbers(values).to_numpy(dtype=np.float64)
    if values.dtype == object:
        heaviest = pd.Series(weight).groupby(group).idxmax().to_numpy()
        return np.asarray(values.to_numpy(dtype=object)[heaviest])
    return np.asarray(
        np.bincount(group, weight * numbers, minlength=count)
        / np.bincount(group, weight, minlength=count)
    )
