"""The tables that a relocation plan starts from: sites and placements, checked, in whole years."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.analyses.relocation.costs import dearest_move
from flexruimte.analyses.relocation.parameters import RelocationError, RelocationParameters
from flexruimte.errors import did_you_mean, enumerate_some
from flexruimte.vocabulary import (
    HOMES,
    MUNICIPALITY_CODE,
    PARCEL_ID,
    RANK,
    TERM_END,
    TERM_START,
    Floats,
    Integers,
)

__all__ = [
    "Problem",
    "RelocationError",
    "add_regions",
    "move_cost_factors",
    "place_by_rank",
    "prepare",
]

REGION: Final = "region"
PROVINCE: Final = "province"
FROM_YEAR: Final = "from_year"
UNTIL_YEAR: Final = "until_year"
_AREAS: Final = (MUNICIPALITY_CODE, REGION, PROVINCE)
_REQUIRED: Final = (PARCEL_ID, *_AREAS, "x", "y", HOMES, "hectares", TERM_START, TERM_END)
_DEFAULTS: Final = {"move_cost_factor": 1.0, "serviced_share": 0.0}
_RANGES: Final = {
    "x": (-np.inf, np.inf),
    "y": (-np.inf, np.inf),
    HOMES: (0, np.inf),
    "hectares": (0, np.inf),
    "move_cost_factor": (0, 100),
    "serviced_share": (0, 1),
}
"""Lowest and highest value of each column of numbers."""
_LEAST_SECONDS: Final = 45.0
_SECONDS_PER_SITE: Final = 0.14


@dataclass(frozen=True)
class Problem:
    """A relocation problem: sites by position, in the order of their ids, and whole years."""

    sites: pd.DataFrame
    """Checked, with the whole years `from_year` and `until_year`. (n, ...)"""
    placements: pd.DataFrame
    """Position of the `site`, `year`, `homes`, and the year of `leaving`. (origins, 4)"""
    parameters: RelocationParameters
    """With a value for every None that stands for one."""
    first_year: int
    end_year: int
    """The first year after the plan."""
    start: Integers
    """First whole year of each term. (n,)"""
    end: Integers
    """First year after each term. (n,)"""
    spare: Integers
    """Places that the first placements leave free, per site and year. [homes] (n, years)"""

    def leaving(self, arrival: Integers | int, site: Integers | None = None) -> Integers:
        """Return the year that homes leave a site when they arrive in a given year. (n,)."""
        end = self.end if site is None else self.end[site]
        longest = self.parameters.longest_stay
        return end if longest is None else np.minimum(end, np.asarray(arrival) + longest)

    def leaving_one(self, arrival: int, site: int) -> int:
        """Return the year that homes leave one site when they arrive in a given year."""
        longest = self.parameters.longest_stay
        return (
            int(self.end[site]) if longest is None else min(int(self.end[site]), arrival + longest)
        )

    @property
    def first_leaving(self) -> Integers:
        """The year that homes leave which are placed on a site as soon as it is open. (n,)."""
        return self.leaving(np.maximum(self.start, self.first_year))

    def stranded_eur(self, year: Integers | int) -> Floats:
        """Return the penalty for a home that has no place from a year on. [EUR per home]."""
        fixed, yearly = self.parameters.stranded_eur, self.parameters.stranded_eur_per_year
        return np.asarray(
            (fixed or 0.0) + (yearly or 0.0) * (self.end_year - np.asarray(year)), dtype=np.float64
        )


def add_regions(sites: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Return the sites with the region and province of their municipality.

    Parameters
    ----------
    sites
        With `gemeente_code`. (n, ...)
    regions
        A row per municipality: `gemeente_code`, `region`, `province`.

    Raises
    ------
    RelocationError
        When a municipality is in no region or in two.

    Examples
    --------
    >>> sites = pd.DataFrame({"parcel_id": ["A"], "gemeente_code": ["GM0546"]})
    >>> row = {"gemeente_code": ["GM0546"], "region": ["Leiden"], "province": ["Zuid-Holland"]}
    >>> add_regions(sites, pd.DataFrame(row)).loc[0, "region"]
    'Leiden'
    """
    table = regions[list(_AREAS)].drop_duplicates()
    twice = table.loc[table[MUNICIPALITY_CODE].duplicated(), MUNICIPALITY_CODE].unique()
    if len(twice):
        which = enumerate_some(twice)
        raise RelocationError(
            f"regions: municipality {which} is in more than one region or province; "
            "keep one row for each"
        )
    known = table[MUNICIPALITY_CODE].astype(str).tolist()
    unknown = sorted(set(sites[MUNICIPALITY_CODE].astype(str)) - set(known))
    if unknown:
        raise RelocationError(
            f"regions: no region is known of municipality {enumerate_some(unknown)}; "
            f"the table has {enumerate_some(sorted(known))}; add a row for each"
        )
    return sites.drop(columns=[REGION, PROVINCE], errors="ignore").merge(
        table, on=MUNICIPALITY_CODE, how="left", validate="many_to_one"
    )


