"""The time-expanded network of moves, and shortest routes through it.

A node is a site and the year that homes leave it; an arc is a move in that year to a site that is
open then. Homes that arrive at a site in a year leave it in a known year, so an arc leads from node
to node, always forward in time. The network has no cycles, and shortest routes are found in one
pass from the last year to the first (dynamic programming; L. R. Ford and D. R. Fulkerson, *Flows in
Networks*, 1962, on time-expanded networks). Arcs are entries of one cost matrix per year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from flexruimte.analyses.relocation.costs import MoveCosts
from flexruimte.analyses.relocation.problem import Problem
from flexruimte.vocabulary import HOMES, Booleans, Floats, Integers

__all__ = [
    "Departures",
    "Labels",
    "Network",
    "Prices",
    "Route",
    "build_network",
    "label_nodes",
    "route_cost",
    "routes_from",
    "routes_within",
]

Route = tuple[int, ...]
"""The sites that a group moves to, one after the other. Empty: it is stranded at once."""

_STRANDED = -1


@dataclass(frozen=True)
class Departures:
    """All moves of one departure year."""

    year: int
    rows: Integers
    """Sites that homes may leave in this year. (r,)"""
    columns: Integers
    """Sites that are open then, and for long enough. (c,)"""
    leaving: Integers
    """Year in which homes that arrive at each column leave it. (c,)"""
    costs: MoveCosts
    stored: Floats | None = None
    """The matrix of costs, where it is kept because it is used often."""

    @property
    def cost(self) -> Floats:
        """EUR per home. (r, c)."""
        return self.stored if self.stored is not None else self.computed()

    def computed(self) -> Floats:
        """Return the matrix of costs; infinite from a site to itself. [EUR per home] (r, c)."""
        result = self.costs.generalised(self.rows[:, None], self.columns[None, :])
        result[self.rows[:, None] == self.columns[None, :]] = np.inf
        return result


@dataclass(frozen=True)
class Network:
    """The departures by year, and which nodes can be reached."""

    problem: Problem
    costs: MoveCosts
    departures: dict[int, Departures]
    needed: Booleans
    """Whether a site may be left in a year after that many moves. (moves + 1, n, years)"""
    row_of: Integers
    """Row of a site in the departures of a year; -1 where it has none. (n, years)"""


@dataclass(frozen=True)
class Prices:
    """Prices of places: the duals of the capacity of sites."""

    home: Floats
    """EUR per home and year. (n, years)"""
    group: dict[int, Floats]
    """By size, what is added for a group: EUR per group and year. (n, years)"""

    @classmethod
    def none(cls, problem: Problem) -> Prices:
        """Return prices of zero."""
        return cls(np.zeros(problem.spare.shape), {})

    def of(self, size: int) -> Floats:
        """Return the price for a group of a size. [EUR per home and year] (n, years)."""
        return self.home + self.group[size] / size if size in self.group else self.home


@dataclass(frozen=True)
class Labels:
    """Cheapest ways onward from every node, for groups of one size, in EUR per home."""

    value: Floats
    """After a number of moves, from a site, left in a year; infinite at nodes that are not reached.
    (moves + 1, n, years)"""
    following: Integers
    """The site to go to; -1: homes are stranded. (moves + 1, n, years)"""
    onward: dict[tuple[int, int], Floats]
    """By moves made and year: for each column of the departures, the price of the stay there plus
    the way onward from there. (c,)"""


def build_network(problem: Problem, *, from_everywhere: bool = False) -> Network:
    """Return the network of what the placements can reach.

    Parameters
    ----------
    problem
        Sites and placements.
    from_everywhere
        Whether the network also has what could be reached from every site, left by its first homes
        or a year after its term, after any number of moves; costs are then not stored.
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
    departures = {}
    for year in range(first, problem.end_year):
        at = needed[: choices.moves, :, year - first]
        if not at.any():
            continue
        departing = departures_of(
            problem, costs, year, np.flatnonzero(at.any(axis=0)), choices.required_years
        )
        departures[year] = (
            departing if from_everywhere else replace(departing, stored=departing.computed())
        )
        row_of[departing.rows, year - first] = np.arange(len(departing.rows))
        again = departing.leaving < problem.end_year
        for made in np.flatnonzero(at.any(axis=1)):
            needed[made + 1, departing.columns[again], departing.leaving[again] - first] = True
    return Network(problem, costs, departures, needed, row_of)


def departures_of(
    problem: Problem, costs: MoveCosts, year: int, rows: Integers, least_years: int
) -> Departures:
    """Return the moves from given sites in a year, to sites that are open for long enough."""
    holds = problem.sites[HOMES].to_numpy() > 0
    columns = np.flatnonzero((problem.start <= year) & (problem.end - year >= least_years) & holds)
    return Departures(year, rows, columns, problem.leaving(year, columns), costs)


