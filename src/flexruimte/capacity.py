"""Capacity: how many homes fit on the buildable part, by density."""

from __future__ import annotations

import numpy as np
import pandas as pd

from flexruimte.ruleset import Ruleset
from flexruimte.vocabulary import HOMES_HIGH, HOMES_LOW, HOMES_MID, LARGEST_PART_AREA, SIZE_CLASS, Floats

__all__ = ["assess_capacity"]

_SQUARE_METRES_PER_HECTARE = 10_000


def assess_capacity(ruleset: Ruleset, measures: pd.DataFrame) -> pd.DataFrame:
    """Return the homes that fit on the largest connected buildable part, and the project-size class.

    Homes are whole: area [ha] x net density [homes/ha] / gross-net factor, rounded down. Loose other parts hold none.

    Parameters
    ----------
    ruleset
        Densities `homes_per_ha_low`, `_mid`, `_high` and `gross_net_factor` of the placement.
    measures
        With the area of the largest part. (n, ...)

    Returns
    -------
    pandas.DataFrame
        Homes low, middle and high (float64, whole numbers) and the class. (n, 4)
    """
    hectares: Floats = measures[LARGEST_PART_AREA].to_numpy() / _SQUARE_METRES_PER_HECTARE / ruleset.value("gross_net_factor")
    columns: dict[str, object] = {}
    for name, density in ((HOMES_LOW, "homes_per_ha_low"), (HOMES_MID, "homes_per_ha_mid"), (HOMES_HIGH, "homes_per_ha_high")):
        # 20.0 homes may come out as 19.999999999 of a polygon's area.
        columns[name] = np.floor(np.round(hectares * ruleset.value(density), 6))
    columns[SIZE_CLASS] = _size_class(ruleset, np.asarray(columns[HOMES_MID]))
    return pd.DataFrame(columns, index=measures.index)


def _size_class(ruleset: Ruleset, homes: Floats) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    result = np.full(len(homes), None, dtype=object)
    lower = 0.0
    for class_id, size_class in ruleset.size_classes.items():
        upper = np.inf if size_class.up_to_homes is None else size_class.up_to_homes
        result[(homes > lower) & (homes <= upper)] = class_id
        lower = upper
    result[homes == 0] = "none"
    return result
