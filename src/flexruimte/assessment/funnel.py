"""The funnel: how much of each parcel is left after each condition, surely or perhaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.assessment.verdicts import assess_status
from flexruimte.evidence.decisions import DecisionsAt
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    BUILDABLE_AREA,
    FUNNEL_CONDITIONS,
    LEFT_FREE,
    RANKED_STATUSES,
    STATUS,
    Booleans,
    Condition,
    Floats,
    Status,
    Verdicts,
)

__all__ = ["AVAILABLE", "land_left"]

AVAILABLE: Final = str(Status.AVAILABLE)
"""The last step: what is left after all conditions."""


def land_left(
    ruleset: Ruleset,
    verdicts: Mapping[str, Verdicts],
    decisions: DecisionsAt,
    left_m2: Mapping[Condition, Floats],
    parcels: pd.DataFrame,
    in_site: Booleans,
) -> pd.DataFrame:
    """Return how much of each parcel is left after each condition.

    After a condition a parcel is left where no excluding rule on it, or on a condition before it,
    says no; what these rules take of it is not left. Where one of them has no answer, what is left
    is not known to be so. Decisions count as they do for the status; a decision "out" takes the
    parcel in the last step. A parcel of a site of several is left as the site is: only its size
    could keep it from that.

    Parameters
    ----------
    ruleset
        The condition of each rule, and which exclude.
    verdicts
        By rule id. (n,) int8
    decisions
        By people.
    left_m2
        Area that rules on land leave, by condition. (n,) float64 [m2]
    parcels
        With `status`, `buildable_m2`, and `left_free_m2`, which no excluding rule takes. (n, ...)
    in_site
        Which parcels are part of a site of several. (n,) bool

    Returns
    -------
    pandas.DataFrame
        Per step, which are `FUNNEL_CONDITIONS` and `AVAILABLE`, `<step>_m2` for what is surely left
        and `<step>_unknown_m2` for what is left if what is not known says yes. Together they never
        grow from one step to the next, and neither does what is surely left. (n, 8)
    """
    nobody = np.zeros(len(parcels), dtype=bool)
    columns: dict[str, Floats] = {}
    for number, condition in enumerate(FUNNEL_CONDITIONS, start=1):
        asked = {
            rule_id: verdict
            for rule_id, verdict in verdicts.items()
            if ruleset.rules[rule_id].condition in FUNNEL_CONDITIONS[:number]
        }
        status = assess_status(ruleset, asked, decisions.into, nobody)
        columns |= _split(str(condition), left_m2[condition], status, in_site)
    status, buildable, free = (
        parcels[name].to_numpy() for name in (STATUS, BUILDABLE_AREA, LEFT_FREE)
    )
    columns |= _split(AVAILABLE, buildable + free, status, in_site)
    return pd.DataFrame(columns, index=parcels.index)


def _split(
    step: str, area: Floats, status: np.ndarray[Any, Any], in_site: Booleans
) -> dict[str, Floats]:
    """Return what is surely left and what may be, by status."""
    surely = in_site | np.isin(status, RANKED_STATUSES)
    perhaps = ~surely & (status == Status.UNKNOWN)
    return {
        f"{step}_m2": np.where(surely, area, 0.0),
        f"{step}_unknown_m2": np.where(perhaps, area, 0.0),
    }
