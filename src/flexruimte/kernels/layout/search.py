"""The search for the layout of each polygon, over the directions of its rows.

Along its long side many a site holds as many homes as its land can hold at most. Only the others
are searched in more directions: all are estimated, and those with estimates near the best worked
out.
"""

from __future__ import annotations

import numpy as np
import shapely

from flexruimte.kernels.erosion import within_setback
from flexruimte.kernels.layout.bound import most_homes
from flexruimte.kernels.layout.candidates import (
    Candidates,
    arrangements,
    best_per_site,
    estimated_stacks,
    promising,
)
from flexruimte.kernels.layout.drawing import draw
from flexruimte.kernels.layout.layouts import Layouts
from flexruimte.kernels.layout.parameters import TOLERANCE_M, LayoutParameters
from flexruimte.kernels.layout.planner import Arrangement
from flexruimte.kernels.rectangles.bands import Frames
from flexruimte.kernels.rectangles.directions import long_side_degrees, row_directions
from flexruimte.vocabulary import Geometries, Integers

__all__ = ["lay_out"]


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
        polygon's roads are connected. What is left out, and what is not sure, says
        `flexruimte.kernels.layout`.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> parameters = LayoutParameters(
    ...     module_length_m=9, module_width_m=3.5, storeys=2, modules_per_home=1, gap_m=0.5,
    ...     front_distance_m=10, back_distance_m=8, setback_m=5, road_width_m=4.5,
    ...     paved_width_m=3.25, reach_m=10, path_width_m=1.5, parking_per_home_m2=0,
    ...     green_per_home_m2=0,
    ... )
    >>> sites = np.array([shapely.box(0, 0, 40, 60), shapely.box(0, 0, 10, 10)])
    >>> layouts = lay_out(sites, parameters)
    >>> layouts.homes, layouts.stacks
    (array([48,  0]), array([24,  0]))
    """
    sites, part = shapely.get_parts(parts, return_index=True)
    areal = shapely.area(sites) > 0
    sites, part = sites[areal], part[areal]
    setback = max(parameters.setback_m - TOLERANCE_M, 0.0)
    inner = within_setback(sites, setback) if setback else sites
    site, degrees = row_directions(inner)
    centre = shapely.get_coordinates(shapely.centroid(sites[site]))
    candidates = Candidates(sites, inner, site, Frames(centre, degrees))
    chosen, found = _search(candidates, parameters)
    return draw(parts, part[site[chosen]], candidates.frames[chosen], found, parameters)


def _search(
    candidates: Candidates, parameters: LayoutParameters
) -> tuple[Integers, list[Arrangement]]:
    """Return the position and the layout of the best candidate of each site that holds a module."""
    sites, site = candidates.sites, candidates.site
    off_long_side = candidates.frames.degrees - long_side_degrees(candidates.inner)[site]
    angle = np.abs((off_long_side + 90.0) % 180.0 - 90.0)
    tried = best_per_site(site, -angle)
    found = arrangements(candidates.where(tried), parameters)
    homes = np.zeros(len(sites), dtype=np.intp)
    homes[site[tried]] = [each.homes for each in found]
    wanting = np.flatnonzero((homes < most_homes(shapely.area(sites), parameters))[site])
    estimates = estimated_stacks(candidates.where(wanting), parameters)
    near = np.setdiff1d(wanting[promising(site[wanting], estimates)], tried)
    tried = np.concatenate([tried, near])
    found += arrangements(candidates.where(near), parameters)
    homes_found = np.array([each.homes for each in found])
    least_road = -np.array([each.road_m2 for each in found])
    best = best_per_site(site[tried], homes_found, least_road)
    best = np.array([each for each in best if found[each].stacks], dtype=np.intp)
    return tried[best], [found[each] for each in best]
