"""Layouts from the rotated frames of their sites back on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from flexruimte.kernels.layout.layouts import Layouts
from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.planner import Arrangement
from flexruimte.kernels.layout.roads import Rectangle
from flexruimte.kernels.rectangles.bands import Frames, rectangles_on_map
from flexruimte.vocabulary import Geometries, Integers

__all__ = ["draw"]


def draw(
    parts: Geometries,
    part: Integers,
    frames: Frames,
    chosen: Sequence[Arrangement],
    parameters: LayoutParameters,
) -> Layouts:
    """Return arrangements, one per site that holds any module, as geometries on the map.

    Parameters
    ----------
    parts
        The polygons that were laid out. (n,) object
    part
        Position of the polygon that each site is of. (s,) int
    frames
        The frame that each site is laid out in. (s,)
    chosen
        The layout of each site. (s,)
    parameters
        What a layout must observe.

    Returns
    -------
    Layouts
        Of the n polygons.
    """
    count = len(parts)
    homes = _total_per_part(part, [each.homes for each in chosen], count)
    stacks = _total_per_part(part, [each.stacks for each in chosen], count)
    roads = _union_per_part(frames, part, [each.roads for each in chosen], count)
    paths = _union_per_part(frames, part, [each.paths for each in chosen], count)
    paths = shapely.difference(paths, roads)
    parking = homes * np.float64(parameters.parking_per_home_m2)
    green = homes * np.float64(parameters.green_per_home_m2)
    built = stacks * parameters.module_length_m * parameters.module_width_m
    taken = built + shapely.area(roads) + shapely.area(paths) + parking + green
    half_verge = (parameters.road_width_m - parameters.paved_width_m) / 2
    return Layouts(
        homes=homes,
        stacks=stacks,
        removed=_total_per_part(part, [each.removed for each in chosen], count),
        roads=roads,
        paved=shapely.buffer(roads, -half_verge, join_style="mitre"),
        paths=paths,
        parking_m2=parking,
        green_m2=green,
        unused_m2=np.nan_to_num(shapely.area(parts)) - taken,
        **_stacks(part, frames, chosen, parameters),
    )


def _total_per_part(part: Integers, values: list[int], count: int) -> Integers:
    """Return the sum of values of sites per polygon. (count,) int."""
    return np.bincount(part, values, minlength=count).astype(np.intp)


def _stacks(
    part: Integers, frames: Frames, chosen: Sequence[Arrangement], parameters: LayoutParameters
) -> dict[str, Any]:
    """Return the columns of `Layouts` that have a value per stack."""
    site = np.repeat(np.arange(len(chosen)), [each.stacks for each in chosen])
    rows = [row for each in chosen for row in each.rows]
    lengths = [len(lefts) for _, _, lefts in rows]
    row = np.repeat([number for number, _, _ in rows], lengths).astype(np.intp)
    bottom = np.repeat([bottom for _, bottom, _ in rows], lengths)
    left = np.array([left for _, _, lefts in rows for left in lefts], dtype=np.float64)
    order = np.lexsort((left, row, site, part[site]))
    site, row = site[order], row[order]
    corner = np.stack([left[order], bottom[order]], axis=1)
    size = np.array([parameters.module_width_m, parameters.module_length_m])
    # Rows with odd numbers lie above their street, with the entrance at the bottom.
    door = np.where(row % 2 == 1, 0.0, size[1])
    front = corner + np.stack([np.full(len(row), size[0] / 2), door], axis=1)
    bounds = np.concatenate([corner, corner + size], axis=1)
    return {
        "module": rectangles_on_map(frames, site, bounds),
        "entrance": np.asarray(shapely.points(frames.to_map(front, site)), dtype=object),
        "part": part[site],
        "row": _numbered(part[site], site, row),
        "storeys": np.full(len(row), parameters.storeys, dtype=np.intp),
        "degrees": frames.degrees[site],
    }


def _numbered(part: Integers, site: Integers, row: Integers) -> Integers:
    """Return the rows numbered from 0 within each polygon. (m,) int."""
    first = np.diff(part, prepend=-1) > 0
    new = first | (np.diff(site, prepend=-1) != 0) | (np.diff(row, prepend=-1) != 0)
    number = np.cumsum(new) - 1
    start: Integers = np.maximum.accumulate(np.where(first, number, 0))
    return number - start


def _union_per_part(
    frames: Frames, part: Integers, rectangles: list[list[Rectangle]], count: int
) -> Geometries:
    """Return the union of each polygon's rectangles, empty where it has none. (count,) object."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    site = np.repeat(np.arange(len(rectangles)), [len(each) for each in rectangles])
    bounds = [rectangle for each in rectangles for rectangle in each]
    drawn = rectangles_on_map(frames, site, np.array(bounds, dtype=np.float64).reshape(-1, 4))
    shapely.geometrycollections(drawn, indices=part[site], out=result)
    some = np.unique(part[site])
    result[some] = shapely.union_all(result[some, None], axis=1)
    return result
