"""From street segments and links to a layout.

Links are built as in Kruskal's algorithm (1956): those that cost fewest modules first, each only
where it joins parts that are not joined yet. Of what is then connected the part with most modules
is kept. Where its land cannot hold the parking and the green, segments at the ends of the roads
(the leaves of the tree) are taken away, smallest first.

References
----------
J. B. Kruskal (1956). On the shortest spanning subtree of a graph and the traveling salesman
problem. Proceedings of the American Mathematical Society 7(1), 48-50.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import chain

from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.roads import (
    BuiltLink,
    Rectangle,
    RoadDesign,
    Rows,
    StandingModules,
    total_area,
)
from flexruimte.kernels.layout.segments import Interval, Link, Segment

__all__ = ["Arrangement", "Planner"]


@dataclass(frozen=True)
class Arrangement:
    """The layout of one site in one direction, in its frame."""

    homes: int
    stacks: int
    removed: int
    """Stacks that there was room for, but not for their parking and green."""
    road_m2: float
    """Area of the roads. [m2]"""
    rows: list[tuple[int, float, list[float]]]
    """Number and bottom of each row, and where its stacks begin. [m]"""
    roads: list[Rectangle]
    paths: list[Rectangle]


class Planner:
    """Makes the layout of one site in one direction.

    Parameters
    ----------
    area
        Area of the site. [m2]
    segments
        Its street segments; `arrange` takes out of their room what links cross.
    links
        Where roads may run between them.
    parameters
        What a layout must observe.
    """

    def __init__(
        self, area: float, segments: list[Segment], links: list[Link], parameters: LayoutParameters
    ) -> None:
        self.area = area
        self.segments = segments
        self.links = links
        self.parameters = parameters
        self.design = RoadDesign(segments, parameters)
        self._rooms: dict[tuple[int, bool], list[list[Interval]]] = {}
        """The room below and above each street, segment by segment."""
        for segment in segments:
            for upper in (False, True):
                self._rooms.setdefault((segment.street, upper), []).append(segment.room[upper])

    def arrange(self) -> Arrangement:
        """Return the layout."""
        links, component = self._connect()
        standing, links = self._largest_component(links, component)
        room = _count(standing)
        standing, links = self._prune(standing, links)
        roads, paths = self.design.roads_and_paths(standing, links)
        rows = [
            (2 * self.segments[number].street + upper, self._bottom(number, upper), lefts[upper])
            for number, lefts in standing.items()
            for upper in (False, True)
        ]
        stacks = _count(standing)
        homes = self.parameters.homes_of(stacks)
        return Arrangement(homes, stacks, room - stacks, total_area(roads), rows, roads, paths)

    def _bottom(self, number: int, upper: bool) -> float:
        """Return where a row of a segment begins across the street. [m]"""
        parameters, road = self.parameters, self.segments[number].road
        if upper:
            return road + parameters.road_width_m + parameters.front_m
        return road - parameters.front_m - parameters.module_length_m

    def _connect(self) -> tuple[list[BuiltLink], list[int]]:
        """Return the links that are built, and the component that each segment is then in.

        Links are taken in the order of what they cost before the first is built. Later ones come
        in line with the first, where that costs no more.
        """
        component = list(range(len(self.segments)))
        built: list[BuiltLink] = []
        first_left: float | None = None
        for link in sorted(self.links, key=lambda link: self._cheapest_place(link)[0]):
            if component[link.below] == component[link.above]:
                continue
            left = self._cheapest_place(link, first_left)[1]
            first_left = left if first_left is None else first_left
            for room in self._crossed(link):
                room[:] = [piece for interval in room for piece in self._cut(interval, left)]
            built.append(BuiltLink(link.below, link.above, left))
            old, new = component[link.above], component[link.below]
            component = [new if each == old else each for each in component]
        return built, component

    def _crossed(self, link: Link) -> list[list[Interval]]:
        """Return the room for modules in the rows that a link crosses.

        That of other segments of the two streets as well: they may end right beside it.
        """
        below, above = self.segments[link.below].street, self.segments[link.above].street
        return self._rooms[below, True] + self._rooms[above, False]

    def _cut(self, interval: Interval, left: float) -> list[Interval]:
        """Return what a link that begins at `left` leaves of an interval, if it holds a module."""
        low, high = interval
        before = left - self.parameters.path_width_m
        after = left + self.parameters.road_width_m + self.parameters.path_width_m
        if high <= before or low >= after:
            return [interval]
        pieces = ((low, before), (after, high))
        return [each for each in pieces if each[1] - each[0] >= self.parameters.module_width_m]

    def _cheapest_place(self, link: Link, near: float | None = None) -> tuple[int, float]:
        """Return the fewest modules that a link costs, and where it begins then.

        Of places that cost as many, the one nearest to `near`, or the first.
        """
        parameters, modules_in = self.parameters, self.parameters.modules_in
        clear, width = parameters.path_width_m, parameters.road_width_m
        first, last = link.low, link.high - width
        places = [first, last] if near is None else [first, last, near]
        intervals = []
        for room in self._crossed(link):
            for low, high in room:
                if high > first - clear and low < link.high + clear:
                    standing = modules_in(high - low)
                    taken = standing * parameters.pitch_m - parameters.gap_m
                    places += low + taken + clear, high - taken - clear - width
                    intervals.append((low, high, standing))

        def cost(place: float) -> int:
            before, after = place - clear, place + width + clear
            lost = 0
            for low, high, standing in intervals:
                if high > before and low < after:
                    lost += standing - modules_in(before - low) - modules_in(high - after)
            return lost

        found, _, place = min(
            (cost(place), 0.0 if near is None else abs(place - near), place)
            for place in {min(max(place, first), last) for place in places}
        )
        return found, place

    def _largest_component(
        self, links: list[BuiltLink], component: list[int]
    ) -> tuple[StandingModules, list[BuiltLink]]:
        """Return the modules and links of the connected segments that hold most modules."""
        components: dict[int, StandingModules] = {}
        for number, segment in enumerate(self.segments):
            lower, upper = segment.room
            rows = self._left_ends(lower), self._left_ends(upper)
            components.setdefault(component[number], {})[number] = rows
        if not components:
            return {}, []
        standing = max(components.values(), key=_count)
        return standing, [link for link in links if link.below in standing]

    def _left_ends(self, room: list[Interval]) -> list[float]:
        """Return where modules begin that fill intervals from the left. [m]"""
        modules_in, pitch = self.parameters.modules_in, self.parameters.pitch_m
        return [low + each * pitch for low, high in room for each in range(modules_in(high - low))]

    def _prune(
        self, standing: StandingModules, links: list[BuiltLink]
    ) -> tuple[StandingModules, list[BuiltLink]]:
        """Take leaves away, smallest first, until the land holds the rest.

        Of the last one only those modules go that must. A leaf without modules goes in any case:
        its road serves nobody.
        """
        standing, left = dict(standing), dict(enumerate(links))
        links_of: dict[int, list[int]] = {number: [] for number in standing}
        for position, link in left.items():
            links_of[link.below].append(position)
            links_of[link.above].append(position)

        def priority(number: int) -> tuple[int, int]:
            return sum(map(len, standing[number])), -number

        leaves = [priority(number) for number, own in links_of.items() if len(own) <= 1]
        heapify(leaves)
        fits = self._unused_land(standing, links) >= 0
        while standing:
            modules, leaf = leaves[0][0], -leaves[0][1]
            if modules and fits:
                break
            heappop(leaves)
            rows, links = standing.pop(leaf), list(left.values())
            for position in links_of.pop(leaf):
                link = left.pop(position)
                other = link.below if link.above == leaf else link.above
                links_of[other].remove(position)
                if len(links_of[other]) == 1:
                    heappush(leaves, priority(other))
            unused = self._unused_land(standing, list(left.values()))
            fits = unused >= 0
            if modules and fits:
                rows = self._fill_leaf(leaf, rows, standing, links, unused)
                if rows[0] or rows[1]:
                    return {**standing, leaf: rows}, links
                break
        return standing, list(left.values())

    def _fill_leaf(
        self,
        leaf: int,
        rows: Rows,
        others: StandingModules,
        links: list[BuiltLink],
        unused: float,
    ) -> Rows:
        """Return as many modules of a leaf, from its link on, as the others leave land for.

        A search by interpolation: the land that is left says how many to try next.
        """
        parameters = self.parameters
        own = [link.left for link in links if link.joins(leaf)]
        origin = own[0] if own else self.segments[leaf].low
        slots = sorted(
            (abs(left - origin), left, upper) for upper in (False, True) for left in rows[upper]
        )

        def nearest(number: int) -> Rows:
            chosen = slots[:number]
            lower = sorted(left for _, left, upper in chosen if not upper)
            return lower, sorted(left for _, left, upper in chosen if upper)

        # A stack takes its part of whole homes, its path and half of its road.
        ways = (parameters.path_width_m + parameters.road_width_m / 2) * parameters.pitch_m
        each = parameters.land_of(parameters.modules_per_home) / parameters.modules_per_home + ways
        low, high, number = 0, len(slots), 0
        while low < high:
            number = min(max(number + math.floor(unused / each), low + 1), high)
            unused = self._unused_land({**others, leaf: nearest(number)}, links)
            low, high = (number, high) if unused >= 0 else (low, number - 1)
        return nearest(low)

    def _unused_land(self, standing: StandingModules, links: list[BuiltLink]) -> float:
        """Return the land left by modules, roads, paths, parking and green. [m2]

        Negative where there is too little.
        """
        unused = self.area - self.parameters.land_of(_count(standing))
        if unused < 0:
            return unused
        roads, paths = self.design.roads_and_paths(standing, links)
        return unused - total_area(roads) - total_area(paths)


def _count(standing: StandingModules) -> int:
    """Return how many stacks stand."""
    return sum(map(len, chain.from_iterable(standing.values())))
