"""Array kernels that lay modules out on polygons: rows along streets, the roads that join the streets, and land for parking and green.

Rows are straight and parallel, and front a street. Streets come in three kinds, here seen across
from the bottom up, with half of the distance between backs behind each row::

    double     | yard | row | front | road | front | row | yard |
    row below  | yard | row | front | road |
    row above                       | road | front | row | yard |

The direction of the rows is searched, and so is where the streets lie (by dynamic programming,
exact for the positions that are tried). Links across the rows join the streets; where the land left
over cannot hold the parking and the green, modules and roads are taken away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeAlias

import numpy as np
import shapely

from flexruimte.kernels.rectangles import (
    MARGIN_M,
    Bands,
    Blocked,
    Edges,
    Intervals,
    Turn,
    blocked,
    edges,
    free_intervals,
    long_side_degrees,
    row_directions,
    turned_rectangles,
)
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["LayoutParameters", "Layouts", "lay_out"]

TOLERANCE_M = 1e-5
"""Lengths that differ by less are the same: what fits exactly fits. [m]"""
_ANCHOR_M = TOLERANCE_M / 2
_JOINT_M = 1e-3
"""Roads and paths that meet overlap this much, so that rounding does not part them. [m]"""
_DOUBLE, _ROW_BELOW, _ROW_ABOVE = range(3)
_COARSE_POSITIONS, _FINE_POSITIONS, _POSITIONS_PER_CHAIN = 48, 144, 24
_CHUNK = 20_000
"""Bands at a time: twice as many or more no longer fit the cache, and take twice as long."""
_LEAST_CANDIDATES, _MOST_CANDIDATES, _NEAR_SHARE, _NEAR_STACKS = 2, 8, 0.95, 1.0
"""Directions whose rough value comes this near to the best are worked out, in these numbers."""
_STREET_COST, _SINGLE_COST = 0.01, 0.2
"""Of layouts with as many modules, the one with fewer streets, and with rows on both sides of them.
"""


@dataclass(frozen=True, kw_only=True)
class LayoutParameters:
    """What a layout must observe.

    Nothing has a default here: the values and their sources are the ruleset's.

    Raises
    ------
    ValueError
        When a value is not a finite number, not positive where it must be, or contradicts another.
    """

    module_length_m: float
    """Depth of a module, square to its row. [m]"""
    module_width_m: float
    """Front of a module, along its row. [m]"""
    storeys: int
    """Modules on top of each other."""
    modules_per_home: int
    """Modules that make one home."""
    gap_m: float
    """Least distance between modules in a row. [m]"""
    front_distance_m: float
    """Distance between the fronts on both sides of a street. [m]"""
    back_distance_m: float
    """Least distance between the backs of rows; half of it is kept free behind each row, of roads as well. [m]"""
    setback_m: float
    """Least distance between modules and the edge of the polygon; roads and paths may come up to the edge. [m]"""
    road_width_m: float
    """Width of the emergency road. [m]"""
    paved_width_m: float
    """Width of its paved middle. [m]"""
    reach_m: float
    """Largest distance from an entrance, the middle of a module's front, to the emergency road. [m]
    """
    path_width_m: float
    """Width of the path along the fronts, and least distance between modules and roads. [m]"""
    parking_per_home_m2: float
    """Land for parking, with the room to get there. [m2]"""
    green_per_home_m2: float
    """Green land. [m2]"""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            least_is_zero = each.name in (
                "gap_m",
                "setback_m",
                "back_distance_m",
                "path_width_m",
                "parking_per_home_m2",
                "green_per_home_m2",
            )
            if not math.isfinite(value) or value < 0 or (value == 0 and not least_is_zero):
                raise ValueError(
                    f"{each.name} must be {'at least 0' if least_is_zero else 'more than 0'}; it is {value}."
                )
            if each.name in ("storeys", "modules_per_home") and value != int(value):
                raise ValueError(f"{each.name} must be a whole number; it is {value}.")
        if self.paved_width_m > self.road_width_m:
            raise ValueError(
                f"paved_width_m ({self.paved_width_m}) must not be more than road_width_m ({self.road_width_m})."
            )
        if self.front_m < self.path_width_m:
            least = self.road_width_m + 2 * self.path_width_m
            raise ValueError(
                f"front_distance_m ({self.front_distance_m}) must leave room for a road and two paths: at least {least}."
            )
        if self.reach_m < self.front_m:
            raise ValueError(
                f"reach_m ({self.reach_m}) must not be less than the distance from a front to its road ({self.front_m})."
            )

    @cached_property
    def front_m(self) -> float:
        """Distance from a front to its road. [m]"""
        return (self.front_distance_m - self.road_width_m) / 2

    @cached_property
    def yard_m(self) -> float:
        """Half of the least distance between backs. [m]"""
        return self.back_distance_m / 2

    @cached_property
    def pitch_m(self) -> float:
        """From one module in a row to the next. [m]"""
        return self.module_width_m + self.gap_m

    @cached_property
    def along_m(self) -> float:
        """How far before the last entrance of a row the road may end. [m]"""
        return math.sqrt(max(self.reach_m**2 - self.front_m**2, 0.0))

    def modules_in(self, length_m: float) -> int:
        """Return how many modules fit in a stretch."""
        return max(math.floor((length_m + self.gap_m) / self.pitch_m), 0)

    def homes_of(self, stacks: int) -> int:
        """Return how many whole homes a number of stacks makes."""
        return int(stacks * self.storeys // self.modules_per_home)

    def land_of(self, stacks: int) -> float:
        """Return the land that stacks stand on, with parking and green. [m2]"""
        per_home = self.parking_per_home_m2 + self.green_per_home_m2
        return (
            stacks * self.module_length_m * self.module_width_m + self.homes_of(stacks) * per_home
        )


@dataclass(frozen=True)
class Layouts:
    """Layouts of n polygons, with m stacks of modules in all.

    A stack is what stands on one footprint: as many modules as there are storeys.
    """

    homes: Integers
    """Whole homes. (n,) int"""
    stacks: Integers
    """Stacks of modules. (n,) int"""
    removed: Integers
    """Stacks that there was room for, but not for their parking and green. (n,) int"""
    roads: Geometries
    """Emergency roads at full width, empty where there are none. (n,) object"""
    paved: Geometries
    """Their paved middles. (n,) object"""
    paths: Geometries
    """Paths along the fronts. (n,) object"""
    parking_m2: Floats
    """Land reserved for parking. (n,) float64 [m2]"""
    green_m2: Floats
    """Land reserved for green. (n,) float64 [m2]"""
    unused_m2: Floats
    """Land left over when modules, roads, paths, parking and green are taken off. (n,) float64 [m2]
    """
    module: Geometries
    """Footprint of each stack. (m,) object"""
    entrance: Geometries
    """Middle of the front of each stack, a point. (m,) object"""
    part: Integers
    """Position of the polygon of each stack, rising. (m,) int"""
    row: Integers
    """Row of each stack, counted from 0 within a polygon. (m,) int"""
    storeys: Integers
    """Modules on top of each other in each stack. (m,) int"""
    degrees: Floats
    """Direction of each stack's row, counter-clockwise from the x axis, 0 to 180.

    (m,) float64 [degree]
    """


def lay_out(parts: Geometries, parameters: LayoutParameters) -> Layouts:
    """Return a layout of modules on each polygon.

    Parameters
    ----------
    parts
        Buildable parts, valid. Each polygon of a multipolygon is a site of its own; None and empty
        hold nothing. (n,) object
    parameters
        What a layout must observe.

    Returns
    -------
    Layouts
        Modules keep their distance from the edge (square corners: at an inward corner more than
        that), from each other and from the roads; roads and paths lie in the polygon; each
        polygon's roads are connected.

    Notes
    -----
    Simplified: rows are parallel within a polygon and streets straight; the road ends where its
    street meets the edge of the polygon, and the way from there to the public road is not part of
    it; entrances count as reached in a straight line; parking, green and water are reserved as
    areas, not drawn; daylight, fire spread between facades, sun, privacy and soil are in the
    distances that the caller chooses or nowhere. Where only a narrow passage is left between two
    parts of a polygon that no road gets through, the larger layout counts.

    Every rectangle does lie where it may. That no better layout exists is not sure: directions and
    positions are searched in steps, and where rows along the long side hold as many homes as there
    would be land for along one street, other directions are not tried.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> parameters = LayoutParameters(
    ...     module_length_m=9, module_width_m=3.5, storeys=2, modules_per_home=1, gap_m=0.5, front_distance_m=10, back_distance_m=8,
    ...     setback_m=5, road_width_m=4.5, paved_width_m=3.25, reach_m=10, path_width_m=1.5, parking_per_home_m2=0, green_per_home_m2=0,
    ... )
    >>> layouts = lay_out(np.array([shapely.box(0, 0, 40, 60), shapely.box(0, 0, 10, 10)]), parameters)
    >>> layouts.homes, layouts.stacks
    (array([48,  0]), array([24,  0]))
    """
    sites, part = shapely.get_parts(parts, return_index=True)
    areal = shapely.area(sites) > 0
    sites, part = sites[areal], part[areal]
    setback = max(parameters.setback_m - TOLERANCE_M, 0.0)
    inner = shapely.buffer(sites, -setback, join_style="mitre") if setback else sites
    site, degrees = row_directions(inner)
    jobs = _Jobs(
        sites, inner, site, Turn(shapely.get_coordinates(shapely.centroid(sites[site])), degrees)
    )
    # Along its long side many a site holds what its land can hold at most: only the others are
    # searched in all directions.
    tried = _best_of(site, -_between(degrees, long_side_degrees(inner)[site]))
    found = _arrangements(jobs.where(tried), parameters)
    homes = np.zeros(len(sites), dtype=np.intp)
    homes[site[tried]] = [each.homes for each in found]
    wanting = np.flatnonzero((homes < _most_homes(shapely.area(sites), parameters))[site])
    near = np.setdiff1d(
        wanting[_promising(site[wanting], _values(jobs.where(wanting), parameters))], tried
    )
    tried, found = (
        np.concatenate([tried, near]),
        found + _arrangements(jobs.where(near), parameters),
    )
    best = _best_of(
        site[tried],
        np.array([each.homes for each in found]),
        -np.array([each.road_m2 for each in found]),
    )
    return _drawn(
        parts,
        part,
        jobs,
        [(int(tried[each]), found[each]) for each in best if found[each].stacks],
        parameters,
    )


def _between(degrees: Floats, others: Floats) -> Floats:
    """Return the angle between directions. (k,) float64 [degree]."""
    return np.asarray(np.abs((degrees - others + 90.0) % 180.0 - 90.0))


def _best_of(site: Integers, *quality: Floats) -> Integers:
    """Return the position of each site's job with most of the first quality; of equal ones, with most of the next."""
    order = np.lexsort((*quality[::-1], site))
    return order[np.flatnonzero(np.diff(site[order], append=-1))]


