"""An upper bound of the homes that land can hold."""

from __future__ import annotations

import numpy as np

from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.streets import DOUBLE, street_extent_m
from flexruimte.vocabulary import Floats, Integers

__all__ = ["most_homes"]


def most_homes(area: Floats, parameters: LayoutParameters) -> Integers:
    """Return the homes that areas can hold at most.

    Parameters
    ----------
    area
        Areas of sites. (n,) float64 [m2]
    parameters
        What a layout must observe.

    Returns
    -------
    Integers
        (n,) int

    Notes
    -----
    Counted along both sides of one street from the edge, with parking and green. Along more streets
    the road can end farther from more of the last entrances, but each further street needs a link
    that is longer than what that saves. Where it is not, as with a long reach, the road counts for
    no more than it is wide. Odd sets of single rows are not ruled out by this; the tests look for a
    layout that holds more.
    """
    footprint = parameters.module_length_m * parameters.module_width_m
    width = parameters.road_width_m
    stacks = np.arange(int(area.max(initial=0.0) / footprint) + 2)
    homes = stacks * parameters.storeys // parameters.modules_per_home
    row = (stacks + 1) // 2 * parameters.pitch_m - parameters.gap_m
    reached = row - parameters.module_width_m / 2 - parameters.along_m
    saved_by_a_street = parameters.pitch_m + 2 * parameters.along_m
    one_street_is_best = street_extent_m(DOUBLE, parameters) - width >= saved_by_a_street
    road = np.maximum(reached if one_street_is_best else 0.0, width)
    fronts = np.maximum(stacks * parameters.pitch_m - 2 * parameters.gap_m, 0.0)
    paths = fronts * parameters.path_width_m
    per_home = parameters.parking_per_home_m2 + parameters.green_per_home_m2
    need = stacks * footprint + homes * per_home + road * width + paths
    most: Integers = homes[np.maximum(np.searchsorted(need, area, "right") - 1, 0)]
    return most