def move_cost_factors(relocatability: pd.Series[Any], worst: float = 2.0) -> pd.Series[Any]:
    """Return how much dearer getting in and out of a site makes carrying homes.

    The factor falls in a straight line from `worst` at a relocatability of 0 to 1 at 100; where the
    relocatability is unknown (NaN), it is `worst`. That the worst site doubles the cost is an
    assumption.

    Examples
    --------
    >>> move_cost_factors(pd.Series([100.0, 50.0, 0.0, None])).tolist()
    [1.0, 1.5, 2.0, 2.0]
    """
    return worst - (worst - 1) * relocatability.fillna(0.0).clip(0, 100) / 100


def place_by_rank(
    sites: pd.DataFrame,
    homes: int | Mapping[str, int] | None = None,
    *,
    year: int | None = None,
    kept_free: Collection[str] = (),
    required_years: int = 15,
) -> pd.DataFrame:
    """Return first placements: homes on the best sites that are open, each filled before the next.

    Parameters
    ----------
    sites
        As `plan_relocation` takes them, with `score` (which compares over municipalities) or else
        `rank`.
    homes
        Homes to place: a number, a number per municipality code, or None for half of the places
        that are open: as many homes as leave a place in hand for each. A site is not split below
        what it holds, but the last one takes what is left. [homes]
    year
        When; None: the first year that a site is open. [calendar year]
    kept_free
        Ids of sites that are kept as receiving places.
    required_years
        Sites that are free for less long from that year are passed over. [year]

    Returns
    -------
    pandas.DataFrame
        `parcel_id`, `year`, `homes`, best first.

    Raises
    ------
    RelocationError
        When sites cannot be used, or a municipality or kept site is not among them.
    """
    table = check_sites(sites)
    _refuse_unknown("kept_free", kept_free, table[PARCEL_ID])
    has_term = table[UNTIL_YEAR] > table[FROM_YEAR]
    year = (
        year
        if year is not None
        else int(table.loc[has_term, FROM_YEAR].min())
        if has_term.any()
        else 0
    )
    open_then = (table[FROM_YEAR] <= year) & (table[UNTIL_YEAR] - year >= required_years)
    candidates = _best_first(
        table[open_then & ~table[PARCEL_ID].isin(list(kept_free)) & (table[HOMES] > 0)]
    )
    if any(
        number < 0 for number in (homes.values() if isinstance(homes, Mapping) else [homes or 0])
    ):
        raise RelocationError(f"homes to place is {homes}; write numbers from 0")
    if isinstance(homes, Mapping):
        _refuse_unknown("homes", homes, table[MUNICIPALITY_CODE])
        wanted = candidates[MUNICIPALITY_CODE].map(dict(homes)).fillna(0)
        before = candidates.groupby(MUNICIPALITY_CODE)[HOMES].cumsum() - candidates[HOMES]
    else:
        total = int(table.loc[open_then, HOMES].sum()) // 2 if homes is None else homes
        wanted = pd.Series(total, index=candidates.index)
        before = candidates[HOMES].cumsum() - candidates[HOMES]
    placed = (wanted - before).clip(lower=0).clip(upper=candidates[HOMES]).astype(np.int64)
    result = pd.DataFrame({PARCEL_ID: candidates[PARCEL_ID], "year": year, "homes": placed})
    return result[result["homes"] > 0].reset_index(drop=True)


def _best_first(table: pd.DataFrame) -> pd.DataFrame:
    """Return sites by score, or else by rank; of equal ones the largest first."""
    if "score" in table:
        order = table.assign(best=-table["score"].fillna(-1.0))
    elif RANK in table:
        order = table.assign(best=table[RANK])
    else:
        raise RelocationError(
            "sites: 'score' or 'rank' is needed to say which come first; "
            "add it, or give the placements yourself"
        )
    return order.sort_values(
        ["best", HOMES, PARCEL_ID], ascending=[True, False, True], kind="stable"
    ).drop(columns="best")


