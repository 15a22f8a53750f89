"""The land that each rule takes, for the page: loaded when a reader asks what took this land."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely

from flexruimte.assessment.land_shapes import LandShapes
from flexruimte.views.web.shapes import encoded_shapes
from flexruimte.vocabulary import Geometries, Integers

__all__ = ["rules_with_land", "taken_land"]

_DRAWN_M: Final = 0.1
"""No vertex is left out that lies farther from the line than this: as far as a step of the page."""
_GRID_M: Final = 0.25
"""Vertices are drawn on this grid. Strips that are narrower, as where a building sticks out over a
boundary, fold over themselves when a browser rounds them, and are not drawn. [m]"""


def rules_with_land(land: LandShapes) -> list[str]:
    """Return the rules that take land, in the order of the alphabet."""
    return sorted(set(land.rule.tolist()))


def taken_land(land: LandShapes, parcels: Geometries, others: Integers) -> dict[str, Any]:
    """Return the land that rules take from parcels, as the page draws it.

    Parameters
    ----------
    land
        By parcel, in RD New.
    parcels
        Their shapes. (n,) object
    others
        Position of each parcel among those that the page has besides the locations; -1 where it is
        not one of them. (n,) int

    Returns
    -------
    dict
        By rule: `whole`, positions among those other parcels of those that it takes all of;
        `shapes`, what it takes of each parcel that is not named there, as `encoded_shapes` has it.

    Examples
    --------
    >>> parcels = np.array([shapely.box(155_000, 463_000, 155_100, 463_100)])
    >>> land = LandShapes(np.array([0]), np.array(["road"]), np.array([None]))
    >>> taken_land(land, parcels, np.array([7]))["road"]["whole"]
    [7]
    """
    shapes = np.asarray(land.shapes, dtype=object)
    drawn, is_whole = np.array(shapes, copy=True), shapely.is_missing(shapes)
    other = others[land.of]
    named = is_whole & (other >= 0)
    drawn[is_whole] = parcels[land.of[is_whole]]
    drawn = _on_grid(shapely.simplify(drawn, _DRAWN_M))
    return {
        rule_id: {
            "whole": other[named & (land.rule == rule_id)].tolist(),
            "shapes": encoded_shapes(drawn[~named & (land.rule == rule_id)]),
        }
        for rule_id in rules_with_land(land)
    }


def _on_grid(shapes: Geometries) -> Geometries:
    """Return polygons with their vertices on a grid; valid, but for what GEOS gives up on."""
    moved: Geometries = shapely.transform(shapes, lambda at: np.round(at / _GRID_M) * _GRID_M)
    folded = np.flatnonzero(~shapely.is_valid(moved))  # most are not, and take a tenth of the time
    try:
        moved[folded] = shapely.set_precision(shapes[folded], _GRID_M)
    except shapely.errors.GEOSException:
        moved[folded] = shapes[folded]
    return moved