def stay_price(
    network: Network, prices: Prices, size: int, year: int, site: Integers, leaving: Integers
) -> Floats:
    """Return the price of stays that begin in a year. [EUR per home] (c,).

    It is infinite where a group of this size never fits. Size 0 stands for homes one by one: they
    may ask for a place that is taken, so that it gets a price.
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


def label_nodes(network: Network, prices: Prices, size: int) -> Labels:
    """Return the cheapest way onward from every node, at given prices of places.

    Parameters
    ----------
    network
        The network.
    prices
        Of places, on top of the costs of moves.
    size
        Of the groups that move; 0: homes one by one. [homes]
    """
    problem, first = network.problem, network.problem.first_year
    moves = problem.parameters.moves
    value = np.full(network.needed.shape, np.inf)
    years = np.arange(first, problem.end_year)
    value[moves] = np.where(network.needed[moves], problem.stranded_eur(years), np.inf)
    following = np.full(network.needed.shape, _STRANDED, dtype=np.intp)
    onward: dict[tuple[int, int], Floats] = {}
    for year in reversed(network.departures):
        departing = network.departures[year]
        stay = stay_price(network, prices, size, year, departing.columns, departing.leaving)
        for made in range(moves):
            sites = np.flatnonzero(network.needed[made, :, year - first])
            if not len(sites):
                continue
            onward[made, year] = stay + tails(
                problem, value[made + 1], departing.columns, departing.leaving
            )
            value[made, sites, year - first], following[made, sites, year - first] = _best(
                network, departing, sites, onward[made, year]
            )
    return Labels(value, following, onward)


def tails(problem: Problem, value: Floats, site: Integers, leaving: Integers) -> Floats:
    """Return the cost onward from sites that are left in given years; 0 after the plan. (c,)."""
    result = np.zeros(len(site))
    again = leaving < problem.end_year
    result[again] = value[site[again], leaving[again] - problem.first_year]
    return result


def _best(
    network: Network, departing: Departures, sites: Integers, onward: Floats
) -> tuple[Floats, Integers]:
    """Return the least cost onward from sites, and the site to go to. (sites,) each."""
    stranded = float(network.problem.stranded_eur(departing.year))
    if not len(departing.columns):
        return np.full(len(sites), stranded), np.full(len(sites), _STRANDED)
    rows = network.row_of[sites, departing.year - network.problem.first_year]
    total = (departing.cost if len(rows) == len(departing.rows) else departing.cost[rows]) + onward
    column = total.argmin(axis=1)
    value = total[np.arange(len(rows)), column]
    return np.minimum(value, stranded), np.where(
        value < stranded, departing.columns[column], _STRANDED
    )


def routes_from(
    network: Network, labels: Labels, site: int, leaving: int, below: float, most: int
) -> list[Route]:
    """Return routes from a node that cost less than a limit.

    For each first move that allows it, this is the cheapest route that begins with it.

    Parameters
    ----------
    network, labels
        The network and the cheapest ways onward.
    site, leaving
        The node.
    below
        Only routes cheaper than this. [EUR per home]
    most
        At most so many, cheapest first.
    """
    if network.problem.parameters.moves == 0 or leaving not in network.departures:
        return []
    departing = network.departures[leaving]
    total = (
        departing.cost[network.row_of[site, leaving - network.problem.first_year]]
        + labels.onward[0, leaving]
    )
    found = np.flatnonzero(total < below)
    if len(found) > most:
        found = found[np.argpartition(total[found], most - 1)[:most]]
    found = found[np.lexsort((found, total[found]))]
    return [
        _followed(network, labels, int(departing.columns[at]), int(departing.leaving[at]))
        for at in found
    ]


def _followed(network: Network, labels: Labels, site: int, leaving: int) -> Route:
    """Return the cheapest route that begins with a stay at a site, left in a given year."""
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
    """Yield every route from a node that costs at most a limit, with prices. [EUR per home]."""
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
    departing = network.departures.get(leaving)
    if len(route) == problem.parameters.moves or departing is None:
        return
    onward = labels.onward[len(route), leaving]
    cost = departing.cost[network.row_of[site, leaving - problem.first_year]]
    tail = tails(problem, labels.value[len(route) + 1], departing.columns, departing.leaving)
    for at in np.flatnonzero(spent + cost + onward <= limit):
        further = spent + float(cost[at] + onward[at] - tail[at])
        yield from _extended(
            network,
            labels,
            (*route, int(departing.columns[at])),
            further,
            int(departing.columns[at]),
            int(departing.leaving[at]),
            limit,
        )


def route_cost(
    network: Network, site: int, leaving: int, route: Route
) -> tuple[float, list[tuple[int, int, int]], int | None]:
    """Return what a route costs without prices, its stays, and when it ends without a site.

    Returns
    -------
    tuple
        Cost [EUR per home]; stays as (site, arrival, leaving); the year in which the homes are
        stranded, or None where they are not.
    """
    problem, total, stays = network.problem, 0.0, []
    for following in route:
        departing = network.departures[leaving]
        row = int(network.row_of[site, leaving - problem.first_year])
        total += float(departing.cost[row, np.searchsorted(departing.columns, following)])
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
