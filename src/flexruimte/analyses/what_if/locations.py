"""The locations of a municipality under some rules: how many, which, and what is different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.priority import best_suitability, class_positions, rank
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    BUILDABLE_AREA,
    HOMES,
    KEPT_OUT_BY,
    LEFT_FREE,
    PARCEL_ID,
    PARCEL_IDS,
    PRIORITY,
    RANK,
    RANKED_STATUSES,
    SITE_ID,
    STATUS,
    Integers,
)

__all__ = [
    "RANKED_LIST",
    "SQUARE_METRES_PER_HECTARE",
    "Totals",
    "best_class",
    "locations_of",
    "moves",
    "order_moves",
    "ranked",
    "replaced",
    "totals",
]

RANKED_LIST: Final = "ranked"
"""The list of all locations with a rank; other lists are called as their class of priority."""
SQUARE_METRES_PER_HECTARE: Final = 10_000
_SEPARATOR: Final = ";"
_POSITION: Final = "class_position"
_AT: Final = "at"
_SHAPE: Final = "shape"


def locations_of(assessment: Assessment, members: Integers | None = None) -> pd.DataFrame:
    """Return the locations that are available or for attention.

    Parameters
    ----------
    assessment
        Of a municipality, or of some of its parcels.
    members
        Positions of these parcels in the municipality; None is all. (n,) int

    Returns
    -------
    pandas.DataFrame
        `parcel_id`, `parcel_ids` as "a;b", `status`, `score`, `homes`, `buildable_m2`,
        `left_free_m2`; the position of its class, whatever that takes at most; `shape`; and `at`,
        the position of its first parcel.
    """
    parcels, sites = pd.DataFrame(assessment.parcels), assessment.sites
    places = np.arange(len(parcels)) if members is None else members
    alone = parcels[SITE_ID].isna().to_numpy()
    verdicts = {str(name): assessment.verdicts[name].to_numpy() for name in assessment.verdicts}
    groups = assessment.question.groups
    parts = [_part(assessment.ruleset, parcels, verdicts, places, groups)[alone]]
    if sites is not None and len(sites.table):
        _, first = np.unique(sites.site_of[~alone], return_index=True)
        at = places[np.flatnonzero(~alone)[first]]
        rows = pd.DataFrame(sites.table)
        parts.append(_part(assessment.ruleset, rows, sites.verdicts, at, groups))
    every = pd.concat(parts, ignore_index=True)
    return every[every[STATUS].isin(RANKED_STATUSES)].reset_index(drop=True)


def _part(
    ruleset: Ruleset, rows: pd.DataFrame, verdicts: Any, at: Integers, groups: list[str]
) -> pd.DataFrame:
    ids = rows[PARCEL_IDS] if PARCEL_IDS in rows else rows[PARCEL_ID]
    return pd.DataFrame(
        {
            PARCEL_ID: rows[PARCEL_ID],
            PARCEL_IDS: ids,
            STATUS: rows[STATUS],
            "score": rows["score"].astype("float64"),
            HOMES: rows[HOMES].astype("float64"),
            BUILDABLE_AREA: rows[BUILDABLE_AREA].astype("float64"),
            LEFT_FREE: rows[LEFT_FREE].astype("float64"),
            _POSITION: class_positions(
                ruleset,
                verdicts,
                len(rows),
                best_suitability(groups, rows),
                (rows["decision"] == "in").to_numpy(dtype=bool),
            ),
            _SHAPE: rows["geometry"].to_numpy(dtype=object),
            _AT: at,
        }
    )


def replaced(locations: pd.DataFrame, members: Integers, new: pd.DataFrame) -> pd.DataFrame:
    """Return locations in which those of some parcels are others.

    Parameters
    ----------
    locations, new
        As `locations_of` returns them.
    members
        Positions of the parcels; a location lies within them or outside. (k,) int
    """
    outside = locations[~locations[_AT].isin(members)]
    return pd.concat([outside, new], ignore_index=True) if len(new) else outside


def ranked(ruleset: Ruleset, locations: pd.DataFrame) -> pd.DataFrame:
    """Return locations with their rank and priority in the municipality."""
    rows = locations.assign(**{KEPT_OUT_BY: ""}).reset_index(drop=True)
    places = rank(ruleset, rows, rows[_POSITION].to_numpy(dtype=np.intp), rows[_SHAPE].to_numpy())
    return rows.assign(**{RANK: places[RANK], PRIORITY: places[PRIORITY]})


def best_class(ruleset: Ruleset) -> str | None:
    """Return the id of the best class of priority; None where the ruleset has none."""
    return next(iter(ruleset.priorities), None)


@dataclass(frozen=True)
class Totals:
    """What there is in a municipality, or how much more of it."""

    hectares: float
    """Buildable parts of locations that are available or for attention, and what they leave free.
    [ha]"""
    locations: int
    homes: int
    """Of projects there."""
    best_locations: int | None
    """Of these, in the best class of priority; None where the ruleset has no classes."""
    best_homes: int | None

    def __sub__(self, other: Totals) -> Totals:
        """Return how much more there is than in another case."""
        return Totals(
            self.hectares - other.hectares,
            self.locations - other.locations,
            self.homes - other.homes,
            _less(self.best_locations, other.best_locations),
            _less(self.best_homes, other.best_homes),
        )

    @classmethod
    def nothing(cls, ruleset: Ruleset) -> Totals:
        """Return that there is nothing, or no difference."""
        best = None if best_class(ruleset) is None else 0
        return cls(0.0, 0, 0, best, best)


def _less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def totals(ruleset: Ruleset, locations: pd.DataFrame) -> Totals:
    """Return what locations hold together.

    Parameters
    ----------
    ruleset
        Its classes of priority.
    locations
        As `ranked` returns them.
    """
    best = best_class(ruleset)
    in_best = locations[locations[PRIORITY] == best]
    return Totals(
        hectares=float(locations[[BUILDABLE_AREA, LEFT_FREE]].sum().sum())
        / SQUARE_METRES_PER_HECTARE,
        locations=len(locations),
        homes=int(locations[HOMES].sum()),
        best_locations=None if best is None else len(in_best),
        best_homes=None if best is None else int(in_best[HOMES].sum()),
    )


def moves(before: pd.DataFrame, after: pd.DataFrame, best: str | None) -> pd.DataFrame:
    """Return which locations enter or leave the lists.

    A location enters a list where none of its parcels was on it before, and leaves it where none
    is on it any more: parcels that are taken together another way stay.

    Parameters
    ----------
    before, after
        As `ranked` returns them.
    best
        The best class of priority, whose list counts besides that of all ranked; None where there
        is none.

    Returns
    -------
    pandas.DataFrame
        `list`, `change` ("enters" or "leaves"), `parcel_id`, `parcel_ids`, `rank`, `priority`,
        `hectares`, `homes`: as they are on the list that has it. By list, change and rank.
    """
    parts = []
    for name in [RANKED_LIST] if best is None else [best, RANKED_LIST]:
        old, new = (_on_list(locations, name) for locations in (before, after))
        for change, has_it, has_not in (("enters", new, old), ("leaves", old, new)):
            moved = has_it[~_shares_parcels(has_it, has_not)].sort_values(RANK)
            parts.append(moved.assign(list=name, change=change))
    every = pd.concat(parts, ignore_index=True)
    every["hectares"] = every[BUILDABLE_AREA] / SQUARE_METRES_PER_HECTARE
    return every[["list", "change", PARCEL_ID, PARCEL_IDS, RANK, PRIORITY, "hectares", HOMES]]


def order_moves(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, Any]:
    """Return how the order of the ranked locations differs.

    A location after is the one before that it shares a parcel with; of several the best.

    Parameters
    ----------
    before, after
        As `ranked` returns them.

    Returns
    -------
    dict
        `ranks_changed`, `largest_move`, `first` and `first_before`, as `WhatIfTables.variants` has
        them; None for the last two where nothing is ranked.
    """
    old, new = (_on_list(locations, RANKED_LIST).sort_values(RANK) for locations in (before, after))
    rank_of: dict[str, int] = {}
    for parcels, place in zip(old[PARCEL_IDS], old[RANK], strict=True):
        for parcel in parcels.split(_SEPARATOR):
            rank_of.setdefault(parcel, int(place))
    parts = [parcels.split(_SEPARATOR) for parcels in new[PARCEL_IDS]]
    was = [min((rank_of[each] for each in some if each in rank_of), default=0) for some in parts]
    steps = [abs(int(now) - then) for now, then in zip(new[RANK], was, strict=True) if then]
    return {
        "ranks_changed": sum(step > 0 for step in steps),
        "largest_move": max(steps, default=0),
        "first": new[PARCEL_ID].iloc[0] if len(new) else None,
        "first_before": was[0] or None if was else None,
    }


def _on_list(locations: pd.DataFrame, name: str) -> pd.DataFrame:
    on_it = locations[RANK].notna() if name == RANKED_LIST else locations[PRIORITY] == name
    return locations[on_it.to_numpy()]


def _shares_parcels(locations: pd.DataFrame, others: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return which locations have a parcel that one of the others has. (n,) bool"""
    parcels, there = (
        [ids.split(_SEPARATOR) for ids in each[PARCEL_IDS]] for each in (locations, others)
    )
    known = {parcel for parts in there for parcel in parts}
    return np.array([not known.isdisjoint(parts) for parts in parcels], dtype=bool)
