"""Streets with rows of modules along them, as bands across a site.

The kinds of street are drawn in `flexruimte.kernels.layout`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.rectangles.bands import Bands
from flexruimte.vocabulary import Floats, Integers

__all__ = ["DOUBLE", "ROW_ABOVE", "ROW_BELOW", "Streets", "street_extent_m"]

DOUBLE, ROW_BELOW, ROW_ABOVE = range(3)
"""Kinds of street: with a row on both sides, or on one side only."""


def street_extent_m(kind: int, parameters: LayoutParameters) -> float:
    """Return how deep a street is, with its rows and half of the distance behind them. [m]"""
    side = parameters.yard_m + parameters.module_length_m
    if kind == DOUBLE:
        return 2 * side + parameters.front_distance_m
    return side + parameters.front_m + parameters.road_width_m


@dataclass(frozen=True)
class Streets:
    """Streets of the candidates, ordered by candidate and from the bottom up."""

    frame: Integers
    """Position of the candidate. (s,) int"""
    kind: Integers
    """(s,) int"""
    start: Floats
    """Bottom of the street with all that belongs to it. (s,) float64 [m]"""
    parameters: LayoutParameters

    def street(self) -> Bands:
        """Return the bands between fronts, or between a front and the far side of the road."""
        parameters = self.parameters
        below = parameters.yard_m + parameters.module_length_m
        low = self.start + np.where(self.kind == ROW_ABOVE, 0.0, below)
        single = parameters.front_m + parameters.road_width_m
        depth = np.where(self.kind == DOUBLE, parameters.front_distance_m, single)
        return Bands(self.frame, low, low + depth)

    def row(self, upper: bool) -> Bands:
        """Return the lower row or the upper row of each street, whether its kind has one or not."""
        street = self.street()
        if upper:
            return Bands(self.frame, street.high, street.high + self.parameters.module_length_m)
        return Bands(self.frame, street.low - self.parameters.module_length_m, street.low)

    def road(self) -> Floats:
        """Return where the road begins across the street. (s,) float64 [m]."""
        return self.street().low + np.where(self.kind == ROW_ABOVE, 0.0, self.parameters.front_m)