def _most_homes(area: Floats, parameters: LayoutParameters) -> Integers:
    """Return the homes that areas can hold at most: on both sides of one street from the edge, with parking and green. (n,) int.

    Along more streets the road can end farther from more of the last entrances, but each further
    street needs a link that is longer than what that saves. Where it is not, as with a long reach,
    the road counts for no more than it is wide. Odd sets of single rows are not ruled out by this;
    the tests look for a layout that holds more.
    """
    footprint, width = (
        parameters.module_length_m * parameters.module_width_m,
        parameters.road_width_m,
    )
    stacks = np.arange(int(area.max(initial=0.0) / footprint) + 2)
    homes = stacks * parameters.storeys // parameters.modules_per_home
    row = (stacks + 1) // 2 * parameters.pitch_m - parameters.gap_m
    reached = row - parameters.module_width_m / 2 - parameters.along_m
    saves = parameters.pitch_m + 2 * parameters.along_m
    road = np.maximum(reached if _extent(_DOUBLE, parameters) - width >= saves else 0.0, width)
    paths = (
        np.maximum(stacks * parameters.pitch_m - 2 * parameters.gap_m, 0.0)
        * parameters.path_width_m
    )
    per_home = parameters.parking_per_home_m2 + parameters.green_per_home_m2
    need = stacks * footprint + homes * per_home + road * width + paths
    most: Integers = homes[np.maximum(np.searchsorted(need, area, "right") - 1, 0)]
    return most


