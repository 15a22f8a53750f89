"""Street segments and the links that may join them: the network that a layout is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from flexruimte.kernels.layout.streets import ROW_ABOVE, ROW_BELOW, Streets
from flexruimte.kernels.rectangles.bands import (
    MARGIN_M,
    Bands,
    Edges,
    Intervals,
    blocked,
    free_intervals,
)
from flexruimte.vocabulary import Floats, Integers

__all__ = ["Interval", "Link", "Segment", "links_between", "street_segments"]

Interval: TypeAlias = tuple[float, float]
"""Where something begins and ends along a street. [m]"""


@dataclass(frozen=True)
class Segment:
    """A part of a street without a break."""

    street: int
    """Position of the street among those of all candidates."""
    road: float
    """Where its road begins across the street. [m]"""
    low: float
    high: float
    """Where it begins and ends along the street. [m]"""
    room: tuple[list[Interval], list[Interval]]
    """Where modules may stand below and above it."""


@dataclass(frozen=True)
class Link:
    """Room for a road across the rows between two segments."""

    below: int
    above: int
    """Positions of the segments among those of the same candidate."""
    low: float
    high: float
    """Where the room begins and ends along them. [m]"""


def street_segments(
    streets: Streets, outer: Edges, inner: Edges, count: int
) -> list[list[Segment]]:
    """Return the segments of each candidate, from the bottom up and from left to right.

    Parameters
    ----------
    streets
        The streets of all candidates.
    outer, inner
        Edges of the sites, and of what is inside the setback.
    count
        Number of candidates.
    """
    parameters = streets.parameters
    fronts = blocked(outer, streets.street())
    found = free_intervals([fronts], parameters.road_width_m)
    columns = (found.band, streets.road()[found.band], found.low, found.high)
    segments = [
        Segment(street, road, low, high, ([], []))
        for street, road, low, high in zip(*(column.tolist() for column in columns), strict=True)
    ]
    for upper in (False, True):
        rows = free_intervals(
            [blocked(inner, streets.row(upper)), fronts], parameters.module_width_m
        )
        owner = _holding_interval(found, rows.band, rows.low)
        # A street may be long enough for a module, and not for its road.
        exists = (streets.kind[rows.band] != (ROW_ABOVE, ROW_BELOW)[upper]) & (owner >= 0)
        street, past = -1, 0.0
        fitting = (owner[exists], rows.low[exists], rows.high[exists])
        for number, low, high in zip(*(column.tolist() for column in fitting), strict=True):
            segment = segments[number]
            # What parts two intervals may be narrower than the gap.
            low = max(low, past + parameters.gap_m) if segment.street == street else low
            if high - low >= parameters.module_width_m:
                segment.room[upper].append((low, high))
                street, past = segment.street, high
    first = np.searchsorted(streets.frame[found.band], np.arange(count + 1)).tolist()
    return [segments[first[each] : first[each + 1]] for each in range(count)]


def links_between(
    streets: Streets, outer: Edges, segments: list[list[Segment]]
) -> list[list[Link]]:
    """Return where roads fit between each street and the next, per candidate.

    Parameters
    ----------
    streets
        The streets of all candidates.
    outer
        Edges of the sites.
    segments
        The segments of each candidate.
    """
    street = streets.street()
    below = np.flatnonzero(streets.frame[1:] == streets.frame[:-1])
    between = Bands(streets.frame[below], street.low[below], street.high[below + 1])
    found = free_intervals([blocked(outer, between)], streets.parameters.road_width_m)
    rows = [(each.street, each.low, each.high) for some in segments for each in some]
    number, low, high = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    intervals = Intervals(number.astype(np.intp), low, high)
    lower, upper = (
        _holding_interval(intervals, below[found.band] + step, found.low) for step in (0, 1)
    )
    counts = [len(some) for some in segments]
    frame = between.frame[found.band]
    start = (np.cumsum(counts) - counts)[frame]
    columns = (frame, lower - start, upper - start, found.low, found.high)
    links: list[list[Link]] = [[] for _ in segments]
    for candidate, *values in zip(*(column.tolist() for column in columns), strict=True):
        links[candidate].append(Link(*values))
    return links


def _holding_interval(intervals: Intervals, band: Integers, low: Floats) -> Integers:
    """Return which interval holds each place of a band, -1 where none does. (k,) int."""
    extent = max(np.abs(intervals.low).max(initial=0.0), np.abs(low).max(initial=0.0))
    # Bands side by side on one line: one search finds the place in all of them.
    stride = 4 * float(extent) + 1
    key = intervals.band * stride + intervals.low
    holder = np.searchsorted(key, band * stride + low + 2 * MARGIN_M, "right") - 1
    held = holder >= 0
    held[held] = (intervals.band[holder[held]] == band[held]) & (
        intervals.high[holder[held]] > low[held]
    )
    return np.where(held, holder, -1)
