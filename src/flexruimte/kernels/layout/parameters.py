"""What a layout must observe."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property

__all__ = ["TOLERANCE_M", "LayoutParameters"]

TOLERANCE_M = 1e-5
"""Lengths that differ by less are the same: what fits exactly fits. [m]"""
_MAY_BE_ZERO = (
    "gap_m",
    "setback_m",
    "back_distance_m",
    "path_width_m",
    "parking_per_home_m2",
    "green_per_home_m2",
)


@dataclass(frozen=True, kw_only=True)
class LayoutParameters:
    """What a layout must observe.

    Nothing has a default here: the values and their sources are the ruleset's.

    Raises
    ------
    ValueError
        When a value is not a finite number, not positive where it must be, or contradicts another.

    Examples
    --------
    >>> parameters = LayoutParameters(
    ...     module_length_m=9, module_width_m=3.5, storeys=2, modules_per_home=1, gap_m=0.5,
    ...     front_distance_m=10, back_distance_m=8, setback_m=5, road_width_m=4.5,
    ...     paved_width_m=3.25, reach_m=10, path_width_m=1.5, parking_per_home_m2=0,
    ...     green_per_home_m2=0,
    ... )
    >>> parameters.front_m, parameters.modules_in(50)
    (2.75, 12)
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
    """Least distance between the backs of rows; half of it is kept free behind each row. [m]"""
    setback_m: float
    """Least distance between modules and the edge of the polygon. [m]

    Roads and paths may come up to the edge.
    """
    road_width_m: float
    """Width of the emergency road. [m]"""
    paved_width_m: float
    """Width of its paved middle. [m]"""
    reach_m: float
    """Largest distance from the middle of a module's front to the emergency road. [m]"""
    path_width_m: float
    """Width of the path along the fronts, and least distance between modules and roads. [m]"""
    parking_per_home_m2: float
    """Land for parking, with the room to get there. [m2]"""
    green_per_home_m2: float
    """Green land. [m2]"""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            may_be_zero = each.name in _MAY_BE_ZERO
            if not math.isfinite(value) or value < 0 or (value == 0 and not may_be_zero):
                least = "at least 0" if may_be_zero else "more than 0"
                raise ValueError(f"{each.name} must be {least}; it is {value}.")
            if each.name in ("storeys", "modules_per_home") and value != int(value):
                raise ValueError(f"{each.name} must be a whole number; it is {value}.")
        if self.paved_width_m > self.road_width_m:
            raise ValueError(
                f"paved_width_m ({self.paved_width_m}) must not be more than "
                f"road_width_m ({self.road_width_m})."
            )
        if self.front_m < self.path_width_m:
            least_m = self.road_width_m + 2 * self.path_width_m
            raise ValueError(
                f"front_distance_m ({self.front_distance_m}) must leave room for a road and two "
                f"paths: at least {least_m}."
            )
        if self.reach_m < self.front_m:
            raise ValueError(
                f"reach_m ({self.reach_m}) must not be less than the distance from a front to its "
                f"road ({self.front_m})."
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
        """Distance from where one module in a row begins to where the next does. [m]"""
        return self.module_width_m + self.gap_m

    @cached_property
    def along_m(self) -> float:
        """How far before the last entrance of a row the road may end. [m]"""
        return math.sqrt(max(self.reach_m**2 - self.front_m**2, 0.0))

    def modules_in(self, length_m: float) -> int:
        """Return how many modules fit side by side in a length."""
        return max(math.floor((length_m + self.gap_m) / self.pitch_m), 0)

    def homes_of(self, stacks: int) -> int:
        """Return how many whole homes a number of stacks makes."""
        return int(stacks * self.storeys // self.modules_per_home)

    def land_of(self, stacks: int) -> float:
        """Return the land that stacks stand on, with parking and green. [m2]"""
        per_home = self.parking_per_home_m2 + self.green_per_home_m2
        footprints = stacks * self.module_length_m * self.module_width_m
        return footprints + self.homes_of(stacks) * per_home
