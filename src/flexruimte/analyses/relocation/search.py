"""The search for a plan in whole groups, with a proof that it is the best, or how far it may be.

1. Rounding: what is whole in the linear program is kept, and an integer program finds the best for
   the rest.
2. Fix and optimise: the groups of locations that lie together are planned anew while all others
   stay, in passes over the map (a large-neighbourhood search; D. Pisinger and S. Ropke, "Large
   neighborhood search", Handbook of Metaheuristics, 2010).
3. The integer program over all routes at hand is solved, where they are not too many.
4. A route whose reduced cost is more than the gap between plan and bound cannot be part of a better
   plan (R. Baldacci, N. Christofides and A. Mingozzi, Mathematical Programming 115, 2008, do so for
   vehicle routes). All others are added, where they are not too many, and the integer program is
   solved once more: its answer is then the best of all plans.

Wherever the search ends, the bound holds for the plans over all routes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import optimize

from flexruimte.analyses.relocation.network import routes_within
from flexruimte.analyses.relocation.program import (
    THOUSANDS_PER_EUR,
    Classes,
    Program,
    Relaxation,
    solve_linear,
    write_program,
)
from flexruimte.analyses.relocation.routes import Routes, RouteTable
from flexruimte.vocabulary import Booleans, Integers

__all__ = ["Solution", "solve"]

_LEAST_SECONDS: Final = 10.0
"""The search gets this long, whatever time is left. [s]"""
_SHARES: Final = (0.2, 0.5, 0.75)
"""Shares of the time after which the first, second and third part of the search end."""
_TOLERANCE: Final = 1e-6
"""A number this little below a whole one is whole."""
_NEIGHBOURHOOD: Final = 100
"""Classes that are planned anew together."""
_MOST_PASSES: Final = 4
"""Passes over the map; no more when one brings nothing."""
_NEIGHBOURHOOD_SECONDS: Final = 8.0
"""Time for the integer program of one neighbourhood. [s]"""
_MOST_COLUMNS: Final = 40_000
"""Columns of the largest integer program that is started."""


@dataclass(frozen=True)
class Solution:
    """How many units of a class take a route."""

    class_of: Integers
    """(n,)"""
    route: list[tuple[int, ...]]
    """The sites that a unit moves to, one after the other."""
    units: Integers
    """(n,)"""
    cost_eur: float
    """With steps of the search order and penalties. [EUR]"""
    bound_eur: float
    """No plan costs less. [EUR]"""
    in_time: bool
    """Whether the search ended by itself."""


@dataclass(frozen=True)
class _Plan:
    """A plan in the columns of a program."""

    table: RouteTable
    program: Program
    units: Integers

    @property
    def cost(self) -> float:
        """Cost with steps of the search order and penalties. [EUR]"""
        return float(self.program.cost @ self.units) / THOUSANDS_PER_EUR

    def better_of(self, units: Integers) -> _Plan:
        """Return this plan, or the one with other units per column if that costs less."""
        cost = self.program.cost
        return (
            replace(self, units=units) if float(cost @ units) < float(cost @ self.units) else self
        )


def solve(
    routes: Routes,
    classes: Classes,
    relaxation: Relaxation,
    started: float,
    progress: Callable[[str], None],
) -> Solution:
    """Find the best plan in whole units.

    Parameters
    ----------
    routes
        The routes at hand; some may be added.
    classes
        What moves.
    relaxation
        The linear program, solved.
    started
        When the time limit of the parameters began, by `time.monotonic`. [s]
    progress
        Called with a line of text now and then.
    """
    choices = routes.network.problem.parameters
    now = time.monotonic()
    seconds = max(started + (choices.time_limit_seconds or 0.0) - now, _LEAST_SECONDS)
    until = [now + share * seconds for share in (*_SHARES, 1.0)]
    table = routes.table()
    program = write_program(routes, table, classes, relaxation.cuts)
    plan, bound = _Plan(table, program, _nothing_moves(program)), relaxation.bound_eur

    def proven() -> bool:
        progress(f"plan of {plan.cost:,.0f} EUR, bound {bound:,.0f} EUR")
        return plan.cost - bound <= choices.accepted_gap * plan.cost

    plan = _round_and_fill(plan, choices.accepted_gap, until[0])
    if not proven():
        plan = _fix_and_optimise(plan, classes, routes, choices.accepted_gap, until[1])
    if not proven() and len(program.cost) <= _MOST_COLUMNS:
        units, _, _ = _solve_integer(program, choices.accepted_gap, until[2] - time.monotonic())
        plan = plan.better_of(units)
    ended = proven()
    if not ended and _add_routes_within(routes, classes, relaxation, plan.cost - bound):
        progress(f"{len(routes)} routes may be part of a better plan")
        wider = routes.table()
        wide = write_program(routes, wider, classes, relaxation.cuts)
        if len(wide.cost) <= _MOST_COLUMNS:
            units, least, ended = _solve_integer(
                wide, choices.accepted_gap, until[3] - time.monotonic()
            )
            bound = max(bound, min(least, plan.cost))
            found = _Plan(wider, wide, units)
            plan = found if found.cost < plan.cost else plan
            proven()
    used = np.flatnonzero(plan.units)
    return Solution(
        class_of=plan.program.class_of[used],
        route=[plan.table.routes[route] for route in plan.program.route_of[used]],
        units=plan.units[used],
        cost_eur=plan.cost,
        bound_eur=min(bound, plan.cost),
        in_time=ended,
    )


def _round_and_fill(plan: _Plan, gap: float, until: float) -> _Plan:
    """Return the plan that keeps what is whole in the linear program, if it is better."""
    if not len(plan.program.units):
        return plan
    whole = np.floor(np.asarray(solve_linear(plan.program).x) + _TOLERANCE).astype(np.intp)
    return plan.better_of(_reoptimised(plan.program, whole, gap, until - time.monotonic()))


def _fix_and_optimise(
    plan: _Plan, classes: Classes, routes: Routes, gap: float, until: float
) -> _Plan:
    """Return the plan after neighbourhoods are planned anew until a pass brings nothing."""
    for turn in range(_MOST_PASSES):
        before = plan.cost
        for together in _neighbourhoods(classes, routes, turn):
            left = until - time.monotonic()
            if left <= 0:
                return plan
            kept = np.where(together[plan.program.class_of], 0, plan.units)
            plan = plan.better_of(
                _reoptimised(plan.program, kept, gap, min(left, _NEIGHBOURHOOD_SECONDS))
            )
        if plan.cost >= before:
            break
    return plan


def _neighbourhoods(classes: Classes, routes: Routes, turn: int) -> Iterator[Booleans]:
    """Yield sets of classes that lie together: strips of the map, which turn with each pass."""
    problem = routes.network.problem
    site = problem.placements["site"].to_numpy(dtype=np.intp)[classes.origin]
    angle = np.pi * turn / _MOST_PASSES
    x, y = (problem.sites[axis].to_numpy()[site] for axis in ("x", "y"))
    across = x * np.cos(angle) + y * np.sin(angle)
    order = np.lexsort((np.arange(len(across)), across))
    for begin in range(0, len(order), _NEIGHBOURHOOD // 2):
        chosen = np.zeros(len(order), dtype=bool)
        chosen[order[begin : begin + _NEIGHBOURHOOD]] = True
        yield chosen


def _reoptimised(program: Program, kept: Integers, gap: float, seconds: float) -> Integers:
    """Return the best plan that keeps given units of columns, in units per column. (columns,)."""
    open_units = program.units - np.asarray(program.balance @ kept).astype(np.intp)
    columns = np.flatnonzero(open_units[program.class_of] > 0)
    rows = np.flatnonzero(open_units > 0)
    if not len(rows):
        return kept
    room = program.room[:, columns]
    limited = np.flatnonzero(np.diff(room.indptr))
    spare = np.maximum(program.spare - program.room @ kept, 0.0)
    rest = Program(
        cost=program.cost[columns],
        balance=program.balance[rows][:, columns],
        room=room[limited],
        spare=spare[limited],
        units=open_units[rows],
        class_of=np.searchsorted(rows, program.class_of[columns]),
        route_of=program.route_of[columns],
        taken=program.taken,
    )
    result = kept.copy()
    result[columns] += _solve_integer(rest, gap, seconds)[0]
    return result


def _add_routes_within(
    routes: Routes, classes: Classes, relaxation: Relaxation, gap: float
) -> bool:
    """Add every route with a reduced cost of at most `gap` [EUR]; return False if too many."""
    nodes = routes.network.problem.placements[["site", "leaving"]].to_numpy(dtype=np.intp)
    for origin, size, dual in zip(classes.origin, classes.size, relaxation.duals, strict=True):
        site, leaving = nodes[origin]
        limit = float(dual) + gap / int(size)
        for route in routes_within(
            routes.network, relaxation.labels[int(size)], int(site), int(leaving), limit
        ):
            routes.add(int(origin), route)
            if len(routes) > _MOST_COLUMNS:
                return False
    return True


def _solve_integer(program: Program, gap: float, seconds: float) -> tuple[Integers, float, bool]:
    """Solve a program in whole units.

    Returns
    -------
    tuple
        Units per column, (columns,); a bound over the columns at hand [EUR]; and whether the search
        ended by itself.
    """
    if not len(program.units):
        return np.zeros(0, dtype=np.intp), 0.0, True
    constraints = [optimize.LinearConstraint(program.balance, program.units, program.units)]
    if len(program.spare):
        constraints.append(optimize.LinearConstraint(program.room, -np.inf, program.spare))
    found = optimize.milp(
        program.cost,
        integrality=np.ones(len(program.cost), dtype=np.intp),
        bounds=optimize.Bounds(0, program.units[program.class_of]),
        constraints=constraints,
        options={"mip_rel_gap": gap, "time_limit": max(seconds, 1.0)},
    )
    units = _nothing_moves(program) if found.x is None else np.round(found.x).astype(np.intp)
    bound = (
        -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound) / THOUSANDS_PER_EUR
    )
    return units, bound, found.status == 0


def _nothing_moves(program: Program) -> Integers:
    """Return the plan that moves nothing: the first column of each class is the empty route."""
    units = np.zeros(len(program.cost), dtype=np.intp)
    first = np.unique(program.class_of, return_index=True)[1]
    units[first] = program.units
    return units
