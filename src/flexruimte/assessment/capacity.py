"""Capacity: how many homes fit on the buildable part, by density and by a layout of modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import pandas as pd

from flexruimte.errors import RulesetError
from flexruimte.kernels.layout import LayoutParameters, Layouts, lay_out
from flexruimte.kernels.overlap import largest_part
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import (
    HOMES,
    HOMES_HIGH,
    HOMES_LOW,
    HOMES_MID,
    LARGEST_PART_AREA,
    SIZE_CLASS,
    Booleans,
    Floats,
    Geometries,
)

__all__ = [
    "CAPACITY_MEASURES",
    "NO_HOMES",
    "Capacity",
    "LayOut",
    "assess_capacity",
    "layout_parameters",
    "square_metres_of_a_home",
]

LayOut: TypeAlias = Callable[[Geometries, LayoutParameters], Layouts]
"""Lays homes out on polygons."""

CAPACITY_MEASURES = (HOMES_LOW, HOMES_MID, HOMES_HIGH, HOMES, SIZE_CLASS)
"""What is only known when the homes are counted: after the rules that do not ask for them."""

NO_HOMES = "none"
"""Class of project where no home fits."""
_BY = "homes_mid_by"
_PROJECT = "project_homes"
_WATER = "water_per_home_m2"
_LAYOUT = "layout"
_SQUARE_METRES_PER_HECTARE = 10_000


@dataclass(frozen=True)
class Capacity:
    """The homes that fit on each parcel."""

    columns: pd.DataFrame
    """Homes low, middle and high, and of a project: whole numbers, NaN where they were not counted.

    And the size class. (n, 5)
    """
    layouts: Layouts | None
    """The layouts behind the middle estimate, `part` being the parcel.

    None where the middle is by density too.
    """


def layout_parameters(ruleset: Ruleset) -> LayoutParameters | None:
    """Return what a layout must observe; None where the middle estimate is by density.

    Raises
    ------
    RulesetError
        When a parameter is missing, or parameters contradict each other.
    """
    if _BY not in ruleset.placement or ruleset.value(_BY) != _LAYOUT:
        return None
    names = [field.name for field in fields(LayoutParameters)]
    missing = [name for name in names if name not in ruleset.placement]
    if missing:
        raise RulesetError(
            f"ruleset '{ruleset.name}': {_BY} is '{_LAYOUT}', which needs [placement.{missing[0]}] "
            "too; add it, or take density"
        )
    values = {name: ruleset.value(name) for name in names}
    if _WATER in ruleset.placement:
        # A layout keeps land free; what for is all the same to it.
        values["green_per_home_m2"] += ruleset.value(_WATER)
    try:
        return LayoutParameters(**values)
    except ValueError as error:
        raise RulesetError(
            f"[placement] of '{ruleset.name}': {str(error).rstrip('.')}; change one of them"
        ) from None


def assess_capacity(
    ruleset: Ruleset,
    buildable: Geometries,
    measures: pd.DataFrame,
    wanted: Booleans,
    lay_out: LayOut = lay_out,
) -> Capacity:
    """Return the homes on the largest connected buildable part, and the size class.

    Loose other parts hold none.

    Low and high are by density: area [ha] x net density [homes/ha] / gross-net factor, rounded
    down. The middle is by density too, or by a layout of modules; low and high are then widened so
    that it lies between them. A project holds the middle, at most the homes of one project.

    Parameters
    ----------
    ruleset
        Densities `homes_per_ha_low`, `_mid`, `_high` and `gross_net_factor` of the placement, and
        what layouts must observe; `project_homes`.
    buildable
        The buildable part of each parcel. (n,) object
    measures
        With the area of the largest connected part of it. (n, ...)
    wanted
        Where homes are laid out; elsewhere the homes and the class stay unknown, as nobody can
        ask for them, and sums of low, middle and high are of the same parcels. (n,) bool
    lay_out
        Lays homes out on land, as `flexruimte.kernels.layout.lay_out` does.

    Raises
    ------
    RulesetError
        When the parameters of the layout contradict each other.
    """
    hectares: Floats = (
        measures[LARGEST_PART_AREA].to_numpy()
        / _SQUARE_METRES_PER_HECTARE
        / ruleset.value("gross_net_factor")
    )
    low, high = (
        _by_density(hectares, ruleset.value(f"homes_per_ha_{name}")) for name in ("low", "high")
    )
    parameters = layout_parameters(ruleset)
    if parameters is None:
        layouts, middle = None, _by_density(hectares, ruleset.value("homes_per_ha_mid"))
    else:
        sites = np.full(len(buildable), None, dtype=object)
        sites[wanted] = largest_part(buildable[wanted])
        layouts = lay_out(sites, parameters)
        middle = np.where(wanted, layouts.homes, np.nan)
        low, high = np.minimum(low, middle), np.maximum(high, middle)
    columns = {
        HOMES_LOW: low,
        HOMES_MID: middle,
        HOMES_HIGH: high,
        HOMES: _of_a_project(ruleset, middle),
        SIZE_CLASS: _size_class(ruleset, middle),
    }
    return Capacity(pd.DataFrame(columns, index=measures.index), layouts)


def square_metres_of_a_home(ruleset: Ruleset) -> float:
    """Return how much buildable land a home takes, by the middle density. [m2]

    Examples
    --------
    50 homes per net hectare with a gross-net factor of 1.25 are 40 per hectare: 250 m2 each.
    """
    per_hectare = ruleset.value("homes_per_ha_mid") / ruleset.value("gross_net_factor")
    return float(_SQUARE_METRES_PER_HECTARE / per_hectare)


def _of_a_project(ruleset: Ruleset, middle: Floats) -> Floats:
    """Return the homes of a project: the middle estimate, at most the project size if there is one.

    (n,) float64.
    """
    most = ruleset.value(_PROJECT) if _PROJECT in ruleset.placement else np.inf
    return np.asarray(np.minimum(middle, most), dtype=np.float64)


def _by_density(hectares: Floats, homes_per_ha: float) -> Floats:
    # 20.0 homes may come out as 19.999999999 of a polygon's area.
    return np.asarray(np.floor(np.round(hectares * homes_per_ha, 6)), dtype=np.float64)


def _size_class(ruleset: Ruleset, homes: Floats) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    result = np.full(len(homes), None, dtype=object)
    lower = 0.0
    for class_id, size_class in ruleset.size_classes.items():
        upper = np.inf if size_class.up_to_homes is None else size_class.up_to_homes
        result[(homes > lower) & (homes <= upper)] = class_id
        lower = upper
    result[homes == 0] = NO_HOMES
    return result
