"""The routes at hand, as columns of a sparse table: what each costs and which places it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from flexruimte.analyses.relocation.network import Network, Route, route_cost
from flexruimte.vocabulary import Floats, Integers

__all__ = ["CapacityRows", "RouteTable", "Routes", "capacity_rows"]


@dataclass(frozen=True)
class CapacityRows:
    """The sites and years in which room may run out first.

    Where it does not run out in these, it does not in any other.
    """

    site: Integers
    """(rows,)"""
    year: Integers
    """(rows,)"""
    spare: Integers
    """Places. [homes] (rows,)"""
    row_of: Integers
    """Row of a site and year; -1 where it has none. (n, years)"""


def capacity_rows(network: Network) -> CapacityRows:
    """Return the sites and years that can be full before any other.

    Those are years in which homes come, unless all that stand there then also stand there in a
    fuller year.
    """
    problem, first = network.problem, network.problem.first_year
    count, years = problem.spare.shape
    arrives = np.zeros((count, years), dtype=bool)
    for departing in network.departures.values():
        arrives[departing.columns, departing.year - first] = True
    placed = problem.placements
    inside = placed["year"].to_numpy() >= first
    fuller = arrives.copy()
    fuller[
        placed["site"].to_numpy(dtype=np.intp)[inside],
        placed["year"].to_numpy(dtype=np.intp)[inside] - first,
    ] = True
    row_of = np.full((count, years), -1, dtype=np.intp)
    for site in np.flatnonzero(arrives.any(axis=1)):
        arrivals = np.flatnonzero(arrives[site])
        leaving = problem.leaving(arrivals + first, np.full(len(arrivals), site)) - first
        row_of[
            site,
            _binding_years(np.flatnonzero(fuller[site]), arrivals, leaving, problem.spare[site]),
        ] = 0
    sites, years_of = np.nonzero(row_of == 0)
    row_of[sites, years_of] = np.arange(len(sites))
    return CapacityRows(sites, years_of + first, problem.spare[sites, years_of], row_of)


def _binding_years(
    years: Integers, arrivals: Integers, leaving: Integers, spare: Integers
) -> list[int]:
    """Return the years whose capacity limit does not follow from that of another year."""
    stand = {
        int(year): frozenset(np.flatnonzero((arrivals <= year) & (year < leaving)).tolist())
        for year in years
    }
    kept: list[int] = []
    for year in sorted(stand, key=lambda year: (-len(stand[year]), int(spare[year]), year)):
        if stand[year] and not any(
            stand[year] <= stand[other] and spare[other] <= spare[year] for other in kept
        ):
            kept.append(year)
    return kept


@dataclass(frozen=True)
class RouteTable:
    """All routes of all origins, in the order of the origins."""

    origin: Integers
    """Row of the placements. (routes,)"""
    cost: Floats
    """EUR per home. (routes,)"""
    usage: sparse.csr_array
    """1 where a home of the route takes a place. (routes, capacity rows)"""
    room: Integers
    """Places of the narrowest site of the route; a larger group never fits. [homes] (routes,)"""
    routes: list[Route]


class Routes:
    """The routes at hand of every origin, to which more are added.

    Every origin has the empty route: its homes are stranded.

    Parameters
    ----------
    network
        Where the routes run.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rows = capacity_rows(network)
        nodes = network.problem.placements[["site", "leaving"]].to_numpy(dtype=np.intp)
        self._nodes = [(int(site), int(leaving)) for site, leaving in nodes]
        self._known: list[dict[Route, tuple[float, list[int]]]] = [{} for _ in self._nodes]
        for origin in range(len(self._nodes)):
            self.add(origin, ())

    def add(self, origin: int, route: Route) -> bool:
        """Add a route; return whether it was new."""
        if route in self._known[origin]:
            return False
        cost, stays, _ = route_cost(self.network, *self._nodes[origin], route)
        self._known[origin][route] = (cost, [row for stay in stays for row in self._taken(*stay)])
        return True

    def keep_best(self, table: RouteTable, reduced: Floats, most: int) -> None:
        """Drop all but the best routes of each origin; the empty route stays.

        Dropped routes may join again.

        Parameters
        ----------
        table
            The routes, as they are now.
        reduced
            Reduced cost of each. [EUR per home] (routes,)
        most
            How many stay.
        """
        order = np.lexsort((np.arange(len(reduced)), reduced, table.origin))
        begin = np.searchsorted(table.origin[order], np.arange(len(self._known)))
        position = np.arange(len(order)) - begin[table.origin[order]]
        for row in order[position >= most]:
            if table.routes[row]:
                del self._known[table.origin[row]][table.routes[row]]

    def __len__(self) -> int:
        return sum(map(len, self._known))

    def table(self) -> RouteTable:
        """Return the routes as columns."""
        entries = [
            (origin, route, *facts)
            for origin, mine in enumerate(self._known)
            for route, facts in mine.items()
        ]
        taken = [rows for *_, rows in entries]
        pointer = np.concatenate([[0], np.cumsum([len(rows) for rows in taken], dtype=np.int64)])
        used = np.array([row for rows in taken for row in rows], dtype=np.int64)
        usage = sparse.csr_array(
            (np.ones(len(used)), used, pointer), shape=(len(entries), len(self.rows.site))
        )
        unlimited = np.iinfo(np.intp).max
        return RouteTable(
            origin=np.array([entry[0] for entry in entries], dtype=np.intp),
            cost=np.array([entry[2] for entry in entries], dtype=np.float64),
            usage=usage,
            room=np.array(
                [
                    min((int(self.rows.spare[row]) for row in rows), default=unlimited)
                    for rows in taken
                ],
                dtype=np.intp,
            ),
            routes=[entry[1] for entry in entries],
        )

    def _taken(self, site: int, arrival: int, leaving: int) -> list[int]:
        first = self.network.problem.first_year
        rows = self.rows.row_of[
            site, arrival - first : min(leaving, self.network.problem.end_year) - first
        ]
        return [int(row) for row in rows[rows >= 0]]
