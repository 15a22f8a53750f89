"""The funnel of a municipality: hectares after each condition, suitable for whom, sites and homes.

The whole of a municipality is a row, and so is each target group, kind of owner and pair of them.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from flexruimte.results.tables import joined_ids
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
    Condition,
)

__all__ = [
    "ALL",
    "FUNNEL_COLUMNS",
    "SUITABLE_FROM",
    "UNKNOWN_OWNER",
    "funnel_rows",
    "funnel_table",
    "write_funnel",
]

ALL: Final = "all"
"""In the table: whichever target group, or whoever the owner."""
UNKNOWN_OWNER: Final = "unknown"
"""Kind of owner where that is not known."""
SUITABLE_FROM: Final = "suitable_from_score"
"""Placement parameter: with this suitability for a target group and more, land is suitable."""
_STEPS: Final = (*map(str, FUNNEL_CONDITIONS), AVAILABLE)
FUNNEL_COLUMNS: Final = (
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    "target_group",
    "owner_class",
    "assessed_share",
    "not_assessed",
    "conditions_not_assessed",
    "hectares",
    *(f"{step}{kind}_hectares" for step in (*_STEPS, "suitable") for kind in ("", "_unknown")),
    "sites",
    "homes",
)
"""Columns of the table, before those per class of priority."""
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
    sites = _sites(assessment, locations)
    owners = [(owner, *_of_owner(owner, land, sites)) for owner in (None, *_owners(land))]
    of_land = [_hectares(assessment, land[mine]) for _, mine, _ in owners]
    groups = assessment.question.groups if SUITABLE_FROM in ruleset.placement else []
    rows = []
    for group in (None, *groups):
        of_group = groups if group is None else [group]
        suits, may_suit = _suits(ruleset, of_group, land)
        chosen = np.full(len(sites), True) if group is None else _suits(ruleset, [group], sites)[0]
        for (owner, mine, of_owner), hectares in zip(owners, of_land, strict=True):
            rows.append(
                FunnelRow(
                    target_group=group,
                    owner_class=owner,
                    **hectares,
                    suitable=_suitable(land, mine & suits, mine & may_suit) if groups else None,
                    **_counts(ruleset, sites[of_owner & chosen]),
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
        and "unknown" for an owner who is not known; `assessed_share`; as "a;b" `not_assessed`, the
        layers and rules that the study leaves out, and `conditions_not_assessed`; `hectares` of all
        land; per step `<step>_hectares` and `<step>_unknown_hectares`, the steps being `use`,
        `restriction`, `plan`, `available` and `suitable`; `sites` and `homes`, and `<class>_sites`
        and `<class>_homes` for each class of priority. (rows, ...)
    """
    place = summary.municipality
    left_out = joined_ids([part.id for part in summary.not_assessed])
    return pd.DataFrame(
        {
            MUNICIPALITY_CODE: place.code,
            MUNICIPALITY_NAME: place.name,
            "target_group": ALL if row.target_group is None else row.target_group,
            "owner_class": ALL if row.owner_class is None else row.owner_class,
            "assessed_share": row.assessed_share,
            "not_assessed": left_out,
            "conditions_not_assessed": joined_ids(row.conditions_not_assessed),
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
    of_location = pd.DataFrame(locations[[PARCEL_ID, *_suitability(assessment)]])
    location = parcels[SITE_ID].fillna(parcels[PARCEL_ID])
    return pd.concat(
        [
            pd.DataFrame(parcels[[AREA, "known_share"]]),
            *_owner_column(parcels),
            assessment.left_m2.loc[parcels[PARCEL_ID]].set_axis(parcels.index),
            of_location.set_index(PARCEL_ID).loc[location].set_axis(parcels.index),
        ],
        axis=1,
    )


def _sites(assessment: Assessment, locations: pd.DataFrame) -> pd.DataFrame:
    """Return the ranked locations, with what they suit. (s, ...)"""
    ranked = locations[RANK].notna()
    columns = [PRIORITY, HOMES, *_suitability(assessment)]
    sites = pd.concat([pd.DataFrame(locations[columns]), *_owner_column(locations)], axis=1)[ranked]
    return sites.astype({PRIORITY: object, HOMES: int})


def _suitability(assessment: Assessment) -> list[str]:
    """Return the columns with the suitability for the target groups that count."""
    return [f"suitability_{group}" for group in assessment.question.groups]


def _owner_column(table: pd.DataFrame) -> list[pd.Series[Any]]:
    """Return the column with the kind of owner, if there is one; who is not known has a name."""
    if OWNER not in table:
        return []
    owner = table[OWNER].astype(object)
    return [owner.where(owner.notna(), UNKNOWN_OWNER)]


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


def _owners(land: pd.DataFrame) -> list[str]:
    """Return the kinds of owner that there are; who is not known comes last."""
    if OWNER not in land:
        return []
    return sorted(land[OWNER].unique(), key=lambda name: (name == UNKNOWN_OWNER, name))


def _of_owner(
    owner: str | None, land: pd.DataFrame, sites: pd.DataFrame
) -> tuple[Booleans, Booleans]:
    """Return which land and which sites are of a kind of owner; of None all are. (n,), (s,) bool"""
    if owner is None:
        return np.full(len(land), True), np.full(len(sites), True)
    return (land[OWNER] == owner).to_numpy(), (sites[OWNER] == owner).to_numpy()


def _conditions_not_assessed(assessment: Assessment) -> list[Condition]:
    """Return the conditions with excluding rules, all of which the study leaves out."""
    ruleset = assessment.ruleset
    asked = {
        rule_id: rule.condition
        for rule_id, rule in ruleset.enabled_rules.items()
        if ruleset.excludes(rule)
    }
    assessed = {
        condition for rule_id, condition in asked.items() if rule_id not in assessment.left_out
    }
    return [each for each in Condition if each in asked.values() and each not in assessed]


def _hectares(assessment: Assessment, parts: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of a row that are about land."""
    not_assessed = _conditions_not_assessed(assessment)
    area = parts[AREA].to_numpy()
    share = float(np.average(parts["known_share"], weights=area)) if area.sum() > 0 else None
    return {
        "hectares": _in_hectares(area.sum()),
        "assessed_share": None if share is None else round(share, 4),
        "conditions_not_assessed": not_assessed,
        **{
            step: None
            if step in not_assessed
            else LandLeft(
                hectares=_in_hectares(parts[f"{step}_m2"].sum()),
                unknown_hectares=_in_hectares(parts[f"{step}_unknown_m2"].sum()),
            )
            for step in _STEPS
        },
    }


def _suitable(land: pd.DataFrame, suits: Booleans, may_suit: Booleans) -> LandLeft:
    available = land[f"{AVAILABLE}_m2"].to_numpy()
    return LandLeft(
        hectares=_in_hectares(available[suits].sum()),
        unknown_hectares=_in_hectares(available[may_suit].sum()),
    )


def _counts(ruleset: Ruleset, sites: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of a row that are about ranked locations."""
    homes, priority = sites[HOMES].to_numpy(), sites[PRIORITY].to_numpy()
    return {
        "ranked": SitesAndHomes(sites=len(sites), homes=homes.sum()),
        "priorities": {
            name: SitesAndHomes(sites=(priority == name).sum(), homes=homes[priority == name].sum())
            for name in ruleset.priorities
        },
    }


def _in_hectares(square_metres: float) -> float:
    return round(float(square_metres) / SQUARE_METRES_PER_HECTARE, _DECIMALS)
