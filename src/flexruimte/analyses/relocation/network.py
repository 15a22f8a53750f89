"""The time-expanded network: from every site and departure year to every site that is open then, and shortest routes through it.

A node is a site and the year that homes leave it. Homes that arrive at a site in a year leave it in
a known year, so a move leads from node to node, always forward in time; labels are found in one
pass from the last year to the first. An arc is never stored but as an entry of a matrix per
departure year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from flexruimte.analyses.relocation.costs import MoveCosts
from flexruimte.analyses.relocation.problem import Problem
from flexruimte.vocabulary import HOMES_MID, Booleans, Floats, Integers

__all__ = [
    "Labels",
    "Network",
    "Prices",
    "Route",
    "Step",
    "build_network",
    "label",
    "route_cost",
    "routes_from",
    "routes_within",
]

Route = tuple[int, ...]
"""The sites that a group moves to, one after the other. Empty: it is stranded at once."""

_STRANDED = -1


@dataclass(frozen=True)
class Step:
    """All moves of one departure year."""

    year: int
    rows: Integers
    """Sites that homes may leave in this year. (r,)"""
    columns: Integers
    """Sites that are open then, and for long enough. (c,)"""
    leaving: Integers
    """When homes that arrive there leave again. (c,)"""
    costs: MoveCosts
    stored: Floats | None = None
    """The matrix of costs, where it is used often."""

    @property
    def cost(self) -> Floats:
        """EUR per home. (r, c)."""
        return self.stored if self.stored is not None else self.computed()

    def computed(self) -> Floats:
        """Return the matrix of costs; infinite from a site to itself. [EUR per home] (r, c)."""
        result = self.costs.weighed(self.rows[:, None], self.columns[None, :])
        result[self.rows[:, None] == self.columns[None, :]] = np.inf
        return result


@dataclass(frozen=True)
class Network:
    """The steps by year, and which nodes can be reached."""

    problem: Problem
    costs: MoveCosts
    steps: dict[int, Step]
    needed: Booleans
    """Whether a site may be left in a year after that many moves. (moves + 1, n, years)"""
    row_of: Integers
    """Row of a site in the step of a year; -1 where it has none. (n, years)"""


@dataclass(frozen=True)
class Prices:
    """What a place costs on top, by the duals of the capacity."""

    home: Floats
    """EUR per home and year. (n, years)"""
    group: dict[int, Floats]
    """By size: EUR per group and year, on top. (n, years)"""

    @classmethod
    def none(cls, problem: Problem) -> Prices:
        """Return prices of zero."""
        return cls(np.zeros(problem.spare.shape), {})

    def of(self, size: int) -> Floats:
        """Return the price for a group of a size. [EUR per home and year] (n, years)."""
        return self.home + self.group[size] / size if size in self.group else self.home


@dataclass(frozen=True)
class Labels:
    """Cheapest ways onward for groups of one size; 0 is homes one by one.

    All values in EUR per home.
    """

    size: int
    value: Floats
    """From a site, left in a year, after that many moves; infinite where nothing was asked.

    (moves + 1, n, years)
    """
    following: Integers
    """The site to go to; -1 is stranded. (moves + 1, n, years)"""
    onward: dict[tuple[int, int], Floats]
    """By moves made and year: price of the stay at each column plus the way on from there. (c,)"""


def build_network(problem: Problem, *, from_everywhere: bool = False) -> Network:
    """Return the network of what the placements can reach.

    Parameters
    ----------
    problem
        Sites and placements.
    from_everywhere
        Also of what could be reached from every site, left by its first homes or a year after its
        term, after any number of moves; costs are then not stored.
    """
    choices, first = problem.parameters, problem.first_year
    count, years = problem.spare.shape
    costs = MoveCosts(problem.sites, choices)
    needed = np.zeros((choices.moves + 1, count, years), dtype=bool)
    leaving = problem.placements["leaving"].to_numpy(dtype=np.intp)
    inside = leaving < problem.end_year
    needed[
        0, problem.placements["site"].to_numpy(dtype=np.intp)[inside], leaving[inside] - first
    ] = True
    for end in (problem.first_leaving, problem.end + 1) if from_everywhere else ():
        within = np.flatnonzero((end >= first) & (end < problem.end_year))
        needed[:, within, end[within] - first] = True
    row_of = np.full((count, years), -1, dtype=np.intp)
    steps = {}
    for year in range(first, problem.end_year):
        at = needed[: choices.moves, :, year - first]
        if not at.any():
            continue
        step = step_of(problem, costs, year, np.flatnonzero(at.any(axis=0)), choices.required_years)
        steps[year] = step if from_everywhere else replace(step, stored=step.computed())
        row_of[step.rows, year - first] = np.arange(len(step.rows))
        again = step.leaving < problem.end_year
        for made in np.flatnonzero(at.any(axis=1)):
            needed[made + 1, step.columns[again], step.leaving[again] - first] = True
    return Network(problem, costs, steps, needed, row_of)


def step_of(
    problem: Problem, costs: MoveCosts, year: int, rows: Integers, least_years: int
) -> Step:
    """Return the moves that leave given sites in a year, to sites that are free for long enough."""
    holds = problem.sites[HOMES_MID].to_numpy() > 0
    columns = np.flatnonzero((problem.start <= year) & (problem.end - year >= least_years) & holds)
    return Step(year, rows, columns, problem.leaving(year, columns), costs)


def stay_price(
    network: Network, prices: Prices, size: int, year: int, site: Integers, leaving: Integers
) -> Floats:
    """Return the price of stays from a year on; infinite where a group of this size never fits. [EUR per home] (c,).

    Size 0 is homes one by one: they may ask for a place that is taken, so that it gets its price.
    """
    problem = network.problem
    begin, end = (
        year - problem.first_year,
        np.minimum(leaving, problem.end_year) - problem.first_year,
    )
    table, result = prices.of(size), np.empty(len(site))
    for last in np.unique(end):
        chosen = end == last
        span = (site[chosen], slice(begin, last))
        result[chosen] = np.where(
            problem.spare[span].min(axis=1) >= size, table[span].sum(axis=1), np.inf
        )
    return result


def label(network: Network, prices: Prices, size: int) -> Labels:
    """Find the cheapest way onward from every node, for groups of one size, at given prices of places. Size 0 is homes one by one."""
    problem, first = network.problem, network.problem.first_year
    moves = problem.parameters.moves
    value = np.full(network.needed.shape, np.inf)
    years = np.arange(first, problem.end_year)
    value[moves] = np.where(network.needed[moves], problem.stranded_eur(years), np.inf)
    following = np.full(network.needed.shape, _STRANDED, dtype=np.intp)
    onward: dict[tuple[int, int], Floats] = {}
    for year in reversed(network.steps):
        step = network.steps[year]
        stay = stay_price(network, prices, size, year, step.columns, step.leaving)
        for made in range(moves):
            sites = np.flatnonzero(network.needed[made, :, year - first])
            if not len(sites):
                continue
            onward[made, year] = stay + tails(problem, value[made + 1], step.columns, step.leaving)
            value[made, sites, year - first], following[made, sites, year - first] = _best(
                network, step, sites, onward[made, year]
            )
    return Labels(size, value, following, onward)


def tails(problem: Problem, value: Floats, site: Integers, leaving: Integers) -> Floats:
    """Return the way on from sites that are left in given years; 0 where that is after the plan.

    (c,).
    """
    result = np.zeros(len(site))
    again = leaving < problem.end_year
    result[again] = value[site[again], leaving[again] - problem.first_year]
    return result


def _best(network: Network, step: Step, sites: Integers, onward: Floats) -> tuple[Floats, Integers]:
    stranded = float(network.problem.stranded_eur(step.year))
    if not len(step.columns):
        return np.full(len(sites), stranded), np.full(len(sites), _STRANDED)
    rows = network.row_of[sites, step.year - network.problem.first_year]
    total = (step.cost if len(rows) == len(step.rows) else step.cost[rows]) + onward
    column = total.argmin(axis=1)
    value = total[np.arange(len(rows)), column]
    return np.minimum(value, stranded), np.where(value < stranded, step.columns[column], _STRANDED)


def routes_from(
    network: Network, labels: Labels, site: int, leaving: int, below: float, most: int
) -> list[Route]:
    """Return routes from a node that cost less than a limit: the cheapest for each of the best first moves.

    Parameters
    ----------
    network, labels
        The network and the ways onward.
    site, leaving
        The node.
    below
        Only routes cheaper than this. [EUR per home]
    most
        At most so many, cheapest first.
    """
    if network.problem.parameters.moves == 0 or leaving not in network.steps:
        return []
    step = network.steps[leaving]
    total = (
        step.cost[network.row_of[site, leaving - network.problem.first_year]]
        + labels.onward[0, leaving]
    )
    found = np.flatnonzero(total < below)
    if len(found) > most:
        found = found[np.argpartition(total[found], most - 1)[:most]]
    found = found[np.lexsort((found, total[found]))]
    return [
        _followed(network, labels, int(step.columns[at]), int(step.leaving[at])) for at in found
    ]


def _followed(network: Network, labels: Labels, site: int, leaving: int) -> Route:
    route = [site]
    first, end, moves = (
        network.problem.first_year,
        network.problem.end_year,
        network.problem.parameters.moves,
    )
    while leaving < end and len(route) < moves:
        site_next = int(labels.following[len(route), site, leaving - first])
        if site_next == _STRANDED:
            break
        leaving = int(network.problem.leaving(leaving, np.array([site_next]))[0])
        site = site_next
        route.append(site)
    return tuple(route)


def routes_within(
    network: Network, labels: Labels, site: int, leaving: int, limit: float
) -> Iterator[Route]:
    """Yield every route from a node that costs no more than a limit at the labels' prices. [EUR per home]."""
    yield from _extended(network, labels, (), 0.0, site, leaving, limit)


