"""Array kernels on rasters: statistics per polygon by exact coverage of cells, and slope."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from flexruimte.vocabulary import Floats, Geometries

__all__ = ["CellStatistics", "cell_statistics", "slope_percent"]


@dataclass(frozen=True)
class CellStatistics:
    """Statistics of the valid cells that a polygon covers, each cell weighing the part of it that is covered."""

    mean: Floats
    min: Floats
    max: Floats
    covered_m2: Floats
    """Area of the polygon over valid cells. (n,) float64 [m2]"""


def cell_statistics(shapes: Geometries, values: Floats, left: float, top: float, cell_m: tuple[float, float]) -> CellStatistics:
    """Return statistics of raster cells per polygon.

    Parameters
    ----------
    shapes
        Valid polygons; an empty one covers nothing. (n,) object
    values
        Cells, rows from north to south; NaN is missing. (rows, columns) float64
    left, top
        Corner of the first cell. [m]
    cell_m
        Width and height of a cell. [m]

    Returns
    -------
    CellStatistics
        NaN where a polygon covers no valid cell.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> cells = np.array([[1.0, 3.0], [5.0, np.nan]])
    >>> found = cell_statistics(np.array([shapely.box(0, 10, 20, 20)]), cells, 0.0, 20.0, (10.0, 10.0))
    >>> float(found.mean[0]), float(found.max[0]), float(found.covered_m2[0])
    (2.0, 3.0, 200.0)
    """
    count = len(shapes)
    result = {"mean": np.full(count, np.nan), "min": np.full(count, np.nan), "max": np.full(count, np.nan), "count": np.zeros(count)}
    present = np.flatnonzero(~shapely.is_empty(shapes))
    if values.size and len(present):
        found = _exact(shapes[present], values, left, top, cell_m)
        for name, column in found.items():
            result[name][present] = column
    covered = result["count"] * cell_m[0] * cell_m[1]
    return CellStatistics(result["mean"], result["min"], result["max"], covered)


def _exact(shapes: Geometries, values: Floats, left: float, top: float, cell_m: tuple[float, float]) -> dict[str, Floats]:
    """Run exactextract on well-known binary, which costs far less than handing it features one by one."""
    from exactextract import exact_extract
    from exactextract.feature import Feature, FeatureSource
    from exactextract.raster import NumPyRasterSource

    class Polygon(Feature):  # type: ignore[misc]  # exactextract ships no types
        def __init__(self, position: int, binary: bytes) -> None:
            super().__init__()
            self.position, self.binary = position, binary

        def geometry(self) -> bytes:
            return self.binary

        def get(self, _name: str) -> int:
            return self.position

        def fields(self) -> list[str]:
            return ["position"]

    class Polygons(FeatureSource):  # type: ignore[misc]  # exactextract ships no types
        def __init__(self, binaries: Geometries) -> None:
            super().__init__()
            self.binaries = binaries

        def count(self) -> int:
            return len(self.binaries)

        def __iter__(self) -> Iterator[Any]:
            return (Polygon(position, binary) for position, binary in enumerate(self.binaries))

        def srs_wkt(self) -> None:
            return None

    rows, columns = values.shape
    bounds = (left, top - rows * cell_m[1], left + columns * cell_m[0], top)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both sides are in RD New; exactextract is not told and warns of it
        table = exact_extract(
            NumPyRasterSource(values, *bounds, nodata=np.nan),
            Polygons(shapely.to_wkb(shapes)),
            ["mean", "min", "max", "count"],
            include_cols="position",
            output="pandas",
            strategy="raster-sequential",
        ).sort_values("position")
    return {name: table[name].astype("float64").to_numpy() for name in ("mean", "min", "max", "count")}


def slope_percent(heights: Floats, cell_m: tuple[float, float]) -> Floats:
    """Return the slope of each cell, by central differences. (rows, columns) float64 [%].

    NaN where the cell or a neighbour that is needed is missing.

    Examples
    --------
    >>> import numpy as np
    >>> float(slope_percent(np.tile(np.arange(3.0), (3, 1)), (10.0, 10.0))[1, 1])
    10.0
    """
    if min(heights.shape, default=0) < 2:
        return np.full(heights.shape, np.nan)
    down, across = np.gradient(heights, cell_m[1], cell_m[0])
    return np.asarray(100 * np.hypot(down, across), dtype=np.float64)
