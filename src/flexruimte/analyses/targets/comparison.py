"""The comparison of targets with locations whose term is secured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from flexruimte.analyses.tables import typed_table
from flexruimte.analyses.targets.locations import SCORE, check_locations, verdicts_of
from flexruimte.analyses.targets.membership import AssessedMunicipalities, Membership
from flexruimte.analyses.targets.production import production_table
from flexruimte.analyses.targets.target_file import Target, Targets
from flexruimte.assessment.term import years_between
from flexruimte.rules.parts import Language
from flexruimte.vocabulary import (
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    MUNICIPALITY_CODE,
    MUNICIPALITY_NAME,
    NO,
    PARCEL_ID,
    PRIORITY,
    RANKED_STATUSES,
    STATUS,
    TERM_END,
    TERM_START,
    TERM_YEARS,
    UNKNOWN,
    YES,
    Floats,
    Status,
    Verdicts,
)

__all__ = ["TargetComparison", "compare"]

_SEPARATOR: Final = ";"


@dataclass(frozen=True)
class TargetComparison:
    """Targets against locations with a secured term."""

    as_of: dt.date
    targets: pd.DataFrame
    """Per target, in the order of the file: see `compare`. (targets, ...)"""
    filling: pd.DataFrame
    """Per target, in rank order, the locations that fill it, with `cumulative_homes`. (n, ...)"""
    production: pd.DataFrame
    """What was permitted, delivered or expected, by period, beside the yearly target for the whole
    country. (periods, 12)"""
    unknown: dict[str, str]
    """Targets whose outcome is unknown, and why."""
    held_against: dict[str, str]
    """Targets of a region of which only some municipalities were assessed: what they are held
    against."""
    repeated: int
    """Rows of locations that said exactly what another row said, and were counted once."""


class _Standing(StrEnum):
    """Whether a location counts for a target, or why not: exactly one of these."""

    SECURED = "secured"
    LOWER_PRIORITY = "lower_priority"
    OTHER_OWNER = "other_owner"
    OWNER_UNKNOWN = "owner_unknown"
    TOO_LATE = "too_late"
    TOO_SHORT = "too_short"
    TERM_UNKNOWN = "term_unknown"
    UNRANKED = "unranked"
    HOMES_UNKNOWN = "homes_unknown"
    NO_CANDIDATE = "no_candidate"


_NOT_COUNTED: Final = (
    _Standing.LOWER_PRIORITY,
    _Standing.OTHER_OWNER,
    _Standing.OWNER_UNKNOWN,
    _Standing.TOO_LATE,
    _Standing.TOO_SHORT,
    _Standing.TERM_UNKNOWN,
    _Standing.UNRANKED,
)


def compare(
    targets: Targets,
    locations: pd.DataFrame,
    as_of: dt.date,
    *,
    required_years: float | None = None,
    assessed: Collection[str] | None = None,
    priority: str | None = None,
    rules_assessed: Collection[str] | None = None,
    language: Language = "en",
) -> TargetComparison:
    """Compare targets with the capacity of locations.

    A location is secured for a target when it is ranked (`available` or `attention`) in the class
    of priority that counts, its owner can say yes (the targets file names the rule that tells), its
    homes are known, and its term starts in time and lasts the required years (counted from `as_of`,
    where it has already started). A term that was not assessed is not known. Secured locations of
    all municipalities of a region are merged by score, then homes, then parcel id, and fill the
    target in that order. A location counts once
    per target; it may count for several targets, as a municipality lies in a region and in the
    country.

    Where municipalities of a region were not assessed, what was found is the least there is: the
    target is `covered` if that is enough, and `unknown` if not. Where none was assessed, nothing is
    known of it.

    Parameters
    ----------
    targets
        As `load_targets` reads them.
    locations
        Locations of one or more municipalities, such as `Ranking.locations` or the rows of
        ``ranking.csv``. The order of rows does not matter. (n, ...)
    as_of
        The date from which terms count; today's date is never read.
    required_years
        Shortest term that counts, for targets that state none of their own; None: that of the
        targets file. [year]
    assessed
        Codes or names of the municipalities that were assessed, besides those that have a row.
        None: only those; a municipality without any location then counts as not assessed.
    priority
        Class of priority that counts; None: every class.
    rules_assessed
        Ids of the rules that were assessed, for what is known of the owner; None: all.
    language
        Of titles, and of what a target is held against.

    Returns
    -------
    TargetComparison
        Its `targets` have, per target: `target` and its `title`, `place` (a key of the
        regions, or the municipality) and its `place_title`, `homes` asked, `at_least`, `per`, `by`,
        `by_passed` (whether that was before `as_of`), `required_years`; `status` covered, short or
        unknown; `covered_homes` (at most what is asked) and `short_homes`; `secured_homes` with
        `_low` and `_high`, `secured_locations`, `years_of_target` (of a yearly target); what does
        not count: `lower_priority_homes`, `other_owner_homes`, `owner_unknown_homes`,
        `too_late_homes`, `too_short_homes`, `term_unknown_homes`, `unranked_homes` (on
        locations with status unknown), `locations_without_homes` (ranked, number not known);
        `municipalities`, `municipalities_assessed`, the names `not_assessed`, and in words what the
        target is `held_against`; `source`, `basis`.
        Null is not known.

    Raises
    ------
    LayerError
        When the locations lack a column, have a date that is none or negative homes, or say two
        things of the same parcel.

    Examples
    --------
    >>> from flexruimte.analyses.targets import load_targets
    >>> homes = {"homes": [120], "homes_low": [90], "homes_high": [150]}
    >>> term = {"term_start": ["2027-01-01"], "term_end": ["2045-01-01"], "term_years": [18.0]}
    >>> where = {"parcel_id": ["P1"], "gemeente_code": ["GM0363"], "gemeente": ["Amsterdam"]}
    >>> said = dict.fromkeys(["reasons", "attention", "notes", "missing"], [""])
    >>> place = {"status": ["available"], "priority": ["shortlist"], "score": [70.0]}
    >>> locations = pd.DataFrame(where | homes | term | said | place)
    >>> found = compare(load_targets("targets-minister-2021"), locations, dt.date(2026, 1, 1))
    >>> mra = found.targets.set_index("target").loc["mra"]
    >>> print(mra["homes"], mra["secured_homes"], mra["status"])
    3000 120 unknown
    >>> found.unknown["mra"].split(":")[1]
    ' 29 of 30 municipalities were not assessed'
    """
    rows, repeated = check_locations(locations)
    default_years = targets.required_years.value if required_years is None else required_years
    membership = Membership(rows, assessed, language)
    outcomes, fillings, unknown, held_against = [], [], {}, {}
    candidacy = _candidacy(rows, priority, _owner_says(targets, rows, rules_assessed))
    for key, target in targets.targets.items():
        inside, municipalities = membership.of(target, targets)
        here = rows[inside]
        years = default_years if target.required_years is None else target.required_years
        standing = _standing(here, candidacy[inside], as_of, years, target.by)
        outcome = _outcome(key, target, municipalities, here, standing)
        outcome |= {
            "title": key if target.title is None else getattr(target.title, language),
            "place": target.region or target.municipality,
            "by_passed": target.by is not None and target.by < as_of,
            "required_years": years,
        }
        if outcome["status"] == "unknown":
            unknown[key] = municipalities.why_unknown
        if not municipalities.complete:
            held_against[key] = municipalities.held_against
        outcomes.append(outcome)
        fillings.append(_filling(key, target.homes, here[standing == _Standing.SECURED]))
    return TargetComparison(
        as_of=as_of,
        targets=typed_table(outcomes, _OUTCOME_TYPES),
        filling=pd.concat(fillings, ignore_index=True),
        production=production_table(targets),
        unknown=unknown,
        held_against=held_against,
        repeated=repeated,
    )


def _owner_says(
    targets: Targets, rows: pd.DataFrame, rules_assessed: Collection[str] | None
) -> Verdicts:
    """Return whether the owner of each location can say yes; yes where targets do not ask. (n,)"""
    asked = targets.owner_rule
    if asked is None:
        return np.full(len(rows), YES)
    if rules_assessed is not None and asked.rule not in rules_assessed:
        return np.full(len(rows), UNKNOWN)
    return verdicts_of(asked.rule, rows)


def _candidacy(rows: pd.DataFrame, priority: str | None, owner: Verdicts) -> NDArray[Any]:
    """Return for each location why it counts for no target, or SECURED where it may. (n,)."""
    ranked = rows[STATUS].isin([str(status) for status in RANKED_STATUSES]).to_numpy()
    lower = np.zeros(len(rows), dtype=bool)
    if priority is not None:
        lower = rows[PRIORITY].ne(priority).to_numpy()
    return np.select(
        [
            rows[STATUS].eq(str(Status.UNKNOWN)).to_numpy(),
            ~ranked,
            rows[HOMES].isna().to_numpy(),
            lower,
            owner == NO,
            owner == UNKNOWN,
        ],
        [
            _Standing.UNRANKED,
            _Standing.NO_CANDIDATE,
            _Standing.HOMES_UNKNOWN,
            _Standing.LOWER_PRIORITY,
            _Standing.OTHER_OWNER,
            _Standing.OWNER_UNKNOWN,
        ],
        default=_Standing.SECURED,
    )


def _standing(
    rows: pd.DataFrame,
    candidacy: NDArray[Any],
    as_of: dt.date,
    required_years: float,
    by: dt.date | None,
) -> NDArray[Any]:
    """Return for each location whether it counts for a target, or why not. (n,)."""
    today = np.datetime64(as_of, "D")
    start, end = (rows[name].to_numpy().astype("datetime64[D]") for name in (TERM_START, TERM_END))
    years: Floats = rows[TERM_YEARS].to_numpy(copy=True)
    begun = start < today
    # What is left of a term that has begun; not known without an end.
    years[begun] = np.where(
        np.isnat(end[begun]),
        np.nan,
        np.maximum(years_between(np.full(begun.sum(), today), end[begun]), 0.0),
    )
    term_unknown = np.isnan(years) | (np.isnat(start) & (years >= required_years))
    too_late = np.zeros(len(rows), dtype=bool) if by is None else start > np.datetime64(by, "D")
    return np.select(
        [candidacy != _Standing.SECURED, term_unknown, years < required_years, too_late],
        [candidacy, _Standing.TERM_UNKNOWN, _Standing.TOO_SHORT, _Standing.TOO_LATE],
        default=_Standing.SECURED,
    )


def _outcome(
    key: str,
    target: Target,
    municipalities: AssessedMunicipalities,
    rows: pd.DataFrame,
    standing: NDArray[Any],
) -> dict[str, Any]:
    """Return the row of one target; null where no municipality was assessed."""
    known = municipalities.assessed > 0 or len(rows) > 0
    secured = rows[standing == _Standing.SECURED]
    total = _sum(secured, HOMES) or 0
    covered = min(total, target.homes)
    enough = known and covered == target.homes
    status = "covered" if enough else "short" if known and municipalities.complete else "unknown"
    count = {
        "covered_homes": covered,
        "secured_homes": total,
        "secured_homes_low": _sum(secured, HOMES_LOW),
        "secured_homes_high": _sum(secured, HOMES_HIGH),
        "secured_locations": len(secured),
        "years_of_target": total / target.homes if target.per == "year" else None,
        **{f"{what}_homes": _sum(rows[standing == what], HOMES) for what in _NOT_COUNTED},
        "locations_without_homes": int((standing == _Standing.HOMES_UNKNOWN).sum()),
    }
    return {
        "target": key,
        "place_title": municipalities.name,
        "homes": target.homes,
        "at_least": target.at_least,
        "per": target.per,
        "by": target.by,
        "status": status,
        "short_homes": None if status == "unknown" else target.homes - covered,
        **(count if known else dict.fromkeys(count)),
        "municipalities": municipalities.municipalities,
        "municipalities_assessed": municipalities.assessed,
        "not_assessed": _SEPARATOR.join(municipalities.not_assessed),
        "held_against": municipalities.held_against,
        "source": target.source,
        "basis": str(target.basis),
    }


def _sum(rows: pd.DataFrame, homes: str) -> int | None:
    """Return the homes on locations; None if those of any are not known."""
    return None if rows[homes].isna().any() else int(rows[homes].sum())


_OUTCOME_TYPES: Final = {
    "target": "string",
    "title": "string",
    "place": "string",
    "place_title": "string",
    "homes": "Int64",
    "at_least": "bool",
    "per": "string",
    "by": "datetime64[s]",
    "by_passed": "bool",
    "required_years": "float64",
    "status": "string",
    "covered_homes": "Int64",
    "short_homes": "Int64",
    "secured_homes": "Int64",
    "secured_homes_low": "Int64",
    "secured_homes_high": "Int64",
    "secured_locations": "Int64",
    "years_of_target": "float64",
    "lower_priority_homes": "Int64",
    "other_owner_homes": "Int64",
    "owner_unknown_homes": "Int64",
    "too_late_homes": "Int64",
    "too_short_homes": "Int64",
    "term_unknown_homes": "Int64",
    "unranked_homes": "Int64",
    "locations_without_homes": "Int64",
    "municipalities": "Int64",
    "municipalities_assessed": "Int64",
    "not_assessed": "string",
    "held_against": "string",
    "source": "string",
    "basis": "string",
}


def _filling(key: str, homes: int, secured: pd.DataFrame) -> pd.DataFrame:
    """Return the locations that fill a target, in rank order, until it is reached."""
    cumulative = secured[HOMES].cumsum()
    # A location without room for a home fills nothing.
    rows = secured[(cumulative - secured[HOMES] < homes) & (secured[HOMES] > 0)]
    table = pd.DataFrame(
        {
            "target": pd.Series(key, index=rows.index, dtype="string"),
            "order": np.arange(1, len(rows) + 1),
        }
    )
    for name in (MUNICIPALITY_CODE, MUNICIPALITY_NAME, PARCEL_ID):
        table[name] = rows[name].astype("string")
    table[SCORE] = rows[SCORE]
    table[HOMES] = rows[HOMES].astype("Int64")
    table["cumulative_homes"] = cumulative[rows.index].astype("Int64")
    for name in (TERM_START, TERM_END, TERM_YEARS):
        table[name] = rows[name]
    return table
