"""A relocation plan as tables: who moves where and when, at what cost, and how areas fare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from flexruimte.analyses.relocation.costs import SEARCH_LEVELS
from flexruimte.analyses.relocation.network import Network, route_cost
from flexruimte.analyses.relocation.parameters import RelocationParameters
from flexruimte.analyses.relocation.problem import PROVINCE, REGION, Problem
from flexruimte.analyses.relocation.program import Classes
from flexruimte.analyses.relocation.search import Solution
from flexruimte.analyses.relocation.values import Values
from flexruimte.vocabulary import HOMES, MUNICIPALITY_CODE, PARCEL_ID
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import number_text

__all__ = ["RelocationPlan", "plan_tables"]

_GROUP_COLUMNS: Final = ["group_id", PARCEL_ID, "year", "homes", "moves", "until_year", "stranded"]
_MOVE_COLUMNS: Final = [
    "group_id",
    "move",
    "year",
    "homes",
    "from_id",
    "to_id",
    "level",
    "distance_m",
    "cost_eur",
    "step_eur",
    "from_x",
    "from_y",
    "to_x",
    "to_y",
]
_STRANDED_COLUMNS: Final = ["group_id", "year", "homes", PARCEL_ID, "reason"]
_FLOWS: Final = ["standing", "placed", "moved_in", "moved_out", "stranded"]


@dataclass(frozen=True)
class RelocationPlan:
    """Where homes go when their term ends. All tables are in a fixed order."""

    sites: pd.DataFrame
    """The sites as checked, by id."""
    parameters: RelocationParameters
    """With the penalties and the first year filled in."""
    groups: pd.DataFrame
    """One row per group that moves together: `group_id`, first `parcel_id`, `year` and `homes`, its
    number of `moves`, `until_year` (when it has to leave the last place, which may be after the
    plan) and whether it is then `stranded`."""
    moves: pd.DataFrame
    """One row per group and move: `group_id`, `move` (1, 2, ..), `year`, `homes`, `from_id`,
    `to_id`, `level` of the search order, `distance_m` as the crow flies, `cost_eur` (money, all
    homes), `step_eur` (preference, all homes), and the ends of the line in RD, `from_x` .. `to_y`.
    [m]"""
    stranded: pd.DataFrame
    """One row per group without a next place: `group_id`, `year`, `homes`, `parcel_id` that it
    leaves, and `reason`: `moves_used`, `no_open_site` (none is open then for long enough), or
    `no_room` (all that are open are full, or too small for the group)."""
    successors: pd.DataFrame
    """Per site, year and next site: `from_id`, `year`, `to_id`, `groups`, `homes`, `level`,
    `distance_m`, `cost_eur`."""
    locations: pd.DataFrame
    """Per site: homes `placed`, `arrived`, `left` (had to leave within the plan), `secured` (of
    those, with a next place), `stranded`; `secured_share` (NaN where none has to leave),
    `fullest_share` (of its places, in its fullest year), `home_place_eur`, `hectare_eur` and
    `year_eur` (what one more place, hectare or year of term would save, at most) and
    `next_place_eur` (what a next place costs one more home there)."""
    municipalities: pd.DataFrame
    """Per municipality and year: homes `standing`, `placed`, `moved_in`, `moved_out`, `stranded`.
    Standing is that of the year before, plus placed and moved in, minus moved out and stranded;
    moves within an area count as out and in."""
    regions: pd.DataFrame
    """The same per region."""
    money_eur: float
    """Cost of all moves. [EUR]"""
    objective_eur: float
    """Money, steps of the search order and penalties: what the plan minimises. [EUR]"""
    bound_eur: float
    """No plan has a lower objective. [EUR]"""
    gap: float
    """(objective - bound) / objective; 0 where both are 0."""
    status: str
    """`optimal` (within the accepted gap); or, with a larger gap, `within_gap` (the search came to
    its end) or `time_limit` (it was cut off)."""

    @property
    def secured_share(self) -> float:
        """Share of the homes that have to leave a place within the plan that have a next place.

        NaN where none has to leave.
        """
        left = int(self.locations["left"].sum())
        return float(self.locations["secured"].sum() / left) if left else float("nan")

    @property
    def stranded_by_year(self) -> dict[int, int]:
        """Homes without a next place, by the year that they have to leave, as far as there are."""
        total = self.stranded.groupby("year")["homes"].sum()
        return {int(year): int(homes) for year, homes in total.items()}  # type: ignore[call-overload]  # years are int64

    def describe(self, language: Language = "en") -> list[str]:
        """Return a summary of the plan, as a few lines of text.

        Parameters
        ----------
        language
            nl or en.
        """
        first, homes = int(self.parameters.first_year or 0), int(self.groups["homes"].sum())

        if not homes:
            return [message("relocation-no-home", language)]

        def whole(number: float) -> str:
            return number_text(number, 0, language)

        opening = message(
            "relocation-homes",
            language,
            homes=whole(homes),
            home_count=homes,
            groups=whole(len(self.groups)),
            group_count=len(self.groups),
            first=str(first),
            end=str(first + self.parameters.horizon_years),
        )
        if not self.locations["left"].sum():
            return [opening, message("relocation-none-leaves", language)]
        share = number_text(self.secured_share * 100, 1, language)
        moves, money = len(self.moves), whole(self.money_eur)
        gap = number_text(self.gap * 100, 3, language)
        return [
            opening,
            message("relocation-secured", language, share=share),
            message("relocation-moves", language, moves=whole(moves), count=moves, money=money),
            *(
                message(
                    "relocation-stranded",
                    language,
                    year=str(year),
                    homes=whole(number),
                    count=number,
                )
                for year, number in self.stranded_by_year.items()
            ),
            message("relocation-gap", language, gap=gap),
        ]


def plan_tables(
    network: Network, classes: Classes, solution: Solution, values: Values
) -> dict[str, Any]:
    """Return the tables of a plan and the cost of its moves."""
    problem = network.problem
    groups, moves, stranded = _groups(network, classes, solution)
    successors = moves.groupby(["from_id", "year", "to_id"], as_index=False, sort=True).agg(
        groups=("group_id", "size"),
        homes=("homes", "sum"),
        level=("level", "first"),
        distance_m=("distance_m", "first"),
        cost_eur=("cost_eur", "sum"),
    )
    by_year = _by_site_and_year(problem, groups, moves, stranded)
    return {
        "groups": groups,
        "moves": moves,
        "stranded": stranded,
        "successors": successors,
        "locations": _locations(problem, by_year, values),
        "municipalities": _by_area(problem, by_year, MUNICIPALITY_CODE),
        "regions": _by_area(problem, by_year, REGION),
        "money_eur": float(moves["cost_eur"].sum()),
    }


def _groups(
    network: Network, classes: Classes, solution: Solution
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the tables of groups, of moves and of stranded groups.

    Groups are numbered by first site and year: the largest first, those that move before those that
    do not.
    """
    problem = network.problem
    ids = problem.sites[PARCEL_ID].to_numpy()
    routes = _routes_by_origin(classes, solution)
    groups: list[tuple[Any, ...]] = []
    moves: list[tuple[Any, ...]] = []
    stranded: list[tuple[Any, ...]] = []
    placements = problem.placements[["site", "year", "homes", "leaving"]].to_numpy(dtype=np.intp)
    for origin, (site, year, homes, leaving) in enumerate(placements.tolist()):
        staying = [(size, ()) for size in _split(homes, problem.parameters.group_homes)]
        mine = sorted(
            routes.get(origin, staying), key=lambda group: (-group[0], group[1] == (), group[1])
        )
        for number, (size, route) in enumerate(mine, start=1):
            name = f"{ids[site]}/{year}/{number}"
            stays, stranded_in = (
                route_cost(network, site, leaving, route)[1:]
                if leaving < problem.end_year
                else ([], None)
            )
            at = [site, *route]
            moves += [
                (name, move, arrival, size, at[move - 1], at[move])
                for move, (_, arrival, _) in enumerate(stays, start=1)
            ]
            until = stays[-1][2] if stays else leaving
            groups.append((name, ids[site], year, size, len(stays), until, stranded_in is not None))
            if stranded_in is not None:
                reason = _reason(network, stranded_in, len(stays))
                stranded.append((name, stranded_in, size, ids[at[-1]], reason))
    return (
        _with_whole_numbers(pd.DataFrame(groups, columns=_GROUP_COLUMNS)).astype(
            {"stranded": bool}
        ),
        _moves(network, moves),
        _with_whole_numbers(pd.DataFrame(stranded, columns=_STRANDED_COLUMNS)),
    )


