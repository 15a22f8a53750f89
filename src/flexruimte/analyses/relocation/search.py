"""The search for a plan in whole groups, and the proof that it is the best one, or how far it may be from it.

(1) What is whole in the linear program is kept, the integer program finds the best for the rest.
(2) Neighbourhoods: the groups of locations that lie together are planned anew while all others
stay, over and over the map. (3) The integer program over all routes at hand, where they are not too
many. (4) A route whose reduced cost is more than the distance between plan and bound cannot be part
of a better plan; all others are added, where they are not too many, and the integer program is
solved once more: its answer is then the best of all plans. Whatever was done, the bound is one over
all routes.
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
    EUR,
    Classes,
    Program,
    Relaxation,
    solve_linear,
    write_program,
)
from flexruimte.analyses.relocation.routes import Routes, RouteTable
from flexruimte.vocabulary import Booleans, Integers

__all__ = ["Solution", "solve"]

_LEAST_SEARCH: Final = 10.0
"""[s]"""
_SHARES: Final = (0.2, 0.5, 0.75)
"""Shares of the time after which the first plan, the neighbourhoods and the routes at hand are left as they are."""
_WHOLE: Final = 1e-6
_TOGETHER: Final = 100
"""Classes that are planned anew together."""
_PASSES: Final = 4
"""Over the map; no more when one brings nothing."""
_NEIGHBOURHOOD_SECONDS: Final = 8.0
_MOST_COLUMNS: Final = 40_000
"""Columns of an integer program that is worth starting."""


@dataclass(frozen=True)
class Solution:
    """How many units of a class take a route."""

    class_of: Integers
    route: list[tuple[int, ...]]
    units: Integers
    cost_eur: float
    """With steps of the search order and penalties. [EUR]"""
    bound_eur: float
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
        return float(self.program.cost @ self.units) / EUR

    def better_of(self, units: Integers) -> _Plan:
        return (
            replace(self, units=units)
            if float(self.program.cost @ units) < float(self.program.cost @ self.units)
            else self
        )


def solve(
    routes: Routes,
    classes: Classes,
    relaxation: Relaxation,
    started: float,
    progress: Callable[[str], None],
) -> Solution:
    """Find the best plan in whole units, in what is left of the time since `started`; at least some seconds."""
    choices = routes.network.problem.parameters
    now = time.monotonic()
    seconds = max(started + (choices.time_limit_seconds or 0.0) - now, _LEAST_SEARCH)
    until = [now + share * seconds for share in (*_SHARES, 1.0)]
    table = routes.table()
    program = write_program(routes, table, classes, relaxation.cuts)
    plan, bound = _Plan(table, program, _stranded(program)), relaxation.bound_eur

    def proven() -> bool:
        progress(f"plan of {plan.cost:,.0f} EUR, bound {bound:,.0f} EUR")
        return plan.cost - bound <= choices.accepted_gap * plan.cost

    plan = _rounded(plan, choices.accepted_gap, until[0])
    if not proven():
        plan = _improved(plan, classes, routes, choices.accepted_gap, until[1])
    if not proven() and len(program.cost) <= _MOST_COLUMNS:
        units, _, _ = _solve_integer(program, choices.accepted_gap, until[2] - time.monotonic())
        plan = plan.better_of(units)
    ended = proven()
    if not ended and _enumerate(routes, classes, relaxation, plan.cost - bound):
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


def _rounded(plan: _Plan, gap: float, until: float) -> _Plan:
    """Keep what is whole in the linear program, and plan the rest."""
    if not len(plan.program.units):
        return plan
    whole = np.floor(np.asarray(solve_linear(plan.program).x) + _WHOLE).astype(np.intp)
    return plan.better_of(_planned_anew(plan.program, whole, gap, until - time.monotonic()))


def _improved(plan: _Plan, classes: Classes, routes: Routes, gap: float, until: float) -> _Plan:
    """Plan neighbourhoods anew, until a pass over the map brings nothing."""
    for turn in range(_PASSES):
        before = plan.cost
        for together in _neighbourhoods(classes, routes, turn):
            left = until - time.monotonic()
            if left <= 0:
                return plan
            kept = np.where(together[plan.program.class_of], 0, plan.units)
            plan = plan.better_of(
                _planned_anew(plan.program, kept, gap, min(left, _NEIGHBOURHOOD_SECONDS))
            )
        if plan.cost >= before:
            break
    return plan


def _neighbourhoods(classes: Classes, routes: Routes, turn: int) -> Iterator[Booleans]:
    """Yield sets of classes that lie together: strips of the map, in a direction that turns with each pass."""
    problem = routes.network.problem
    site = problem.placements["site"].to_numpy(dtype=np.intp)[classes.origin]
    angle = np.pi * turn / _PASSES
    place = problem.sites["x"].to_numpy()[site] * np.cos(angle) + problem.sites["y"].to_numpy()[
        site
    ] * np.sin(angle)
    order = np.lexsort((np.arange(len(place)), place))
    for begin in range(0, len(order), _TOGETHER // 2):
        chosen = np.zeros(len(order), dtype=bool)
        chosen[order[begin : begin + _TOGETHER]] = True
        yield chosen


def _planned_anew(program: Program, kept: Integers, gap: float, seconds: float) -> Integers:
    """Return the best plan that keeps units of columns; classes of which all units are kept have no say. Units per column."""
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


def _enumerate(routes: Routes, classes: Classes, relaxation: Relaxation, distance: float) -> bool:
    """Add every route whose reduced cost is within a distance [EUR]; return False when they are too many."""
    nodes = routes.network.problem.placements[["site", "leaving"]].to_numpy(dtype=np.intp)
    for origin, size, dual in zip(classes.origin, classes.size, relaxation.worth, strict=True):
        site, leaving = nodes[origin]
        limit = float(dual) + distance / int(size)
        for route in routes_within(
            routes.network, relaxation.labels[int(size)], int(site), int(leaving), limit
        ):
            routes.add(int(origin), route)
            if len(routes) > _MOST_COLUMNS:
                return False
    return True


def _solve_integer(program: Program, gap: float, seconds: float) -> tuple[Integers, float, bool]:
    """Return units per column, the bound over the columns at hand [EUR], and whether the search ended by itself."""
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
    units = _stranded(program) if found.x is None else np.round(found.x).astype(np.intp)
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound) / EUR
    return units, bound, found.status == 0


def _stranded(program: Program) -> Integers:
    """Return the plan that moves nothing: the first column of each class is the empty route."""
    units = np.zeros(len(program.cost), dtype=np.intp)
    first = np.unique(program.class_of, return_index=True)[1]
    units[first] = program.units
    return units