def _refuse_unknown(what: str, asked: Collection[str], known: pd.Series[Any]) -> None:
    unknown = sorted(set(map(str, asked)) - set(known))
    if unknown:
        raise RelocationError(
            f"{what}: {enumerate_some(unknown)} is not among the sites; "
            f"{did_you_mean(unknown[0], set(known))}"
        )


def check_sites(sites: pd.DataFrame) -> pd.DataFrame:
    """Return the sites by id, with defaults for optional columns and their terms in whole years.

    A term counts in whole calendar years: homes come and go on 1 January. A term that starts later
    in a year counts from the next year; one that ends in a year counts until that year, unless on
    31 December. A site without a term (both dates empty) holds nothing.

    Raises
    ------
    RelocationError
        Names column, sites and remedy.
    """
    missing = [name for name in _REQUIRED if name not in sites]
    if missing:
        raise RelocationError(
            f"sites: column {enumerate_some(missing)} is missing; needed are {', '.join(_REQUIRED)}"
        )
    table = sites.assign(**{name: value for name, value in _DEFAULTS.items() if name not in sites})
    table[PARCEL_ID] = table[PARCEL_ID].astype(str)
    table = table.sort_values(PARCEL_ID, kind="stable").reset_index(drop=True)
    _refuse(
        table, table[PARCEL_ID].duplicated(), "stands twice in the table", "keep one row per site"
    )
    for name in _AREAS:
        blank = table[name].isna() | table[name].astype("string").str.strip().eq("").fillna(True)
        _refuse(
            table,
            blank,
            f"has no {name}, or an unknown one",
            "fill the column; `add_regions` looks regions up by municipality",
        )
        table[name] = table[name].astype(str)
    for name, (low, high) in _RANGES.items():
        numbers = pd.to_numeric(table[name], errors="coerce").astype(np.float64)
        _refuse(
            table,
            ~(np.isfinite(numbers) & numbers.between(low, high)),
            f"has in column {name} no number from {low:g} to {high:g}",
            "correct it or leave the site out",
        )
        table[name] = numbers
    _refuse(
        table,
        table[HOMES] % 1 != 0,
        f"has in column {HOMES} a number that is not whole",
        "round it down",
    )
    table[HOMES] = table[HOMES].astype(np.int64)
    return _with_years(table)


def _with_years(table: pd.DataFrame) -> pd.DataFrame:
    """Return sites with the whole years of their terms."""
    dates = {}
    for name in (TERM_START, TERM_END):
        dates[name] = pd.to_datetime(table[name], errors="coerce", format="ISO8601")
        _refuse(
            table,
            dates[name].isna() & table[name].notna(),
            f"has a {name} that is no date",
            "write it as 2042-01-01",
        )
    start, end = dates[TERM_START], dates[TERM_END]
    _refuse(
        table,
        start.isna() != end.isna(),
        f"has only one of {TERM_START} and {TERM_END}",
        "give both, or neither where it has no term",
    )
    _refuse(
        table, end < start, "has a term that ends before it starts", "swap or correct the dates"
    )
    late = (start.dt.month > 1) | (start.dt.day > 1)
    from_year = (start.dt.year + late).fillna(0).astype(np.int64)
    until_year = (end + pd.Timedelta(days=1)).dt.year.fillna(0).astype(np.int64)
    return table.assign(
        **dates, **{FROM_YEAR: from_year, UNTIL_YEAR: np.maximum(until_year, from_year)}
    )


def _refuse(table: pd.DataFrame, wrong: Any, what: str, remedy: str) -> None:
    if wrong.any():
        raise RelocationError(
            f"sites: {enumerate_some(table.loc[wrong.astype(bool), PARCEL_ID])} {what}; {remedy}"
        )


