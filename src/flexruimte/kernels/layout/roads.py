"""The roads and paths that the modules of a site need, as rectangles in its frame.

Each street segment in use gets a road as short as its links and entrances allow, and the row on
either side of it a path along the fronts. One of the roads is made longer, up to the end of its
segment: the way in.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.segments import Interval, Segment

__all__ = ["BuiltLink", "Rectangle", "RoadDesign", "Rows", "StandingModules", "total_area"]

JOINT_M = 1e-3
"""Roads and paths that meet overlap this much, so that rounding does not part them. [m]"""
Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top. [m]"""
Rows: TypeAlias = tuple[list[float], list[float]]
"""Left ends of the modules below and above a street segment, rising. [m]"""
StandingModules: TypeAlias = dict[int, Rows]
"""The modules of each street segment in use, by its position."""


class BuiltLink(NamedTuple):
    """A road across the rows between two street segments."""

    below: int
    above: int
    """Positions of the segments."""
    left: float
    """Where it begins along them. [m]"""

    def joins(self, segment: int) -> bool:
        """Return whether it ends at a segment."""
        return segment in (self.below, self.above)


class RoadDesign:
    """Works out the roads and paths of one site.

    Parameters
    ----------
    segments
        All street segments of the site.
    parameters
        What a layout must observe.
    """

    def __init__(self, segments: list[Segment], parameters: LayoutParameters) -> None:
        self.segments = segments
        self.parameters = parameters

    def roads_and_paths(
        self, standing: StandingModules, links: list[BuiltLink]
    ) -> tuple[list[Rectangle], list[Rectangle]]:
        """Return the roads with the way in, and the paths.

        Parameters
        ----------
        standing
            The modules.
        links
            The links between their segments.
        """
        width = self.parameters.road_width_m
        spans = self._road_spans(standing, links)
        roads = []
        for number, (low, high) in spans.items():
            bottom = self.segments[number].road
            roads.append((low, bottom, high, bottom + width))
        for link in links:
            bottom = self.segments[link.below].road + width - JOINT_M
            top = self.segments[link.above].road + JOINT_M
            roads.append((link.left, bottom, link.left + width, top))
        paths: list[Rectangle] = []
        if self.parameters.path_width_m > 0:
            for number, (lower, upper) in standing.items():
                side = self.segments[number].road
                if lower:
                    paths += self._paths(lower, False, side, spans[number])
                if upper:
                    paths += self._paths(upper, True, side + width, spans[number])
        return roads, paths

    def _road_spans(self, standing: StandingModules, links: list[BuiltLink]) -> dict[int, Interval]:
        """Return where the road of each segment begins and ends, one of them with the way in.

        That is where it adds least road.
        """
        spans: dict[int, Interval] = {}
        ways_in: list[tuple[float, int, float, float]] = []
        crossings_of: dict[int, list[float]] = {number: [] for number in standing}
        for link in links:
            for end in (link.below, link.above):
                if end in crossings_of:
                    crossings_of[end].append(link.left)
        for number, rows in standing.items():
            crossings = crossings_of[number]
            if rows[0] or rows[1] or crossings:
                spans[number] = low, high = self._road_span(number, rows, crossings)
                first, last = self.segments[number].low, self.segments[number].high
                ways_in += (low - first, number, first, high), (last - high, number, low, last)
        if spans:
            _, number, low, high = min(ways_in)
            spans[number] = low, high
        return spans

    def _road_span(self, number: int, rows: Rows, crossings: list[float]) -> Interval:
        """Return where a road begins and ends.

        It runs past its links, and to within reach of its first and last entrance.
        """
        width, along = self.parameters.road_width_m, self.parameters.along_m
        lows, highs = crossings.copy(), [left + width for left in crossings]
        ends = [end for row in rows if row for end in (row[0], row[-1])]
        if ends:
            half_front = self.parameters.module_width_m / 2
            first, last = min(ends) + half_front, max(ends) + half_front
            lows.append(first + along)
            highs.append(last - along)
        low, high = min(lows), max(highs)
        if not crossings and high - low < width:
            low = (first + last) / 2 - width / 2
            high = low + width
        begin, end = self.segments[number].low, self.segments[number].high
        low = min(max(low, begin), end - width)
        return low, max(min(high, end), low + width)

    def _paths(self, row: list[float], upper: bool, side: float, road: Interval) -> list[Rectangle]:
        """Return the path along the fronts of a row and, if that lies apart, one to the road."""
        front_m, path_m = self.parameters.front_m, self.parameters.path_width_m
        half, apart = path_m / 2, front_m > path_m
        first, last = row[0], row[-1] + self.parameters.module_width_m
        door = min(max((first + last) / 2, road[0] + half), road[1] - half)
        low, high = min(first, door - half), max(last, door + half)
        if upper:
            front = side + front_m
            inner = front - path_m
            along = (low, inner, high, front)
            across = (door - half, side - JOINT_M, door + half, inner + JOINT_M)
        else:
            front = side - front_m
            inner = front + path_m
            along = (low, front, high, inner)
            across = (door - half, inner - JOINT_M, door + half, side + JOINT_M)
        return [along, across] if apart else [along]


def total_area(rectangles: list[Rectangle]) -> float:
    """Return the area of rectangles, overlaps counted twice. [m2]"""
    return sum((right - left) * (top - bottom) for left, bottom, right, top in rectangles)
