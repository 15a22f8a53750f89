"""Sites and parameters of layouts, for the tests of several rooms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely import affinity

from flexruimte.kernels.layout import LayoutParameters, Layouts, lay_out
from shapes import ZOO, random_polygons

PACKED = LayoutParameters(
    module_length_m=9.0,
    module_width_m=3.5,
    storeys=2,
    modules_per_home=1,
    gap_m=0.5,
    front_distance_m=10.0,
    back_distance_m=8.0,
    setback_m=5.0,
    road_width_m=4.5,
    paved_width_m=3.25,
    reach_m=10.0,
    path_width_m=1.5,
    parking_per_home_m2=0.0,
    green_per_home_m2=0.0,
)


SPACIOUS = replace(PACKED, parking_per_home_m2=25.0, green_per_home_m2=75.0)


SITES: dict[str, Any] = {
    "rectangle": shapely.box(0, 0, 40, 60),
    "L": shapely.union_all([shapely.box(0, 0, 120, 45), shapely.box(0, 0, 40, 110)]),
    "U": shapely.union_all(
        [shapely.box(0, 0, 130, 40), shapely.box(0, 0, 40, 100), shapely.box(90, 0, 130, 100)]
    ),
    "hole": shapely.difference(shapely.box(0, 0, 110, 90), shapely.box(40, 35, 65, 60)),
    "strip": affinity.rotate(shapely.box(0, 0, 220, 27), 33),
    "neck": shapely.union_all(
        [shapely.box(0, 0, 60, 60), shapely.box(60, 25, 80, 33), shapely.box(80, 0, 140, 60)]
    ),
    "triangle": shapely.Polygon([(0, 0), (130, 20), (40, 110)]),
    "trapezium": affinity.rotate(shapely.Polygon([(0, 0), (90, 0), (70, 75), (15, 60)]), 20),
    "bitten": shapely.difference(
        shapely.box(0, 0, 90, 70), shapely.buffer(shapely.Point(90, 70), 32)
    ),
    "star": random_polygons(11, 1, 90.0)[0],
}


UGLY: dict[str, Any] = {
    **SITES,
    **ZOO,
    "none": None,
    "sliver of a site": shapely.box(0, 0, 300, 2),
    "big bow-tie": shapely.make_valid(shapely.Polygon([(0, 0), (120, 90), (120, 0), (0, 90)])),
    "big comb": affinity.scale(ZOO["comb"], 9, 9, origin=(0, 0)),
    "two islands": shapely.MultiPolygon([shapely.box(0, 0, 60, 40), shapely.box(100, 0, 140, 60)]),
    "collapsed neck": shapely.union_all(
        [shapely.box(0, 0, 60, 60), shapely.box(60, 29, 80, 32), shapely.box(80, 0, 170, 60)]
    ),
    "far away": shapely.box(250_000, 600_000, 250_060, 600_040),
}


def one(shape: Any, parameters: LayoutParameters = PACKED) -> Layouts:
    return lay_out(np.array([shape], dtype=object), parameters)