def _routes_by_origin(
    classes: Classes, solution: Solution
) -> dict[int, list[tuple[int, tuple[int, ...]]]]:
    """Return the size and route of every group, by origin."""
    routes: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
    for group_class, route, units in zip(
        solution.class_of, solution.route, solution.units, strict=True
    ):
        group = (int(classes.size[group_class]), route)
        routes.setdefault(int(classes.origin[group_class]), []).extend([group] * int(units))
    return routes


def _with_whole_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its numbers as int64, also where it has no rows."""
    whole = {name for name in table if name in ("move", "moves", "year", "until_year", "homes")}
    return table.astype(dict.fromkeys(whole, np.int64))


def _split(homes: int, whole: int) -> list[int]:
    """Return the sizes of whole groups and what is left over."""
    return [whole] * (homes // whole) + ([homes % whole] if homes % whole else [])


def _reason(network: Network, year: int, made: int) -> str:
    """Return why a group that made some moves has no next place in a year."""
    if made == network.problem.parameters.moves:
        return "moves_used"
    departing = network.departures.get(year)
    return "no_room" if departing is not None and len(departing.columns) else "no_open_site"


def _moves(network: Network, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return moves between positions with ids, distances, costs and coordinates."""
    table = pd.DataFrame(rows, columns=["group_id", "move", "year", "homes", "from", "to"])
    origin, destination = (table[name].to_numpy(dtype=np.intp) for name in ("from", "to"))
    homes = table["homes"].to_numpy(dtype=np.float64)
    sites = network.problem.sites
    money, level = (
        network.costs.money(origin, destination),
        network.costs.level(origin, destination),
    )
    table = table.assign(
        from_id=sites[PARCEL_ID].to_numpy()[origin],
        to_id=sites[PARCEL_ID].to_numpy()[destination],
        level=np.array(SEARCH_LEVELS, dtype=object)[level],
        distance_m=network.costs.distance(origin, destination),
        cost_eur=money * homes,
        step_eur=np.array(network.problem.parameters.steps_eur)[level] * homes,
        **{
            f"{end}_{axis}": sites[axis].to_numpy()[at]
            for end, at in (("from", origin), ("to", destination))
            for axis in ("x", "y")
        },
    )
    return _with_whole_numbers(table[_MOVE_COLUMNS])