def prepare(
    sites: pd.DataFrame, placements: pd.DataFrame, parameters: RelocationParameters
) -> Problem:
    """Return the problem by position.

    Raises
    ------
    RelocationError
        When sites or placements contradict themselves or each other.
    """
    table = check_sites(sites)
    placed = _check_placements(table, placements)
    first_year = (
        parameters.first_year if parameters.first_year is not None else _first_year(table, placed)
    )
    problem = Problem(
        sites=table,
        placements=placed,
        parameters=_with_penalties(table, parameters),
        first_year=first_year,
        end_year=first_year + parameters.horizon_years,
        start=table[FROM_YEAR].to_numpy(dtype=np.intp),
        end=table[UNTIL_YEAR].to_numpy(dtype=np.intp),
        spare=np.zeros((len(table), parameters.horizon_years), dtype=np.intp),
    )
    site, year = placed["site"].to_numpy(dtype=np.intp), placed["year"].to_numpy(dtype=np.intp)
    leaving = problem.leaving(year, site)
    ids = table[PARCEL_ID].to_numpy()[site]
    closed = (year < problem.start[site]) | (year >= problem.end[site])
    _refuse_placements(ids, closed, "is not open in the year that homes are placed there")
    _refuse_placements(
        ids,
        year >= problem.end_year,
        f"gets its homes after the plan, which ends with {problem.end_year - 1}",
    )
    _refuse_placements(
        ids, leaving < first_year, f"should have been left before the plan starts in {first_year}"
    )
    years = np.arange(first_year, problem.end_year)
    stands = (year[:, None] <= years) & (years < leaving[:, None])
    spare = np.repeat(table[HOMES].to_numpy(dtype=np.intp)[:, None], len(years), axis=1)
    np.subtract.at(spare, site, stands * placed["homes"].to_numpy(dtype=np.intp)[:, None])
    over = np.asarray((spare < 0).any(axis=1))
    _refuse_placements(table[PARCEL_ID].to_numpy(), over, "gets more homes than it holds")
    return replace(problem, placements=placed.assign(leaving=leaving), spare=spare)


def _first_year(table: pd.DataFrame, placed: pd.DataFrame) -> int:
    """Return the year of the first placement, or else the first that a site is open, or 2000."""
    years = (
        placed["year"]
        if len(placed)
        else table.loc[table[UNTIL_YEAR] > table[FROM_YEAR], FROM_YEAR]
    )
    return int(years.min()) if len(years) else 2000


def _check_placements(table: pd.DataFrame, placements: pd.DataFrame) -> pd.DataFrame:
    """Return placements with homes, by position of the site and year, each pair once."""
    missing = [name for name in (PARCEL_ID, "year", "homes") if name not in placements]
    if missing:
        raise RelocationError(
            f"placements: column {enumerate_some(missing)} is missing; "
            f"needed are {PARCEL_ID}, year, homes"
        )
    ids = placements[PARCEL_ID].astype(str)
    _refuse_unknown("placements", set(ids), table[PARCEL_ID])
    numbers = {
        name: pd.to_numeric(placements[name], errors="coerce").astype(np.float64)
        for name in ("year", "homes")
    }
    for name, values in numbers.items():
        found = values.to_numpy(dtype=np.float64)
        wrong = ~(np.isfinite(found) & (found >= 0) & (found % 1 == 0))
        _refuse_placements(ids.to_numpy(), wrong, f"has a '{name}' that is no whole number from 0")
    position = pd.Series(np.arange(len(table)), index=table[PARCEL_ID])
    whole = {name: values.to_numpy(dtype=np.intp) for name, values in numbers.items()}
    rows = pd.DataFrame({"site": position.reindex(ids).to_numpy(dtype=np.intp), **whole})
    total = pd.DataFrame(rows.groupby(["site", "year"], as_index=False, sort=True)["homes"].sum())
    return total[total["homes"] > 0].reset_index(drop=True)


def _refuse_placements(ids: Any, wrong: Any, what: str) -> None:
    if wrong.any():
        raise RelocationError(
            f"placements: {enumerate_some(ids[wrong])} {what}; correct the placements or the sites"
        )


def _with_penalties(table: pd.DataFrame, parameters: RelocationParameters) -> RelocationParameters:
    """Return the parameters with a time limit and penalties.

    A penalty that is given must be so high that every place is better than none.
    """
    dearest = dearest_move(table, parameters)
    route = max(dearest * parameters.moves, dearest, 1.0)
    yearly = dearest / parameters.required_years
    given = {
        "stranded_eur": (parameters.stranded_eur, route),
        "stranded_eur_per_year": (parameters.stranded_eur_per_year, yearly),
    }
    values: dict[str, float] = {}
    for name, (value, least) in given.items():
        if value is not None and value < least:
            least_text = f"{np.ceil(least):.0f}"
            raise RelocationError(
                f"{name} is {value:g}, less than what a route may cost; "
                f"write at least {least_text}, or leave it out"
            )
        values[name] = float(np.ceil(2 * least)) if value is None else value
    seconds = max(_LEAST_SECONDS, _SECONDS_PER_SITE * len(table))
    values["time_limit_seconds"] = (
        seconds if parameters.time_limit_seconds is None else parameters.time_limit_seconds
    )
    return replace(parameters, **values)  # type: ignore[arg-type]  # both are floats
