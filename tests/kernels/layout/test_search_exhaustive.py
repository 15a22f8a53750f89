"""Layouts against an exhaustive search that is written another way."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import affinity

from flexruimte.kernels.layout import LayoutParameters
from flexruimte.kernels.layout.candidates import Candidates
from flexruimte.kernels.layout.planner import Planner
from flexruimte.kernels.layout.segments import links_between, street_segments
from flexruimte.kernels.layout.street_search import StreetSearch
from flexruimte.kernels.layout.streets import DOUBLE, Streets, street_extent_m
from flexruimte.kernels.rectangles import Frames, row_directions
from kernels.layouts import PACKED, SITES, SPACIOUS, one


def stretches(blocked: np.ndarray, low: float, high: float) -> list[tuple[float, float]]:
    """What blocked stretches leave of low to high."""
    free, at = [], low
    for start, end in sorted(blocked.tolist()):
        if start > at:
            free.append((at, start))
        at = max(at, end)
    return [*free, (at, high)] if high > at else free


def projections(shape: Any, bands: np.ndarray) -> list[np.ndarray]:
    """What lies outside a shape in each band, as stretches of x."""
    parts, band = shapely.get_parts(shapely.difference(bands, shape), return_index=True)
    bounds = shapely.bounds(parts)
    thick = shapely.area(parts) > 1e-9
    return [bounds[thick & (band == number)][:, [0, 2]] for number in range(len(bands))]


def most_stacks(site: Any, parameters: LayoutParameters, step: float, degrees: float) -> int:
    """At most so many stacks stand in straight rows, in any direction and place that is tried.

    Links between the streets cost nothing here, and neither do streets that no road reaches, so that no layout by the same rules has more.
    """
    best = 0
    inner = shapely.buffer(site, -parameters.setback_m, join_style="mitre")
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(inner)))
    along = (
        np.degrees(np.arctan2(*np.diff(ring, axis=0).T[::-1])) % 180 if len(ring) else np.empty(0)
    )
    length, front = parameters.module_length_m, parameters.front_m
    yard, road = parameters.back_distance_m / 2, parameters.road_width_m
    for angle in sorted(
        {round(each, 3) % 180 for each in (*np.arange(0, 180, degrees), *along, *(along + 90))}
    ):
        outside, room = (affinity.rotate(each, -angle, origin=(0, 0)) for each in (site, inner))
        left, _, right, _ = outside.bounds
        if room.is_empty:
            continue
        low, high = room.bounds[1] + 1e-7, room.bounds[3] - 1e-7
        starts = np.unique(
            np.concatenate(
                [np.arange(low, high, step), high - length - np.arange(0, high - low, step)]
            ).round(7)
        )

        def fitting(
            rows: np.ndarray,
            streets: np.ndarray,
            room: Any = room,
            outside: Any = outside,
            left: float = left,
            right: float = right,
        ) -> list[int]:
            """How many modules stand in each row where the street before it is free."""
            blocked = zip(projections(room, rows), projections(outside, streets), strict=True)
            free = (stretches(np.concatenate(both), left - 1, right + 1) for both in blocked)
            return [
                sum(
                    max(math.floor((b - a + parameters.gap_m + 1e-6) / parameters.pitch_m), 0)
                    for a, b in row
                )
                for row in free
            ]

        def band(
            y: np.ndarray, depth: float, left: float = left, right: float = right
        ) -> np.ndarray:
            return np.asarray(shapely.box(left - 1, y, right + 1, y + depth), dtype=object)

        wide, narrow = parameters.front_distance_m, front + road
        below, above = starts, starts + length + wide
        doubles = np.add(
            fitting(band(below, length), band(below + length, wide)),
            fitting(band(above, length), band(below + length, wide)),
        )
        lowers = fitting(band(below, length), band(below + length, narrow))
        uppers = fitting(band(below, length), band(below - narrow, narrow))
        options = [
            *zip(starts - yard, starts + 2 * length + wide + yard, doubles.tolist(), strict=True),
            *zip(starts - yard, starts + length + narrow, lowers, strict=True),
            *zip(starts - narrow, starts + length + yard, uppers, strict=True),
        ]
        # Streets that do not overlap, with most modules: the best up to each end.
        ends, most = [-math.inf], [0]
        for start, end, count in sorted(
            ((s, e, c) for s, e, c in options if c), key=lambda option: option[1]
        ):
            before = int(np.searchsorted(ends, start + 1e-6, "right")) - 1
            ends.append(end)
            most.append(max(most[-1], most[before] + count))
        best = max(best, most[-1])
    return best


def most_on_land(site: Any, parameters: LayoutParameters) -> int:
    """At most so many stacks have land for parking and green, with a path before each front and a road as short as it is wide."""
    for stacks in itertools.count():
        each = parameters.module_width_m * (parameters.module_length_m + parameters.path_width_m)
        homes = (stacks + 1) * parameters.storeys // parameters.modules_per_home
        land = (
            (stacks + 1) * each
            + homes * (parameters.parking_per_home_m2 + parameters.green_per_home_m2)
            + parameters.road_width_m**2
        )
        if land > site.area:
            return stacks
    raise AssertionError


def best_found(site: Any, parameters: LayoutParameters) -> int:
    """The most stacks with roads, parking and green, of all directions in steps of 5 degrees and all streets in steps of 0.25 m.

    For each direction both the best set of streets and evenly spaced streets, wherever they begin, are worked out to the end.
    """
    sites = np.array([site], dtype=object)
    inner = np.asarray(
        shapely.buffer(sites, -parameters.setback_m + 1e-5, join_style="mitre"), dtype=object
    )
    best = 0
    for degrees in row_directions(inner, 5.0)[1]:
        frames = Frames(shapely.get_coordinates(shapely.centroid(sites)), np.array([degrees]))
        found = Candidates(sites, inner, np.array([0]), frames).edges()
        low, high = float(found[1].y_bottom.min()), float(found[1].y_top.max())
        double = street_extent_m(DOUBLE, parameters)
        plans = [StreetSearch(found, 1, parameters, int((high - low) / 0.25) + 60).streets()]
        for offset in np.arange(0.0, double, 0.25):
            start = np.arange(low - double + offset, high, double)
            plans.append(
                Streets(
                    np.zeros(len(start), np.intp), np.zeros(len(start), np.intp), start, parameters
                )
            )
        for streets in plans:
            segments = street_segments(streets, *found, 1)
            links = links_between(streets, found[0], segments)
            planner = Planner(site.area, segments[0], links[0], parameters)
            best = max(best, planner.arrange().stacks)
    return best


@pytest.mark.soak
@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("parameters", [PACKED, SPACIOUS], ids=["packed", "spacious"])
def test_at_least_nine_tenths_of_an_exhaustive_search(
    name: str, parameters: LayoutParameters
) -> None:
    found, best = int(one(SITES[name], parameters).stacks[0]), best_found(SITES[name], parameters)
    assert found >= 0.9 * best


@pytest.mark.soak
@pytest.mark.parametrize("name", SITES)
def test_near_what_would_fit_without_roads_across(name: str) -> None:
    # A bound that no layout reaches where links cost modules, from code that shares nothing with the kernel: 15 degrees, 0.5 m.
    site = SITES[name]
    found, most = int(one(site).stacks[0]), most_stacks(site, PACKED, 0.5, 15.0)
    assert found >= 0.85 * most
    found, most = int(one(site, SPACIOUS).stacks[0]), min(most, most_on_land(site, SPACIOUS))
    assert 0.85 * most <= found <= most_on_land(site, SPACIOUS)