def _extended(
    network: Network,
    labels: Labels,
    route: Route,
    spent: float,
    site: int,
    leaving: int,
    limit: float,
) -> Iterator[Route]:
    problem = network.problem
    if leaving >= problem.end_year:
        yield route
        return
    if route and spent + float(problem.stranded_eur(leaving)) <= limit:
        yield route
    step = network.steps.get(leaving)
    if len(route) == problem.parameters.moves or step is None:
        return
    onward = labels.onward[len(route), leaving]
    cost = step.cost[network.row_of[site, leaving - problem.first_year]]
    tail = tails(problem, labels.value[len(route) + 1], step.columns, step.leaving)
    for at in np.flatnonzero(spent + cost + onward <= limit):
        further = spent + float(cost[at] + onward[at] - tail[at])
        yield from _extended(
            network,
            labels,
            (*route, int(step.columns[at])),
            further,
            int(step.columns[at]),
            int(step.leaving[at]),
            limit,
        )


def route_cost(
    network: Network, site: int, leaving: int, route: Route
) -> tuple[float, list[tuple[int, int, int]], int | None]:
    """Return what a route costs, its stays and the year that it ends without a place.

    Returns
    -------
    tuple
        Cost [EUR per home]; stays as (site, arrival, leaving); the year, or None where it does not
        end without a place.
    """
    problem, total, stays = network.problem, 0.0, []
    for following in route:
        step = network.steps[leaving]
        row = int(network.row_of[site, leaving - problem.first_year])
        total += float(step.cost[row, np.searchsorted(step.columns, following)])
        arrival = leaving
        leaving = problem.leaving_one(arrival, following)
        stays.append((following, arrival, leaving))
        site = following
    stranded = leaving if leaving < problem.end_year else None
    return (
        total + (float(problem.stranded_eur(leaving)) if stranded is not None else 0.0),
        stays,
        stranded,
    )