def _by_site_and_year(
    problem: Problem, groups: pd.DataFrame, moves: pd.DataFrame, stranded: pd.DataFrame
) -> dict[str, np.ndarray[Any, Any]]:
    """Return homes per site and year for each flow. (n, years) each.

    `standing` counts homes that stand there all year.
    """
    count, years = problem.spare.shape
    position = pd.Series(np.arange(count), index=problem.sites[PARCEL_ID])
    flows = {name: np.zeros((count, years), dtype=np.int64) for name in _FLOWS}
    before = groups["year"] < problem.first_year
    started = groups[~before]
    for name, table, site in (
        ("placed", started, PARCEL_ID),
        ("moved_in", moves, "to_id"),
        ("moved_out", moves, "from_id"),
        ("stranded", stranded, PARCEL_ID),
    ):
        at = (
            position.reindex(table[site]).to_numpy(dtype=np.intp),
            table["year"].to_numpy(dtype=np.intp) - problem.first_year,
        )
        np.add.at(flows[name], at, table["homes"].to_numpy())
    at_first = np.zeros(count, dtype=np.int64)
    np.add.at(
        at_first,
        position.reindex(groups.loc[before, PARCEL_ID]).to_numpy(dtype=np.intp),
        groups.loc[before, "homes"].to_numpy(),
    )
    change = flows["placed"] + flows["moved_in"] - flows["moved_out"] - flows["stranded"]
    flows["standing"] = at_first[:, None] + np.cumsum(change, axis=1)
    return flows


def _locations(
    problem: Problem, flows: dict[str, np.ndarray[Any, Any]], values: Values
) -> pd.DataFrame:
    """Return the table of sites, over the whole plan."""
    places = problem.sites[HOMES].to_numpy(dtype=np.float64)
    total = {name: flow.sum(axis=1) for name, flow in flows.items()}
    placed = np.zeros(len(places), dtype=np.int64)
    np.add.at(
        placed,
        problem.placements["site"].to_numpy(dtype=np.intp),
        problem.placements["homes"].to_numpy(),
    )
    left = total["moved_out"] + total["stranded"]
    fullest = flows["standing"].max(axis=1, initial=0)
    return pd.DataFrame(
        {
            **{
                name: problem.sites[name]
                for name in (PARCEL_ID, MUNICIPALITY_CODE, REGION, PROVINCE, HOMES)
            },
            "placed": placed,
            "arrived": total["moved_in"],
            "left": left,
            "secured": total["moved_out"],
            "stranded": total["stranded"],
            "secured_share": np.divide(
                total["moved_out"], left, out=np.full(len(places), np.nan), where=left > 0
            ),
            "fullest_share": np.divide(
                fullest, places, out=np.zeros(len(places)), where=places > 0
            ),
            "home_place_eur": values.home_place_eur,
            "hectare_eur": values.hectare_eur,
            "year_eur": values.year_eur,
            "next_place_eur": values.next_place_eur,
        }
    )


def _by_area(problem: Problem, flows: dict[str, np.ndarray[Any, Any]], area: str) -> pd.DataFrame:
    """Return homes per area and year for each flow, `area` being a column of the sites."""
    codes, names = pd.factorize(problem.sites[area], sort=True)
    years = np.arange(problem.first_year, problem.end_year)
    table = pd.DataFrame(
        {
            area: np.repeat(np.asarray(names, dtype=object), len(years)),
            "year": np.tile(years, len(names)),
        }
    )
    for name in _FLOWS:
        total = np.zeros((len(names), len(years)), dtype=np.int64)
        np.add.at(total, codes, flows[name])
        table[name] = total.ravel()
    return table
