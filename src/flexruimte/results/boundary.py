"""The boundary of a municipality, as it is drawn around its results."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import shapely

from flexruimte.results.atomic_write import atomic_write

__all__ = ["drawn_boundary", "read_boundary", "write_boundary"]

_DRAWN_M: Final = 5.0
"""A boundary is kept with this tolerance: it is drawn, and nothing is computed from it. [m]"""


def drawn_boundary(boundary: shapely.Geometry) -> shapely.Geometry:
    """Return a boundary with no more vertices than a drawing shows; in RD New.

    Examples
    --------
    >>> strip = shapely.Polygon([(0, 0), (50, 1), (100, 0), (100, 100), (0, 100)])
    >>> len(drawn_boundary(strip).exterior.coords)
    5
    """
    return shapely.simplify(boundary, _DRAWN_M)


def write_boundary(boundary: shapely.Geometry | None, path: Path) -> None:
    """Write a boundary as WKB; None as an empty one.

    Parameters
    ----------
    boundary
        Of a municipality, in RD New, as `drawn_boundary` makes it.
    path
        The file to write.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    shape = shapely.MultiPolygon() if boundary is None else boundary
    with atomic_write(path) as partial:
        partial.write_bytes(shapely.to_wkb(shape))


def read_boundary(path: Path) -> shapely.Geometry | None:
    """Return the boundary in a file; None where there is none that can be read.

    What misses one only misses a line around its map.
    """
    try:
        boundary = shapely.from_wkb(path.read_bytes())
    except (OSError, shapely.errors.GEOSException):
        return None
    return None if boundary.is_empty else boundary
