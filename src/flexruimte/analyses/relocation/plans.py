"""From sites to a plan: the only place that knows the order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from flexruimte.analyses.relocation.network import build_network
from flexruimte.analyses.relocation.parameters import RelocationParameters
from flexruimte.analyses.relocation.problem import place_by_rank, prepare
from flexruimte.analyses.relocation.program import group_classes, home_classes, relax, seed_routes
from flexruimte.analyses.relocation.routes import Routes
from flexruimte.analyses.relocation.search import solve
from flexruimte.analyses.relocation.tables import RelocationPlan, plan_tables
from flexruimte.analyses.relocation.values import site_values

__all__ = ["plan_relocation"]


def plan_relocation(
    sites: pd.DataFrame,
    parameters: RelocationParameters | None = None,
    placements: pd.DataFrame | None = None,
    *,
    progress: Callable[[str], None] = lambda _text: None,
) -> RelocationPlan:
    """Plan where homes go when their term ends, for all sites together.

    Parameters
    ----------
    sites
        One row per site: `parcel_id`, `gemeente_code`, `region`, `province`, `x` and `y` in RD [m],
        `homes_mid` (places), `hectares` that hold them, `term_start`, `term_end`; optional
        `move_cost_factor` (how much dearer getting in and out makes carrying, 1 is ordinary) and
        `serviced_share` (the share of connections and site works that is there already). (n, ...)
    parameters
        The choices; None: all defaults.
    placements
        Homes that stand there first: `parcel_id`, `year`, `homes`; None: `place_by_rank`, half of
        the places that are open in the first year.
    progress
        Called with a line of text now and then.

    Returns
    -------
    RelocationPlan
        Also where homes have no next place: that is an answer, not an error.

    Raises
    ------
    RelocationError
        When sites, placements or parameters cannot be used.
    """
    started = time.monotonic()
    choices = parameters or RelocationParameters()
    if placements is None:
        placements = place_by_rank(
            sites, year=choices.first_year, required_years=choices.required_years
        )
    problem = prepare(sites, placements, choices)
    network = build_network(problem)
    routes = Routes(network)
    seed_routes(routes)
    progress("homes one by one")
    homes = home_classes(routes)
    single = relax(routes, homes, progress)
    progress("what more room and time are worth")
    values = site_values(network, homes, single)
    progress("homes in groups")
    groups = group_classes(routes)
    solution = solve(routes, groups, relax(routes, groups, progress), started, progress)
    gap = (
        max(solution.cost_eur - solution.bound_eur, 0.0) / solution.cost_eur
        if solution.cost_eur
        else 0.0
    )
    reached = gap <= choices.accepted_gap
    return RelocationPlan(
        sites=problem.sites,
        parameters=replace(problem.parameters, first_year=problem.first_year),
        **plan_tables(network, groups, solution, values),
        objective_eur=solution.cost_eur,
        bound_eur=solution.bound_eur,
        gap=gap,
        status="optimal" if reached else "within_gap" if solution.in_time else "time_limit",
    )