@dataclass(frozen=True)
class _Jobs:
    """Sites, each in some directions."""

    sites: Geometries
    inner: Geometries
    """What is left of each site inside the setback."""
    site: Integers
    """Position of the site of each job, rising. (j,) int"""
    turn: Turn

    def where(self, jobs: Integers | slice) -> _Jobs:
        return _Jobs(self.sites, self.inner, self.site[jobs], self.turn[jobs])

    def edges(self) -> tuple[Edges, Edges]:
        """Return the edges of the sites and of what is inside the setback."""
        return edges(self.sites, self.site, self.turn), edges(self.inner, self.site, self.turn)


def _chunks(count: int, positions: int) -> Iterator[slice]:
    step = max(1, _CHUNK // positions)
    return (slice(start, start + step) for start in range(0, count, step))


def _promising(site: Integers, value: Floats) -> Integers:
    """Return the positions of the jobs of each site that come near its best, ordered by site."""
    order = np.lexsort((-value, site))
    first = np.searchsorted(site[order], site[order], "left")
    number = np.arange(len(order)) - first
    near = value[order] >= value[order][first] * _NEAR_SHARE - _NEAR_STACKS
    return np.sort(order[(number < _LEAST_CANDIDATES) | (near & (number < _MOST_CANDIDATES))])


def _values(jobs: _Jobs, parameters: LayoutParameters) -> Floats:
    """Return about how many stacks each job can hold."""
    found = np.zeros(len(jobs.site))
    for chunk in _chunks(len(found), _COARSE_POSITIONS):
        some = jobs.where(chunk)
        found[chunk] = _Search(some.edges(), len(some.site), parameters, _COARSE_POSITIONS).value
    return found


# ----------------------------------------------------------------------------------------------------------------------------------------
# Where the streets lie
# ----------------------------------------------------------------------------------------------------------------------------------------


def _extent(kind: int, parameters: LayoutParameters) -> float:
    """Return what a street takes across, with rows and half the back yards. [m]"""
    side = parameters.yard_m + parameters.module_length_m
    if kind == _DOUBLE:
        return 2 * side + parameters.front_distance_m
    return side + parameters.front_m + parameters.road_width_m


class _Search:
    """The best set of streets for each job, out of those that start at some positions."""

    def __init__(
        self, found: tuple[Edges, Edges], count: int, parameters: LayoutParameters, positions: int
    ) -> None:
        self.outer, self.inner = found
        self.parameters = parameters
        self.count = count
        self.start = self._starts(positions)
        self.value, self.choice, self.next = self._solve()

    def _starts(self, positions: int) -> Floats:
        """Return where streets may start, sorted: in even steps, and row upon row from the bottom and from the top. (j, p)."""
        parameters = self.parameters
        bottom, top = np.full(self.count, np.inf), np.full(self.count, -np.inf)
        np.minimum.at(bottom, self.inner.job, self.inner.y_bottom)
        np.maximum.at(top, self.inner.job, self.inner.y_top)
        bottom, top = bottom[:, None] + _ANCHOR_M, top[:, None] - _ANCHOR_M
        yard, length = parameters.yard_m, parameters.module_length_m
        ahead = parameters.front_m + parameters.road_width_m
        double, single = _extent(_DOUBLE, parameters), _extent(_ROW_BELOW, parameters)
        low, high = bottom - max(yard, ahead), top - length - min(yard, ahead)
        high = np.maximum(low, high)
        chain = np.arange(positions // _POSITIONS_PER_CHAIN) * double
        return np.sort(
            np.concatenate(
                [
                    low + (high - low) * np.linspace(0, 1, positions - 4 * len(chain)),
                    np.clip(bottom - yard + chain, low, high),
                    np.clip(bottom - ahead + single + chain, low, high),
                    np.clip(top + yard - double - chain, low, high),
                    np.clip(top - length - ahead - chain, low, high),
                ],
                axis=1,
            ),
            axis=1,
        )

    def _solve(self) -> tuple[Floats, Integers, Integers]:
        """Return per job the value of the best set of streets, and per position the kind that starts there and where the next may start."""
        count, positions = self.start.shape
        kinds = (_DOUBLE, _ROW_BELOW, _ROW_ABOVE)
        gain = self._modules()
        gain -= np.where(
            gain > 0, np.array([_STREET_COST, _SINGLE_COST, _SINGLE_COST])[:, None, None], 1.0
        )
        stride = 4 * float(np.abs(self.start).max(initial=0.0)) + 1000.0
        base = np.arange(count)[:, None]
        key = self.start + base * stride
        after = np.stack(
            [
                np.searchsorted(
                    key.ravel(), (key + _extent(kind, self.parameters) - MARGIN_M).ravel()
                )
                for kind in kinds
            ]
        )
        after = np.minimum(after.reshape(3, count, positions) - base * positions, positions)
        best = np.zeros((count, positions + 1))
        choice = np.full((count, positions), -1)
        row = np.arange(count)
        for position in range(positions - 1, -1, -1):
            total = gain[:, :, position] + best[row, after[:, :, position]]
            kind = total.argmax(axis=0)
            reached = total[kind, row]
            better = reached > best[:, position + 1]
            best[:, position] = np.where(better, reached, best[:, position + 1])
            choice[:, position] = np.where(better, kind, -1)
        return best[:, 0], choice, after

    def _modules(self) -> Floats:
        """Return how many modules a street of each kind would hold at each position. (3, j, p)."""
        job = np.repeat(np.arange(self.count), self.start.shape[1])
        double, below, above = (
            _Streets(job, np.full(len(job), kind), self.start.ravel(), self.parameters)
            for kind in (_DOUBLE, _ROW_BELOW, _ROW_ABOVE)
        )
        # The lower row lies in the same place with and without a row on the other side of the
        # street.
        lower, wide = blocked(self.inner, double.row(False)), blocked(self.outer, double.street())
        modules = [
            self._fitting(lower, wide) + self._fitting(blocked(self.inner, double.row(True)), wide),
            self._fitting(lower, blocked(self.outer, below.street())),
            self._fitting(
                blocked(self.inner, above.row(True)), blocked(self.outer, above.street())
            ),
        ]
        return np.stack(modules).reshape(3, *self.start.shape)

    def _fitting(self, row: Blocked, street: Blocked) -> Floats:
        """Return how many modules stand in each row where the street before it is free. (j p,)."""
        rows = free_intervals([row, street], self.parameters.module_width_m)
        fitting = np.floor((rows.high - rows.low + self.parameters.gap_m) / self.parameters.pitch_m)
        return np.bincount(rows.band, fitting, minlength=self.start.size).astype(np.float64)

    def streets(self) -> _Streets:
        """Return the chosen streets, ordered by job and from the bottom up."""
        count, positions = self.start.shape
        at = np.zeros(count, dtype=np.intp)
        columns: list[tuple[Integers, Integers, Floats]] = []
        row = np.arange(count)
        while len(row):
            kind = self.choice[row, at[row]]
            takes = row[kind >= 0]
            columns.append((takes, kind[kind >= 0], self.start[takes, at[takes]]))
            at[row] = np.where(kind >= 0, self.next[np.maximum(kind, 0), row, at[row]], at[row] + 1)
            row = row[at[row] < positions]
        job, kind, start = (
            (np.concatenate(parts) for parts in zip(*columns, strict=True))
            if columns
            else (np.empty(0, np.intp),) * 3
        )
        order = np.lexsort((start, job))
        return _Streets(job[order], kind[order], start[order].astype(np.float64), self.parameters)


@dataclass(frozen=True)
class _Streets:
    """Streets, ordered by job and from the bottom up: job, kind and where they start."""

    job: Integers
    kind: Integers
    start: Floats
    parameters: LayoutParameters

    def street(self) -> Bands:
        """Return what lies between the fronts; of a single row, between its front and the far side of the road."""
        parameters = self.parameters
        low = self.start + np.where(
            self.kind == _ROW_ABOVE, 0.0, parameters.yard_m + parameters.module_length_m
        )
        depth = np.where(
            self.kind == _DOUBLE,
            parameters.front_distance_m,
            parameters.front_m + parameters.road_width_m,
        )
        return Bands(self.job, low, low + depth)

    def row(self, upper: bool) -> Bands:
        """Return the lower row or the upper row of each street, whether its kind has one or not."""
        street = self.street()
        if upper:
            return Bands(self.job, street.high, street.high + self.parameters.module_length_m)
        return Bands(self.job, street.low - self.parameters.module_length_m, street.low)

    def road(self) -> Floats:
        """Return where the road begins across the street. (s,) float64 [m]."""
        return self.street().low + np.where(self.kind == _ROW_ABOVE, 0.0, self.parameters.front_m)


# ----------------------------------------------------------------------------------------------------------------------------------------
# From streets to a layout: links, the connected part, and what its land can hold
# ----------------------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Arrangement:
    """The layout of one job in its turned frame; rectangles are left, bottom, right, top."""

    homes: int
    stacks: int
    removed: int
    road_m2: float
    rows: list[tuple[int, float, list[float]]]
    """Number and bottom of each row, and where its stacks begin. [m]"""
    roads: list[_Rectangle]
    paths: list[_Rectangle]


_Rectangle: TypeAlias = tuple[float, float, float, float]
_Stretch: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class _Track:
    """A stretch of street without a break."""

    street: int
    road: float
    """Where its road begins across the street. [m]"""
    low: float
    high: float
    """Where it begins and ends. [m]"""
    room: tuple[list[_Stretch], list[_Stretch]]
    """Stretches where modules may stand below and above it."""


@dataclass(frozen=True)
class _Link:
    """Room for a road across the rows between two tracks: the tracks, and where it begins and ends along them."""

    below: int
    above: int
    low: float
    high: float


def _arrangements(jobs: _Jobs, parameters: LayoutParameters) -> list[_Arrangement]:
    """Return the layout of each job, in order."""
    area = shapely.area(jobs.sites)[jobs.site]
    found: list[_Arrangement] = []
    for chunk in _chunks(len(jobs.site), _FINE_POSITIONS):
        some = jobs.where(chunk)
        outer, inner = some.edges()
        streets = _Search((outer, inner), len(some.site), parameters, _FINE_POSITIONS).streets()
        tracks, first_track = _tracks(streets, outer, inner, len(some.site))
        links, first_link = _links(streets, outer, tracks, len(some.site))
        for job, land in enumerate(area[chunk].tolist()):
            start, stop = first_track[job], first_track[job + 1]
            own = [
                _Link(link.below - start, link.above - start, link.low, link.high)
                for link in links[first_link[job] : first_link[job + 1]]
            ]
            found.append(_Planner(land, tracks[start:stop], own, parameters).arrange())
    return found


def _tracks(
    streets: _Streets, outer: Edges, inner: Edges, count: int
) -> tuple[list[_Track], list[int]]:
    """Return the tracks of all jobs, and which is the first of each."""
    parameters = streets.parameters
    fronts = blocked(outer, streets.street())
    found = free_intervals([fronts], parameters.road_width_m)
    columns = (found.band, streets.road()[found.band], found.low, found.high)
    tracks = [
        _Track(street, road, low, high, ([], []))
        for street, road, low, high in zip(*(column.tolist() for column in columns), strict=True)
    ]
    for upper in (False, True):
        rows = free_intervals(
            [blocked(inner, streets.row(upper)), fronts], parameters.module_width_m
        )
        owner = _holder(found, rows.band, rows.low)
        # A street may be long enough for a module, and not for its road.
        exists = (streets.kind[rows.band] != (_ROW_ABOVE, _ROW_BELOW)[upper]) & (owner >= 0)
        street, past = -1, 0.0
        for track, low, high in zip(
            owner[exists].tolist(),
            rows.low[exists].tolist(),
            rows.high[exists].tolist(),
            strict=True,
        ):
            # What parts two stretches may be narrower than the gap.
            low = max(low, past + parameters.gap_m) if tracks[track].street == street else low
            if high - low >= parameters.module_width_m:
                tracks[track].room[upper].append((low, high))
                street, past = tracks[track].street, high
    return tracks, np.searchsorted(streets.job[found.band], np.arange(count + 1)).tolist()


def _links(
    streets: _Streets, outer: Edges, tracks: list[_Track], count: int
) -> tuple[list[_Link], list[int]]:
    """Return where roads fit between each street and the next, for all jobs, and which is the first of each."""
    street = streets.street()
    below = np.flatnonzero(streets.job[1:] == streets.job[:-1])
    between = Bands(streets.job[below], street.low[below], street.high[below + 1])
    found = free_intervals([blocked(outer, between)], streets.parameters.road_width_m)
    band = np.array([track.street for track in tracks], dtype=np.intp)
    stretches = Intervals(
        band, np.array([track.low for track in tracks]), np.array([track.high for track in tracks])
    )
    lower, upper = (_holder(stretches, below[found.band] + step, found.low) for step in (0, 1))
    columns = (lower, upper, found.low, found.high)
    links = [
        _Link(*values) for values in zip(*(column.tolist() for column in columns), strict=True)
    ]
    return links, np.searchsorted(between.job[found.band], np.arange(count + 1)).tolist()


def _holder(stretches: Intervals, band: Integers, low: Floats) -> Integers:
    """Return the position of the stretch that holds a place, -1 where none does. (k,) int."""
    stride = (
        4 * max(float(np.abs(stretches.low).max(initial=0.0)), float(np.abs(low).max(initial=0.0)))
        + 1
    )
    key = stretches.band * stride + stretches.low
    holder = np.searchsorted(key, band * stride + low + 2 * MARGIN_M, "right") - 1
    held = holder >= 0
    held[held] = (stretches.band[holder[held]] == band[held]) & (
        stretches.high[holder[held]] > low[held]
    )
    return np.where(held, holder, -1)


_Kept: TypeAlias = dict[int, tuple[list[float], list[float]]]
"""Left ends of the modules below and above each track."""
_Placed: TypeAlias = tuple[int, int, float]
"""A link as built: the tracks below and above, and where it begins along them."""


class _Planner:
    """Makes the layout of one job out of its tracks and links."""

    def __init__(
        self, area: float, tracks: list[_Track], links: list[_Link], parameters: LayoutParameters
    ) -> None:
        self.area = area
        self.tracks = tracks
        self.links = links
        self.parameters = parameters

    def arrange(self) -> _Arrangement:
        placed, group = self._connect()
        kept, placed = self._largest(placed, group)
        room = _count(kept)
        kept, placed = self._trim(kept, placed)
        roads, paths = self._ways(kept, placed)
        rows = [
            (2 * self.tracks[track].street + upper, self._bottom(track, upper), lefts[upper])
            for track, lefts in kept.items()
            for upper in (False, True)
        ]
        stacks = _count(kept)
        return _Arrangement(
            self.parameters.homes_of(stacks),
            stacks,
            room - stacks,
            _total(roads),
            rows,
            roads,
            paths,
        )

    def _bottom(self, track: int, upper: bool) -> float:
        parameters, road = self.parameters, self.tracks[track].road
        if upper:
            return road + parameters.road_width_m + parameters.front_m
        return road - parameters.front_m - parameters.module_length_m

    def _connect(self) -> tuple[list[_Placed], list[int]]:
        """Place links, those that cost fewest modules first, until none joins two groups; return them and the group of each track."""
        group = list(range(len(self.tracks)))
        placed: list[_Placed] = []
        middle: float | None = None
        for link in sorted(self.links, key=lambda link: self._site_of(link)[0]):
            if group[link.below] == group[link.above]:
                continue
            left = self._site_of(link, middle)[1]
            middle = left if middle is None else middle
            for room in self._crossed(link):
                room[:] = [piece for stretch in room for piece in self._cut(stretch, left)]
            placed.append((link.below, link.above, left))
            old, new = group[link.above], group[link.below]
            group = [new if each == old else each for each in group]
        return placed, group

    def _crossed(self, link: _Link) -> list[list[_Stretch]]:
        """Return the stretches for modules in the rows that a link crosses, those of other tracks that end beside it as well."""
        below, above = self.tracks[link.below].street, self.tracks[link.above].street
        return [
            track.room[track.street == below]
            for track in self.tracks
            if track.street in (below, above)
        ]

    def _cut(self, stretch: _Stretch, left: float) -> list[_Stretch]:
        """Return what a link leaves of a stretch."""
        low, high = stretch
        before, after = (
            left - self.parameters.path_width_m,
            left + self.parameters.road_width_m + self.parameters.path_width_m,
        )
        if high <= before or low >= after:
            return [stretch]
        return [
            piece
            for piece in ((low, before), (after, high))
            if piece[1] - piece[0] >= self.parameters.module_width_m
        ]

    def _site_of(self, link: _Link, near: float | None = None) -> tuple[int, float]:
        """Return the modules that a link costs where it costs fewest, and that place; of equal places the one in line with other links."""
        parameters, modules_in = self.parameters, self.parameters.modules_in
        clear, width = parameters.path_width_m, parameters.road_width_m
        first, last = link.low, link.high - width
        places = [first, last] if near is None else [first, last, near]
        stretches = []
        for low, high in (stretch for room in self._crossed(link) for stretch in room):
            if high > first - clear and low < link.high + clear:
                standing = modules_in(high - low)
                taken = standing * parameters.pitch_m - parameters.gap_m
                places += low + taken + clear, high - taken - clear - width
                stretches.append((low, high, standing))

        def cost(place: float) -> int:
            before, after = place - clear, place + width + clear
            return sum(
                standing - modules_in(before - low) - modules_in(high - after)
                for low, high, standing in stretches
                if high > before and low < after
            )

        found, _, place = min(
            (cost(place), 0.0 if near is None else abs(place - near), place)
            for place in {min(max(place, first), last) for place in places}
        )
        return found, place

    def _largest(self, placed: list[_Placed], group: list[int]) -> tuple[_Kept, list[_Placed]]:
        """Return the modules and links of the group of tracks that holds most modules."""
        groups: dict[int, _Kept] = {}
        modules_in, pitch = self.parameters.modules_in, self.parameters.pitch_m
        for number, (track, own) in enumerate(zip(self.tracks, group, strict=True)):
            lower, upper = (
                [low + each * pitch for low, high in room for each in range(modules_in(high - low))]
                for room in track.room
            )
            groups.setdefault(own, {})[number] = (lower, upper)
        if not groups:
            return {}, []
        kept = max(groups.values(), key=_count)
        return kept, [link for link in placed if link[0] in kept]

    def _trim(self, kept: _Kept, placed: list[_Placed]) -> tuple[_Kept, list[_Placed]]:
        """Take tracks away from the ends of the roads, smallest first, until the land holds the rest; of the last one only what must go."""
        fits = self._spare(kept, placed) >= 0
        while kept:
            ends = [
                track
                for track in kept
                if sum(track in (below, above) for below, above, _ in placed) <= 1
            ]
            end = min(ends, key=lambda track: (len(kept[track][0]) + len(kept[track][1]), -track))
            stands = kept[end][0] or kept[end][1]
            if stands and fits:
                break
            others = {track: rows for track, rows in kept.items() if track != end}
            other_links = [link for link in placed if end not in link[:2]]
            spare = self._spare(others, other_links)
            fits = spare >= 0
            if stands and fits:
                own = [link for link in placed if end in link[:2]]
                rows = self._most_at_end(end, kept[end], own, others, placed, spare)
                return (
                    ({**others, end: rows}, placed) if rows[0] or rows[1] else (others, other_links)
                )
            kept, placed = others, other_links
        return kept, placed

    def _most_at_end(
        self,
        end: int,
        rows: tuple[list[float], list[float]],
        own: list[_Placed],
        others: _Kept,
        placed: list[_Placed],
        spare: float,
    ) -> tuple[list[float], list[float]]:
        """Return as many modules of a track at an end as the land left by the others can hold, those nearest to its link."""
        parameters = self.parameters
        origin = own[0][2] if own else self.tracks[end].low
        slots = sorted(
            (abs(left - origin), left, upper) for upper in (False, True) for left in rows[upper]
        )

        def some(number: int) -> tuple[list[float], list[float]]:
            chosen = slots[:number]
            return sorted(left for _, left, upper in chosen if not upper), sorted(
                left for _, left, upper in chosen if upper
            )

        # What land is left says how many more to try next: of a stack that is its part of whole
        # homes, its path and half of its road.
        ways = (parameters.path_width_m + parameters.road_width_m / 2) * parameters.pitch_m
        each = parameters.land_of(parameters.modules_per_home) / parameters.modules_per_home + ways
        low, high, number = 0, len(slots), 0
        while low < high:
            number = min(max(number + math.floor(spare / each), low + 1), high)
            spare = self._spare({**others, end: some(number)}, placed)
            low, high = (number, high) if spare >= 0 else (low, number - 1)
        return some(low)

    def _spare(self, kept: _Kept, placed: list[_Placed]) -> float:
        """Return the land left over by modules, roads, paths, parking and green, negative where there is too little. [m2]"""
        spare = self.area - self.parameters.land_of(_count(kept))
        if spare < 0:
            return spare
        roads, paths = self._ways(kept, placed)
        return spare - _total(roads) - _total(paths)

    def _ways(
        self, kept: _Kept, placed: list[_Placed]
    ) -> tuple[list[_Rectangle], list[_Rectangle]]:
        """Return the roads, as long as the modules need, with the way in at the end of a street; and the paths."""
        width = self.parameters.road_width_m
        spans: dict[int, _Stretch] = {}
        ways_in: list[tuple[float, int, float, float]] = []
        for track, rows in kept.items():
            links = [left for below, above, left in placed if track in (below, above)]
            if rows[0] or rows[1] or links:
                spans[track] = low, high = self._road_span(track, rows, links)
                first, last = self.tracks[track].low, self.tracks[track].high
                ways_in += (low - first, track, first, high), (last - high, track, low, last)
        if spans:
            # The way in is where it adds least road.
            _, track, low, high = min(ways_in)
            spans[track] = low, high
        roads = [
            (low, self.tracks[track].road, high, self.tracks[track].road + width)
            for track, (low, high) in spans.items()
        ]
        roads += [
            (
                left,
                self.tracks[below].road + width - _JOINT_M,
                left + width,
                self.tracks[above].road + _JOINT_M,
            )
            for below, above, left in placed
        ]
        paths: list[_Rectangle] = []
        if self.parameters.path_width_m > 0:
            for track, (lower, upper) in kept.items():
                if lower:
                    paths += self._paths(lower, False, self.tracks[track].road, spans[track])
                if upper:
                    paths += self._paths(upper, True, self.tracks[track].road + width, spans[track])
        return roads, paths

    def _road_span(
        self, track: int, rows: tuple[list[float], list[float]], links: list[float]
    ) -> _Stretch:
        """Return from where to where a track's road must run: past its links, and to within reach of its first and last entrance."""
        width, along = self.parameters.road_width_m, self.parameters.along_m
        lows, highs = links.copy(), [left + width for left in links]
        ends = [end for row in rows if row for end in (row[0], row[-1])]
        if ends:
            first, last = (
                min(ends) + self.parameters.module_width_m / 2,
                max(ends) + self.parameters.module_width_m / 2,
            )
            lows.append(first + along)
            highs.append(last - along)
        low, high = min(lows), max(highs)
        if not links and high - low < width:
            low = (first + last) / 2 - width / 2
            high = low + width
        begin, end = self.tracks[track].low, self.tracks[track].high
        low = min(max(low, begin), end - width)
        return low, max(min(high, end), low + width)

    def _paths(
        self, row: list[float], upper: bool, side: float, road: _Stretch
    ) -> list[_Rectangle]:
        """Return the path along the fronts of a row, and the one from there to the side of the road where they lie apart."""
        front_m, path_m = self.parameters.front_m, self.parameters.path_width_m
        half, apart = path_m / 2, front_m > path_m
        first, last = row[0], row[-1] + self.parameters.module_width_m
        door = min(max((first + last) / 2, road[0] + half), road[1] - half)
        low, high = min(first, door - half), max(last, door + half)
        if upper:
            front = side + front_m
            along = front - path_m
            return [
                (low, along, high, front),
                (door - half, side - _JOINT_M, door + half, along + _JOINT_M),
            ][: 1 + apart]
        front = side - front_m
        along = front + path_m
        return [
            (low, front, high, along),
            (door - half, along - _JOINT_M, door + half, side + _JOINT_M),
        ][: 1 + apart]


def _count(kept: _Kept) -> int:
    return sum(len(row) for rows in kept.values() for row in rows)


def _total(rectangles: list[_Rectangle]) -> float:
    return sum((right - left) * (top - bottom) for left, bottom, right, top in rectangles)


# ----------------------------------------------------------------------------------------------------------------------------------------
# Back on the map
# ----------------------------------------------------------------------------------------------------------------------------------------


def _drawn(
    parts: Geometries,
    part: Integers,
    jobs: _Jobs,
    chosen: list[tuple[int, _Arrangement]],
    parameters: LayoutParameters,
) -> Layouts:
    """Return the chosen arrangements, one per site, as geometries on the map."""
    count = len(parts)
    job = np.array([each for each, _ in chosen], dtype=np.intp)
    owner = part[jobs.site[job]]
    number = np.array([each.stacks for _, each in chosen], dtype=np.intp)
    rows = [row for _, each in chosen for row in each.rows]
    left = np.array([left for _, _, lefts in rows for left in lefts], dtype=np.float64)
    bottom, row = (
        np.repeat([each[column] for each in rows], [len(each[2]) for each in rows])
        for column in (1, 0)
    )
    corner = np.stack([left, bottom], axis=1)
    size = np.array([parameters.module_width_m, parameters.module_length_m])
    slot_job, slot_part = np.repeat(job, number), np.repeat(owner, number)
    homes, stacks, removed = (
        np.bincount(owner, values, minlength=count).astype(np.intp)
        for values in (
            [each.homes for _, each in chosen],
            number,
            [each.removed for _, each in chosen],
        )
    )
    module = turned_rectangles(jobs.turn, slot_job, np.concatenate([corner, corner + size], axis=1))
    roads, paths = (
        _joined(jobs.turn, job, owner, rectangles, count)
        for rectangles in ([each.roads for _, each in chosen], [each.paths for _, each in chosen])
    )
    paths = shapely.difference(paths, roads)
    parking, green = (
        homes * np.float64(each)
        for each in (parameters.parking_per_home_m2, parameters.green_per_home_m2)
    )
    taken = (
        stacks * parameters.module_length_m * parameters.module_width_m
        + shapely.area(roads)
        + shapely.area(paths)
        + parking
        + green
    )
    # Rows with odd numbers lie above their street, with the entrance at the bottom.
    front = corner + np.stack(
        [np.full(len(row), size[0] / 2), np.where(row % 2 == 1, 0.0, size[1])], axis=1
    )
    entrance = np.asarray(shapely.points(jobs.turn.back(front, slot_job)), dtype=object)
    order = np.lexsort((left, row, slot_job, slot_part))
    return Layouts(
        homes=homes,
        stacks=stacks,
        removed=removed,
        roads=roads,
        paved=shapely.buffer(
            roads, -(parameters.road_width_m - parameters.paved_width_m) / 2, join_style="mitre"
        ),
        paths=paths,
        parking_m2=parking,
        green_m2=green,
        unused_m2=np.nan_to_num(shapely.area(parts)) - taken,
        module=module[order],
        entrance=entrance[order],
        part=slot_part[order],
        row=_rows(slot_part[order], slot_job[order], row[order]),
        storeys=np.full(len(order), parameters.storeys, dtype=np.intp),
        degrees=jobs.turn.degrees[slot_job[order]],
    )


def _rows(part: Integers, job: Integers, row: Integers) -> Integers:
    """Return the rows numbered from 0 within each polygon. (m,) int."""
    first = np.diff(part, prepend=-1) > 0
    new = first | (np.diff(job, prepend=-1) != 0) | (np.diff(row, prepend=-1) != 0)
    number = np.cumsum(new) - 1
    start: Integers = np.maximum.accumulate(np.where(first, number, 0))
    return number - start


def _joined(
    turn: Turn, job: Integers, owner: Integers, rectangles: list[list[_Rectangle]], count: int
) -> Geometries:
    """Return the union of each polygon's rectangles. (count,) object."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    number = np.array([len(each) for each in rectangles], dtype=np.intp)
    bounds = np.array(
        [rectangle for each in rectangles for rectangle in each], dtype=np.float64
    ).reshape(-1, 4)
    drawn, of = turned_rectangles(turn, np.repeat(job, number), bounds), np.repeat(owner, number)
    shapely.geometrycollections(drawn, indices=of, out=result)
    some = np.unique(of)
    result[some] = shapely.union_all(result[some, None], axis=1)
    return result
