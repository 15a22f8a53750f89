"""The program of a plan: how many groups of each location take which route, at the least cost.

Its columns are routes, and it is solved by column generation (C. Barnhart and others,
"Branch-and-price: column generation for solving huge integer programs", Operations Research 46,
1998):

1. Homes move one by one. A linear program is solved over a few routes per location; its duals price
   every place and year; one pass over the time-expanded network finds the cheapest routes of every
   location at these prices; routes with a negative reduced cost join, until there are none. Then
   the linear program over *all* routes is solved, though few of them were ever written down.
2. Homes move in groups, with cuts for what groups of fixed sizes cannot do (`cuts`).

This gives a lower bound on the cost of every plan; `search` finds a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from scipy import optimize, sparse

from flexruimte.analyses.relocation.cuts import Cuts, violated_cut, whole_group_cuts
from flexruimte.analyses.relocation.network import Labels, Prices, label_nodes, routes_from
from flexruimte.analyses.relocation.parameters import RelocationError
from flexruimte.analyses.relocation.routes import Routes, RouteTable
from flexruimte.vocabulary import Floats, Integers

__all__ = [
    "THOUSANDS_PER_EUR",
    "Classes",
    "Program",
    "Relaxation",
    "group_classes",
    "home_classes",
    "relax",
    "seed_routes",
    "solve_linear",
    "write_program",
]

Progress: TypeAlias = Callable[[str], None]

THOUSANDS_PER_EUR: Final = 1e-3
"""The solver counts in thousands of euros, so that its numbers are of one size."""
_LEAST_SAVING: Final = 0.02
"""A route joins when its reduced cost is below minus this. [EUR per home]"""
_FIRST_ROUTES: Final = 10
"""Routes per location to start with."""
_ROUTES_PER_ROUND: Final = 6
"""Most routes per location that join in one round."""
_MOST_ROUNDS: Final = 200
_LEAST_CUT_GAIN: Final = 1e-5
"""Share of the cost by which cuts must raise the bound in a round to count as progress."""
_MOST_SLOW_ROUNDS: Final = 3
"""Cuts are sought until so many rounds in a row bring no progress."""
_ACCEPTED_SHARE: Final = 3e-7
"""In groups, the bound need not be nearer to the linear program over all routes than this share."""
_MOST_CUT_COLUMNS: Final = 1_500_000
"""Cuts are sought until the linear programs had so many columns in all, which takes minutes."""
_INTERIOR_POINT_FROM: Final = 20_000
"""Columns from which the interior-point method is faster than the simplex method."""
_MOST_ROUTES: Final = 24
_KEPT_ROUTES: Final = 12
"""With more than `_MOST_ROUTES` routes per location, only so many of the best are kept."""


@dataclass(frozen=True)
class Classes:
    """What moves: for each origin, a number of units of one size."""

    origin: Integers
    """Row of the placements. (classes,)"""
    size: Integers
    """Homes per unit. (classes,)"""
    count: Integers
    """Units. (classes,)"""
    whole: int
    """The size of a whole group. [homes] 0: homes move one by one."""


@dataclass(frozen=True)
class Relaxation:
    """The linear program over all routes."""

    bound_eur: float
    """No plan costs less. [EUR]"""
    prices: Prices
    duals: Floats
    """Dual of each class: what one more unit would cost. [EUR per home] (classes,)"""
    labels: dict[int, Labels]
    """Cheapest ways onward at these prices, by size of the group."""
    cuts: Cuts


@dataclass(frozen=True)
class Program:
    """The program over the routes at hand: a column per class and route of its origin."""

    cost: Floats
    """Thousand EUR per unit. (columns,)"""
    balance: sparse.csr_array
    """1 where a column is of a class. (classes, columns)"""
    room: sparse.csr_array
    """Homes per unit in each capacity row, then the weight in each cut. (rows, columns)"""
    spare: Floats
    """Limits of those rows. (rows,)"""
    units: Integers
    """Units of each class. (classes,)"""
    class_of: Integers
    """Class of each column. (columns,)"""
    route_of: Integers
    """Row in the table of routes of each column. (columns,)"""
    taken: sparse.csr_array
    """1 where a unit of the column takes places. (columns, capacity rows)"""


def home_classes(routes: Routes) -> Classes:
    """Return the homes of each origin, one by one."""
    homes = routes.network.problem.placements["homes"].to_numpy(dtype=np.intp)
    due = _origins_left(routes)
    return Classes(due, np.ones(len(due), dtype=np.intp), homes[due], 0)


def group_classes(routes: Routes) -> Classes:
    """Return the whole groups of each origin and what is left over."""
    whole = routes.network.problem.parameters.group_homes
    due = _origins_left(routes)
    homes = routes.network.problem.placements["homes"].to_numpy(dtype=np.intp)[due]
    origin, size = (
        np.concatenate([due, due]),
        np.concatenate([np.full(len(due), whole), homes % whole]),
    )
    count = np.concatenate([homes // whole, np.ones(len(due), dtype=np.intp)])
    order = np.lexsort((-size, origin))
    order = order[(size * count)[order] > 0]
    return Classes(origin[order], size[order], count[order], whole)


def _origins_left(routes: Routes) -> Integers:
    """Return the origins that homes have to leave before the plan ends."""
    leaving = routes.network.problem.placements["leaving"].to_numpy(dtype=np.intp)
    return np.flatnonzero(leaving < routes.network.problem.end_year)


def write_program(routes: Routes, table: RouteTable, classes: Classes, cuts: Cuts) -> Program:
    """Return the program over the routes at hand.

    It has a column for every class and route of its origin that has room for a unit of the class.
    """
    begin = np.searchsorted(table.origin, classes.origin, side="left")
    number = np.searchsorted(table.origin, classes.origin, side="right") - begin
    class_of = np.repeat(np.arange(len(classes.origin)), number)
    route_of = (
        np.arange(len(class_of))
        - np.repeat(np.cumsum(number) - number, number)
        + np.repeat(begin, number)
    )
    fits = table.room[route_of] >= (classes.size[class_of] if classes.whole else 0)
    class_of, route_of = class_of[fits], route_of[fits]
    size, columns = classes.size[class_of], len(class_of)
    taken = sparse.csr_array(table.usage[route_of])
    homes = sparse.csr_array((taken.multiply(size[:, None].astype(np.float64))).T)
    counted = sparse.coo_array(sparse.csr_array(taken.T)[cuts.row])
    numbers = counted.data * cuts.weight[counted.row, size[counted.col]]
    weighed = sparse.csr_array((numbers, (counted.row, counted.col)), shape=counted.shape)
    return Program(
        cost=table.cost[route_of] * size * THOUSANDS_PER_EUR,
        balance=sparse.csr_array(
            (np.ones(columns), (class_of, np.arange(columns))), shape=(len(classes.origin), columns)
        ),
        room=sparse.csr_array(sparse.vstack([homes, weighed], format="csr")),
        spare=np.concatenate([routes.rows.spare.astype(np.float64), cuts.limit]),
        units=classes.count,
        class_of=class_of,
        route_of=route_of,
        taken=taken,
    )


def seed_routes(routes: Routes) -> None:
    """Add the cheapest routes of each origin as if there were room everywhere."""
    labels = label_nodes(
        routes.network,
        Prices.none(routes.network.problem),
        routes.network.problem.parameters.group_homes,
    )
    nodes = routes.network.problem.placements[["site", "leaving"]].to_numpy(dtype=np.intp)
    for origin in _origins_left(routes):
        site, leaving = nodes[origin]
        for route in routes_from(
            routes.network, labels, int(site), int(leaving), np.inf, _FIRST_ROUTES
        ):
            routes.add(int(origin), route)


def relax(routes: Routes, classes: Classes, progress: Progress) -> Relaxation:
    """Solve the linear program over all routes, with the cuts that it violates.

    Parameters
    ----------
    routes
        The routes at hand; those that the program needs are added.
    classes
        What moves.
    progress
        Called with a line of text every round.
    """
    sizes = [int(size) for size in np.unique(classes.size)]
    spare = routes.rows.spare
    cuts = whole_group_cuts(spare, classes.whole) if classes.whole > 1 else Cuts.none(1)
    best: Relaxation | None = None
    tested: dict[int, bytes] = {}
    slow, work = 0, 0
    for turn in range(_MOST_ROUNDS):
        table = routes.table()
        program = write_program(routes, table, classes, cuts)
        value, prices, duals, filled, reduced = _solve_linear(routes, program, cuts)
        duals = duals / np.maximum(classes.size, 1)
        if (
            len(routes) > _MOST_ROUTES * max(len(np.unique(classes.origin)), 1)
            and turn < _MOST_ROUNDS // 2
        ):
            least = np.full(len(table.routes), np.inf)
            np.minimum.at(least, program.route_of, reduced / classes.size[program.class_of])
            routes.keep_best(table, least, _KEPT_ROUTES)
        labels = {
            size: label_nodes(routes.network, prices, size if classes.whole else 0)
            for size in sizes
        }
        shortfall, joined = _price(routes, classes, labels, duals)
        found = Relaxation(value + shortfall, prices, duals, labels, cuts)
        slow = (
            0
            if best is None or found.bound_eur - best.bound_eur > _LEAST_CUT_GAIN * abs(value)
            else slow + 1
        )
        best = found if best is None or found.bound_eur > best.bound_eur else best
        facts = f"{joined} of {len(routes)} routes joined, {len(cuts.row)} cuts"
        progress(f"round {turn + 1}: {value:,.0f} EUR, bound {found.bound_eur:,.0f} EUR, {facts}")
        work += len(program.cost)
        seek = classes.whole > 1 and work < _MOST_CUT_COLUMNS
        violated = _violated_cuts(program, classes, spare, filled, tested) if seek else Cuts.none(1)
        priced = not joined or (
            classes.whole > 1 and value - best.bound_eur < _ACCEPTED_SHARE * abs(value)
        )
        if priced and (not len(violated.row) or slow >= _MOST_SLOW_ROUNDS):
            break
        cuts = cuts.joined(violated) if len(violated.row) else cuts
    return best or found


def _violated_cuts(
    program: Program, classes: Classes, spare: Integers, filled: Floats, tested: dict[int, bytes]
) -> Cuts:
    """Return a cut for every capacity row that is filled with fractions of groups.

    `tested` holds how rows were filled when they were last tested: those are not tested again.
    """
    size = classes.size[program.class_of]
    standing = np.zeros((len(spare), classes.whole + 1))
    for each in np.unique(size):
        standing[:, each] = program.taken.T @ (filled * (size == each))
    standing = np.round(standing, 9)
    found = []
    for row in np.flatnonzero((standing % 1).any(axis=1)):
        filling = standing[row].tobytes()
        if tested.get(int(row)) == filling:
            continue
        tested[int(row)] = filling
        weights = violated_cut(int(spare[row]), standing[row])
        if weights is not None:
            found.append((row, weights))
    weight = np.array([weights for _, weights in found]).reshape(len(found), classes.whole + 1)
    return Cuts(np.array([row for row, _ in found], dtype=np.intp), weight, np.ones(len(found)))


def _solve_linear(
    routes: Routes, program: Program, cuts: Cuts
) -> tuple[float, Prices, Floats, Floats, Floats]:
    """Solve the program in parts of units.

    Returns
    -------
    tuple
        Its cost [EUR], the prices of places, the dual of each class [EUR per unit] (classes,), and
        per column the units and the reduced cost [EUR]. (columns,)
    """
    prices = Prices.none(routes.network.problem)
    if not len(program.units):
        return 0.0, prices, np.empty(0), np.empty(0), np.empty(0)
    rows, first = routes.rows, routes.network.problem.first_year
    found = solve_linear(program)
    if len(program.spare):
        dual = np.maximum(-np.asarray(found.ineqlin.marginals), 0.0) / THOUSANDS_PER_EUR
        prices.home[rows.site, rows.year - first] = dual[: len(rows.site)]
        of_cuts = dual[len(rows.site) :]
        for size in range(1, cuts.weight.shape[1]) if of_cuts.any() else ():
            prices.group[size] = np.zeros(prices.home.shape)
            np.add.at(
                prices.group[size],
                (rows.site[cuts.row], rows.year[cuts.row] - first),
                of_cuts * cuts.weight[:, size],
            )
    duals = np.asarray(found.eqlin.marginals, dtype=np.float64) / THOUSANDS_PER_EUR
    reduced = np.asarray(found.lower.marginals, dtype=np.float64) / THOUSANDS_PER_EUR
    return (
        float(found.fun) / THOUSANDS_PER_EUR,
        prices,
        duals,
        np.asarray(found.x, dtype=np.float64),
        reduced,
    )


def solve_linear(program: Program) -> Any:
    """Solve a program in parts of units; return what scipy found.

    Raises
    ------
    RelocationError
        When the solver fails; a plan that moves nothing always exists, so this is about numbers out
        of all proportion.
    """
    arguments: dict[str, Any] = {
        "A_eq": program.balance,
        "b_eq": program.units,
        "bounds": (0, None),
    }
    if len(program.spare):
        arguments |= {"A_ub": program.room, "b_ub": program.spare}
    method: Any = "highs-ipm" if len(program.cost) > _INTERIOR_POINT_FROM else "highs-ds"
    found = optimize.linprog(program.cost, method=method, **arguments)
    if found.status != 0:
        raise RelocationError(
            f"the linear program could not be solved: {found.message}; "
            "look for extreme costs or capacities in the sites"
        )
    return found


def _price(
    routes: Routes, classes: Classes, labels: dict[int, Labels], duals: Floats
) -> tuple[float, int]:
    """Add the routes with a negative reduced cost.

    Returns
    -------
    tuple
        What is to be added to the cost of the program to get a bound, at most 0 [EUR]; and how many
        routes joined.
    """
    nodes = routes.network.problem.placements[["site", "leaving"]].to_numpy(dtype=np.intp)
    first = routes.network.problem.first_year
    shortfall, joined = 0.0, 0
    for origin, size, count, dual in zip(
        classes.origin, classes.size, classes.count, duals, strict=True
    ):
        site, leaving = nodes[origin]
        mine = labels[int(size)]
        reduced = float(mine.value[0, site, leaving - first]) - float(dual)
        shortfall += min(reduced, 0.0) * int(size) * int(count)
        if reduced < -_LEAST_SAVING:
            found = routes_from(
                routes.network,
                mine,
                int(site),
                int(leaving),
                float(dual) - _LEAST_SAVING,
                _ROUTES_PER_ROUND,
            )
            joined += sum(routes.add(int(origin), route) for route in found)
    return shortfall, joined
