"""The shape of what a rule on land covers of a parcel, for who shows what took that land."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import shapely

from flexruimte.kernels.overlap import Overlaps, polygonal, subtract, union_by_group
from flexruimte.kernels.ranges import ranges
from flexruimte.kernels.threads import in_threads
from flexruimte.vocabulary import AREA_TOLERANCE, Booleans, Floats, Geometries, Integers

__all__ = ["LandShapes", "join_land_shapes", "land_shapes"]

Texts: TypeAlias = np.ndarray[Any, np.dtype[np.object_]]

_MOST_UNITED: Final = 4_000
"""What has more vertices together is not united: that takes the square of their number."""


@dataclass(frozen=True)
class LandShapes:
    """What rules on land cover of parcels, rule by rule: of those that were asked for. m rows

    What a rule covers of a parcel follows from its layer alone, whatever the levels are.
    """

    of: Integers
    """Position of the parcel, rising. (m,) int"""
    rule: Texts
    """Id of the rule. (m,) object of str"""
    shapes: Geometries
    """The land, within the parcel; None where it is the whole parcel. (m,) object"""

    @classmethod
    def none(cls) -> LandShapes:
        """Return no rows."""
        nothing = np.empty(0, dtype=object)
        return cls(np.empty(0, dtype=np.intp), nothing, nothing)

    def where(self, keep: Booleans) -> LandShapes:
        """Return the rows for which `keep`, a (m,) array, holds."""
        rows = np.flatnonzero(keep)
        return LandShapes(self.of[rows], self.rule[rows], self.shapes[rows])

    def of_parcels(self, members: Integers) -> LandShapes:
        """Return the rows of some of the parcels, as positions among these; one may come twice.

        (k,) int.
        """
        first, last = (np.searchsorted(self.of, members, side) for side in ("left", "right"))
        rows = ranges(first, last - first)
        of = np.repeat(np.arange(len(members)), last - first)
        return LandShapes(of, self.rule[rows], self.shapes[rows])

    def that_is_taken(self, taken: Mapping[str, Booleans]) -> LandShapes:
        """Return the rows of parcels from which the rule takes its land, by rule. (n,) bool"""
        keep, (codes, names) = np.zeros(len(self.of), dtype=bool), pd.factorize(self.rule)
        for code, rule_id in enumerate(names):
            if rule_id in taken:
                of_rule = codes == code
                keep[of_rule] = taken[rule_id][self.of[of_rule]]
        return self.where(keep)

    def has(self, rule_id: str, count: int) -> Booleans:
        """Return of which of `count` parcels it has the land of a rule. (n,) bool"""
        there = np.zeros(count, dtype=bool)
        there[self.of[self.rule == rule_id]] = True
        return there


def join_land_shapes(parts: Sequence[tuple[Integers, LandShapes]]) -> LandShapes:
    """Return the rows of several parts as one, by parcel.

    Parameters
    ----------
    parts
        With the position of each parcel of a part.
    """
    of = np.concatenate([members[part.of] for members, part in parts])
    rule = np.concatenate([part.rule for _, part in parts])
    shapes = np.concatenate([np.asarray(part.shapes, dtype=object) for _, part in parts])
    order = np.argsort(of, kind="stable")
    return LandShapes(of[order], rule[order], shapes[order])


def land_shapes(
    parcels: Geometries, covered: Mapping[str, Overlaps], covered_m2: Mapping[str, Floats]
) -> LandShapes:
    """Return the shape of what rules cover of parcels.

    Parameters
    ----------
    parcels
        Valid polygons. (n,) object
    covered
        What the features of each rule share with the parcels that are asked for, by rule.
    covered_m2
        Area that each of these rules covers of the parcels, by rule. (n,) float64 [m2]

    Returns
    -------
    LandShapes
        By parcel, and by rule in the order given.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from flexruimte.kernels.overlap import index_features, index_geometries, overlaps
    >>> parcels = np.array([shapely.box(0, 0, 9, 1), shapely.box(9, 0, 10, 1)])
    >>> road = index_features(np.array([shapely.box(7, -1, 12, 2)]))
    >>> found = overlaps(index_geometries(parcels), road)
    >>> made = land_shapes(parcels, {"road": found}, {"road": np.array([2.0, 1.0])})
    >>> made.of, made.rule, shapely.area(made.shapes)
    (array([0, 1]), array(['road', 'road'], dtype=object), array([ 2., nan]))
    """
    names, count, areas = list(covered), len(parcels), shapely.area(parcels)
    whole, part = [], []
    for number, rule_id in enumerate(names):
        found, square = covered[rule_id], covered_m2[rule_id]
        of = np.unique(found.shape)
        of = of[square[of] > 0]
        is_whole = square[of] >= (1 - AREA_TOLERANCE) * areas[of]
        whole.append(number * count + of[is_whole])
        rows = np.isin(found.shape, of[~is_whole]) & (found.area > 0)
        part.append((number * count + found.shape[rows], found.geometry[rows]))
    wholly = np.concatenate([np.empty(0, dtype=np.intp), *whole])
    pair = np.concatenate([np.empty(0, dtype=np.intp), *(pairs for pairs, _ in part)])
    cutters = np.concatenate([np.empty(0, dtype=object), *(each for _, each in part)])
    pairs, group = np.unique(pair, return_inverse=True)
    shapes = _shared(parcels[pairs % max(count, 1)], cutters, group)
    rule_of, of = np.divmod(np.concatenate([wholly, pairs]), max(count, 1))
    order = np.lexsort((rule_of, of))
    every = np.concatenate([np.full(len(wholly), None, dtype=object), shapes])
    return LandShapes(of[order], np.array(names, dtype=object)[rule_of[order]], every[order])


def _shared(parcels: Geometries, cutters: Geometries, group: Integers) -> Geometries:
    """Return what each parcel shares with its cutters, as one shape.

    Parameters
    ----------
    parcels
        (p,) object
    cutters
        Polygons. (k,) object
    group
        Position of the parcel of each, rising. (k,) int
    """
    inside = polygonal(in_threads(shapely.intersection, parcels[group], cutters))
    vertices = np.bincount(group, shapely.get_num_coordinates(inside), minlength=len(parcels))
    several = np.bincount(group, minlength=len(parcels)) > 1
    jagged = several & (vertices > _MOST_UNITED)
    united = union_by_group(inside[~jagged[group]], group[~jagged[group]], len(parcels))
    some = np.flatnonzero(jagged)
    rows = jagged[group]
    left = subtract(parcels[some], cutters[rows], np.searchsorted(some, group[rows]))
    united[some] = polygonal(in_threads(shapely.difference, parcels[some], left))
    return united
