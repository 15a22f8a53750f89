"""The funnel of a municipality: hectares after each condition, suitable for whom, sites and homes.

The whole of a municipality is a row, and so is each target group, kind of owner and pair of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.assessment.funnel import AVAILABLE
from flexruimte.assessment.pipeline import Assessment
from flexruimte.assessment.sites import OWNER
from flexruimte.results.csv_table import write_csv
from flexruimte.results.rule_facts import SQUARE_METRES_PER_HECTARE
from flexruimte.results.summary_model import FunnelRow, LandLeft, SitesAndHomes, Summary
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    AREA,
    FUNNEL_CONDITIONS,
    HOMES,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    PARCEL_ID,
    PRIORITY,
    RANK,
    SITE_ID,
    Booleans,
)

__all__ = ["ALL", "SUITABLE_FROM", "UNKNOWN_OWNER", "funnel_rows", "funnel_table", "write_funnel"]

ALL: Final = "all"
"""In the table: whichever target group, or whoever the owner."""
UNKNOWN_OWNER: Final = "unknown"
"""Kind of owner where that is not known."""
SUITABLE_FROM: Final = "suitable_from_score"
"""Placement parameter: with this suitability for a target group and more, land is suitable."""
_STEPS: Final = (*map(str, FUNNEL_CONDITIONS), AVAILABLE)
_DECIMALS: Final = 6
"""Of hectares: a hundredth of a square metre, so that sums of rows match to the square metre."""


def funnel_rows(
    assessment: Assessment, parcels: pd.DataFrame, locations: pd.DataFrame
) -> list[FunnelRow]:
    """Return the funnel: all land first, then by kind of owner; the same for each target group.

    Parameters
    ----------
    assessment
        What was computed.
    parcels
        The parcels, as `flexruimte.results.tables.parcel_table` makes them.
    locations
        The same land, as `flexruimte.results.tables.locations_of` makes it.

    Returns
    -------
    list of FunnelRow
        Target groups are those that count; there are none, and nothing is suitable, where the
        ruleset does not say from which score land is.
    """
    ruleset = assessment.ruleset
    land = _land(assessment, parcels, locations)
    ranked = pd.DataFrame(locations[locations[RANK].notna()])
    groups = assessment.question.groups if SUITABLE_FROM in ruleset.placement else []
    rows = []
    for group in (None, *groups):
        of_group = groups if group is None else [group]
        suits, may_suit = _suits(ruleset, of_group, land)
        chosen = ranked
        if group is not None:
            chosen = ranked[_suits(ruleset, of_group, ranked)[0]]
        for owner, parts, sites in _by_owner(land.assign(suits=suits, may_suit=may_suit), chosen):
            rows.append(
                FunnelRow(
                    target_group=group,
                    owner_class=owner,
                    **_hectares(parts),
                    suitable=_suitable(parts) if groups else None,
                    priorities={
                        name: _sites_and_homes(sites[sites[PRIORITY] == name])
                        for name in ruleset.priorities
                    },
                    ranked=_sites_and_homes(sites),
                )
            )
    return rows


def funnel_table(summary: Summary) -> pd.DataFrame:
    """Return the funnel of a municipality as a table, a row for each of its rows.

    Parameters
    ----------
    summary
        Of the municipality.

    Returns
    -------
    pandas.DataFrame
        `gemeente_code`, `gemeente`, `target_group` and `owner_class`, which are "all" for whichever
        and "unknown" for an owner who is not known; `assessed_share`; `hectares` of all land; per
        step `<step>_hectares` and `<step>_unknown_hectares`, the steps being `use`, `restriction`,
        `plan`, `available` and `suitable`; `sites` and `homes`, and `<class>_sites` and
        `<class>_homes` for each class of priority. (rows, ...)
    """
    place = summary.municipality
    return pd.DataFrame(
        {
            MUNICIPALITY_CODE: place.code,
            MUNICIPALITY_NAME: place.name,
            "target_group": ALL if row.target_group is None else row.target_group,
            "owner_class": ALL if row.owner_class is None else row.owner_class,
            "assessed_share": row.assessed_share,
            "hectares": row.hectares,
            **_flat(row),
        }
        for row in summary.funnel
    )


def write_funnel(summary: Summary, path: Path) -> None:
    """Write the funnel of a municipality beside its results, for the table of all.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    write_csv(funnel_table(summary), path)


