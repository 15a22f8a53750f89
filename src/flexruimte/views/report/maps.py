"""The maps of a report: the municipality with its shortlist, and each location by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from flexruimte.results.outputs import OutputContent
from flexruimte.results.tables import BUILDABLE_GEOMETRY
from flexruimte.views.report.shapes import Frame, frame_around, path_of, scale_bar
from flexruimte.vocabulary import (
    AREA,
    LAYOUT_KINDS,
    PARCEL_ID,
    PRIORITY,
    RANK,
    STATUS,
    Floats,
    Geometries,
    Status,
)

__all__ = ["Drawing", "Marker", "SiteMaps", "spread_out", "town_map"]

_TOWN_WIDTH: Final = 1800
"""Of the map of a municipality; a step is a tenth of a millimetre on paper. [step]"""
_TOWN_HEIGHT: Final = 1180
_DRAWN_STEPS: Final = 1.5
"""Shapes are drawn with this tolerance. [step]"""
_MOST_OTHERS: Final = 5_000
"""So many parcels that are no location are drawn, the largest: they are there to find one's way."""
_MARKER: Final = 26
"""Radius of a number on the map. [step]"""
_SITE_STEPS: Final = 1000
_SITE_LEAST_M: Final = 120.0
"""The map of a location shows this at least from side to side. [m]"""
_SITE_MARGIN: Final = 0.14
_DIRECTIONS: Final = 16


@dataclass(frozen=True)
class Marker:
    """A number on a map."""

    text: str
    x: int
    y: int
    """Of the middle of the number. [step]"""
    at_x: int
    at_y: int
    """What it points at. [step]"""

    @property
    def moved(self) -> bool:
        """Whether it stands beside what it points at."""
        return (self.x, self.y) != (self.at_x, self.at_y)


@dataclass(frozen=True)
class Drawing:
    """What a template draws."""

    width: int
    """[step]"""
    height: int
    """[step]"""
    layers: list[tuple[str, str]]
    """Class of style and path, from the lowest up; those without a shape are left out."""
    scale_m: int
    """What the scale bar is long. [m]"""
    scale_steps: int
    """How long it is drawn. [step]"""
    markers: list[Marker] = field(default_factory=list)


def _drawing(
    frame: Frame, layers: Sequence[tuple[str, Geometries]], markers: Sequence[Marker] = ()
) -> Drawing:
    paths = [(name, path_of(shapes, frame)) for name, shapes in layers]
    metres, steps = scale_bar(frame)
    return Drawing(
        frame.width,
        frame.height,
        [(name, path) for name, path in paths if path],
        metres,
        steps,
        list(markers),
    )


def town_map(content: OutputContent, shortlist: pd.DataFrame) -> Drawing:
    """Return the map of a municipality: the shortlist numbered, other locations and parcels light.

    Parameters
    ----------
    content
        What is known of the municipality.
    shortlist
        Rows of its locations that are numbered, by their rank.

    Returns
    -------
    Drawing
        With the layers `other` (parcels that are no location), `unknown`, `class-N` (ranked
        locations of the N-th class of priority, 0 for all of a ruleset without), `shortlist` and
        `boundary`.
    """
    parcels, listed = content.parcels, content.locations
    whole = np.asarray(parcels.geometry)
    boundary = np.array([content.boundary], dtype=object)
    # A parcel on the border may stick out.
    bounds: tuple[float, float, float, float] = tuple(
        shapely.total_bounds(np.concatenate([boundary, whole]))
    )
    frame = frame_around(bounds, _TOWN_WIDTH, _TOWN_HEIGHT, margin=0.02, fitted=True)
    tolerance = _DRAWN_STEPS / frame.steps_per_m

    def simple(shapes: Geometries) -> Geometries:
        return np.asarray(shapely.simplify(shapes, tolerance, preserve_topology=False))

    ranked = listed[RANK].notna().to_numpy()
    chosen = listed[PARCEL_ID].isin(shortlist[PARCEL_ID]).to_numpy()
    classes = pd.Index(content.summary.priorities or [""])
    of_class = classes.get_indexer(pd.Index(listed[PRIORITY].fillna("").astype(object)))
    land = np.asarray(listed["parcel"])
    others = _largest(parcels[(parcels[STATUS] == str(Status.EXCLUDED)).to_numpy()])
    layers = [
        ("other", simple(others)),
        ("unknown", simple(land[~ranked])),
        *(
            (f"class-{number}", simple(land[ranked & ~chosen & (of_class == number)]))
            for number in reversed(range(len(classes)))
        ),
        ("shortlist", land[chosen]),
        ("boundary", simple(boundary)),
    ]
    return _drawing(frame, layers, _numbers(shortlist, frame))


