"""From sites to a relocation plan: the order in which the other modules are used."""

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
        One row per site: `parcel_id`, `gemeente_code`, `region`, `province`, `x` and `y` in RD New
        [m], `homes` (places), `hectares` that hold them, `term_start`, `term_end` (both empty:
        no term); optional `move_cost_factor` (how much dearer getting in and out makes carrying, 1
        is ordinary) and `serviced_share` (the share of connections and site works that is there
        already). (n, ...)
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

    Examples
    --------
    Fifteen homes leave site A in 2042, when its term ends, and go to site B, 10 km away: that costs
    15 x (22,500 + 1.3 x 10 km x 10 EUR).

    >>> area = {"gemeente_code": "GM0546", "region": "Leiden", "province": "Zuid-Holland"}
    >>> room = {"homes": 15, "hectares": 0.5}
    >>> sites = pd.DataFrame([
    ...     {"parcel_id": "A", "x": 90_000, "term_start": "2027-01-01", "term_end": "2042-01-01"},
    ...     {"parcel_id": "B", "x": 100_000, "term_start": "2040-01-01", "term_end": "2060-01-01"},
    ... ]).assign(y=460_000, **area, **room)
    >>> placements = pd.DataFrame({"parcel_id": ["A"], "year": [2027], "homes": [15]})
    >>> plan = plan_relocation(sites, placements=placements)
    >>> plan.moves[["year", "homes", "from_id", "to_id", "cost_eur"]]
       year  homes from_id to_id  cost_eur
    0  2042     15       A     B  339450.0
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