def _flat(row: FunnelRow) -> dict[str, float | None]:
    cells: dict[str, float | None] = {}
    for step in (*_STEPS, "suitable"):
        left: LandLeft | None = getattr(row, step)
        cells[f"{step}_hectares"] = None if left is None else left.hectares
        cells[f"{step}_unknown_hectares"] = None if left is None else left.unknown_hectares
    cells |= {"sites": row.ranked.sites, "homes": row.ranked.homes}
    for name, counts in row.priorities.items():
        cells |= {f"{name}_sites": counts.sites, f"{name}_homes": counts.homes}
    return cells


def _land(assessment: Assessment, parcels: pd.DataFrame, locations: pd.DataFrame) -> pd.DataFrame:
    """Return the parcels with what is left of each, and what their location suits. (n, ...)"""
    suitability = [f"suitability_{group}" for group in assessment.question.groups]
    of_location = pd.DataFrame(locations).set_index(PARCEL_ID)[suitability]
    location = parcels[SITE_ID].fillna(parcels[PARCEL_ID])
    columns = [AREA, "known_share", *([OWNER] if OWNER in parcels else [])]
    return pd.concat(
        [
            pd.DataFrame(parcels[columns]),
            assessment.left_m2.loc[parcels[PARCEL_ID]].set_axis(parcels.index),
            of_location.loc[location].set_axis(parcels.index),
        ],
        axis=1,
    )


def _suits(
    ruleset: Ruleset, groups: Sequence[str], land: pd.DataFrame
) -> tuple[Booleans, Booleans]:
    """Return what surely suits one of some target groups, and what may: two of (n,) bool."""
    nothing = np.zeros(len(land), dtype=bool)
    if not groups:
        return nothing, nothing
    bound = float(ruleset.value(SUITABLE_FROM))
    scores = land[[f"suitability_{group}" for group in groups]].to_numpy(dtype=np.float64)
    suits = np.asarray((scores >= bound).any(axis=1))
    return suits, ~suits & np.isnan(scores).any(axis=1)


def _by_owner(
    land: pd.DataFrame, sites: pd.DataFrame
) -> Iterator[tuple[str | None, pd.DataFrame, pd.DataFrame]]:
    """Yield all land and sites, and those of each kind of owner; who is not known comes last."""
    yield None, land, sites
    if OWNER not in land:
        return
    of_land, of_sites = (
        table[OWNER].astype("object").where(table[OWNER].notna(), UNKNOWN_OWNER)
        for table in (land, sites)
    )
    for owner in sorted(of_land.unique(), key=lambda name: (name == UNKNOWN_OWNER, name)):
        yield owner, land[of_land == owner], sites[of_sites == owner]


def _hectares(parts: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of a row that are about land."""
    area = parts[AREA].to_numpy()
    share = float(np.average(parts["known_share"], weights=area)) if area.sum() > 0 else None
    return {
        "hectares": _in_hectares(area.sum()),
        "assessed_share": None if share is None else round(share, 4),
        **{
            step: LandLeft(
                hectares=_in_hectares(parts[f"{step}_m2"].sum()),
                unknown_hectares=_in_hectares(parts[f"{step}_unknown_m2"].sum()),
            )
            for step in _STEPS
        },
    }


def _suitable(parts: pd.DataFrame) -> LandLeft:
    available = parts[f"{AVAILABLE}_m2"]
    return LandLeft(
        hectares=_in_hectares(available[parts["suits"]].sum()),
        unknown_hectares=_in_hectares(available[parts["may_suit"]].sum()),
    )


def _sites_and_homes(sites: pd.DataFrame) -> SitesAndHomes:
    return SitesAndHomes(sites=len(sites), homes=int(sites[HOMES].sum()))


def _in_hectares(square_metres: float) -> float:
    return round(float(square_metres) / SQUARE_METRES_PER_HECTARE, _DECIMALS)