def _largest(parcels: pd.DataFrame) -> Geometries:
    shapes = np.asarray(parcels["geometry"])
    if len(shapes) <= _MOST_OTHERS:
        return shapes
    area = parcels[AREA].to_numpy()
    return shapes[np.sort(np.argsort(-area, kind="stable")[:_MOST_OTHERS])]


def _numbers(shortlist: pd.DataFrame, frame: Frame) -> list[Marker]:
    if not len(shortlist):
        return []
    points = shapely.point_on_surface(np.asarray(shortlist.geometry))
    at = frame.steps(shapely.get_coordinates(points)).astype(np.float64)
    beside = spread_out(at, _MARKER, (frame.width, frame.height))
    return [
        Marker(str(rank), *map(round, place), *map(round, point))
        for rank, place, point in zip(
            shortlist[RANK].tolist(), beside.tolist(), at.tolist(), strict=True
        )
    ]


def spread_out(points: Floats, radius: float, size: tuple[float, float]) -> Floats:
    """Return places for round numbers, near the points they belong to, that do not overlap.

    Parameters
    ----------
    points
        What they point at. (n, 2)
    radius
        Of a number.
    size
        Width and height that they stay within.

    Returns
    -------
    numpy.ndarray
        The points themselves where there is room; else the nearest free place around, on rings
        that grow by half a radius. (n, 2)

    Examples
    --------
    >>> spread_out(np.array([[50.0, 50.0], [50.0, 50.0]]), 10, (100, 100)).tolist()
    [[50.0, 50.0], [75.0, 50.0]]
    """
    angles = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    around = np.round(np.column_stack([np.cos(angles), np.sin(angles)]), 9)
    placed = np.empty((0, 2))
    for point in points:
        rings = [point + around * radius * step / 2 for step in range(5, 5 + 4 * len(points))]
        places = np.concatenate([[point], *rings])
        inside = ((places >= radius) & (places <= np.subtract(size, radius))).all(axis=1)
        gaps = np.linalg.norm(places[:, None] - placed[None], axis=2)
        free = inside & (gaps >= 2.2 * radius).all(axis=1)
        best = places[int(np.argmax(free))] if free.any() else point
        placed = np.vstack([placed, best])
    return placed


class SiteMaps:
    """Draws locations one by one, with the parcels around them.

    Parameters
    ----------
    content
        What is known of the municipality.
    """

    def __init__(self, content: OutputContent) -> None:
        self._around = np.asarray(content.parcels.geometry)
        self._tree = shapely.STRtree(self._around)
        self._layout = np.asarray(content.layout.geometry)
        self._kinds = content.layout["kind"].to_numpy(dtype=object)
        self._of = content.layout.groupby(PARCEL_ID, sort=False).indices
        land = gpd.GeoDataFrame(pd.concat([content.parcels, content.sites], ignore_index=True))
        self._row = pd.Index(land[PARCEL_ID])
        self._land = np.asarray(land.geometry)
        self._left = np.asarray(land[BUILDABLE_GEOMETRY])

    def of(self, location: str) -> Drawing:
        """Return the map of a location.

        Returns
        -------
        Drawing
            With the layers `around` (other parcels), `taken` (the location, of which what is not
            covered by the next ones falls away), `buildable`, the kinds of a layout (`road`,
            `paved`, `path`, `module`) and `site` (its outline).
        """
        row = int(self._row.get_indexer([location])[0])
        shape = np.array([self._land[row]], dtype=object)
        bounds: tuple[float, float, float, float] = tuple(shapely.total_bounds(shape))
        frame = frame_around(
            bounds, _SITE_STEPS, _SITE_STEPS, margin=_SITE_MARGIN, least_m=_SITE_LEAST_M
        )
        near = self._around[np.sort(self._tree.query(shapely.box(*frame.land)))]
        parts = self._of.get(location, np.empty(0, dtype=np.intp))
        kinds = self._kinds[parts]
        layout = self._layout[parts]
        return _drawing(
            frame,
            [
                ("around", np.asarray(shapely.clip_by_rect(near, *frame.land))),
                ("taken", shape),
                ("buildable", np.array([self._left[row]], dtype=object)),
                # Modules, the first kind, stand on top.
                *((kind, layout[kinds == kind]) for kind in reversed(LAYOUT_KINDS)),
                ("site", shape),
            ],
        )
