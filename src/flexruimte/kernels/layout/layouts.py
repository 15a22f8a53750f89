"""Layouts of many polygons as columns, and taking some of them or joining them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from flexruimte.kernels.ranges import ranges
from flexruimte.vocabulary import Floats, Geometries, Integers

__all__ = ["OF_STACKS", "Layouts", "join_layouts", "take_layouts", "without_drawings"]

OF_STACKS = ("module", "entrance", "part", "row", "storeys", "degrees")
"""The columns of `Layouts` with a value per stack; the others have one per polygon."""


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
    """Land that modules, roads, paths, parking and green leave. (n,) float64 [m2]"""
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


def take_layouts(layouts: Layouts, positions: Integers) -> Layouts:
    """Return the layouts of some polygons, in the order given.

    Parameters
    ----------
    layouts
        Of n polygons.
    positions
        Positions of polygons; each may be asked more than once. (k,) int

    Returns
    -------
    Layouts
        Of k polygons.
    """
    first, last = (np.searchsorted(layouts.part, positions, side) for side in ("left", "right"))
    part = np.repeat(np.arange(len(positions)), last - first)
    stack = ranges(first, last - first)
    columns = {
        each.name: getattr(layouts, each.name)[stack if each.name in OF_STACKS else positions]
        for each in fields(layouts)
    }
    return Layouts(**{**columns, "part": part})


def join_layouts(one: Layouts, other: Layouts) -> Layouts:
    """Return the layouts of n and of m polygons as those of n + m."""
    columns = {
        each.name: np.concatenate([getattr(one, each.name), getattr(other, each.name)])
        for each in fields(one)
    }
    return Layouts(**{**columns, "part": np.concatenate([one.part, other.part + len(one.homes)])})


def without_drawings(layouts: Layouts) -> Layouts:
    """Return the counts, areas and footprints of layouts, without what else is drawn."""
    nothing, no_door = (
        np.full(len(each), None, dtype=object) for each in (layouts.homes, layouts.part)
    )
    return replace(layouts, roads=nothing, paved=nothing, paths=nothing, entrance=no_door)
