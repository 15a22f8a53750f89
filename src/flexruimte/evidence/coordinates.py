"""What coordinates that lie outside the country may be: another system, or axes swapped."""

from __future__ import annotations

from typing import Final

from flexruimte.vocabulary import Floats

__all__ = ["kind_of_coordinates"]

_SYSTEMS: Final = {
    "RD New": ("EPSG:28992", (0.0, 300_000.0, 290_000.0, 640_000.0)),
    "degrees": ("EPSG:4326", (2.5, 50.5, 7.5, 56.0)),
    "UTM zone 31": ("EPSG:25831", (465_000.0, 5_590_000.0, 810_000.0, 6_190_000.0)),
    "UTM zone 32": ("EPSG:25832", (60_000.0, 5_590_000.0, 405_000.0, 6_190_000.0)),
    "Web Mercator": ("EPSG:3857", (278_000.0, 6_530_000.0, 835_000.0, 7_560_000.0)),
}
"""By name: code, and left, bottom, right, top of the country in it, about."""


def kind_of_coordinates(vertices: Floats) -> str | None:
    """Return what coordinates look like, with the remedy; None where they look like nothing known.

    Parameters
    ----------
    vertices
        As they stand in the source. (n, 2) float64

    Examples
    --------
    >>> import numpy as np
    >>> kind_of_coordinates(np.array([[5.1, 52.1]]))
    'degrees (EPSG:4326): if all of them are, say crs = "EPSG:4326"; else write these again'
    >>> kind_of_coordinates(np.array([[463000.0, 155000.0]]))
    'RD New (EPSG:28992) with the axes swapped: write them again with x first'
    """
    for name, (code, bounds) in _SYSTEMS.items():
        system = f"{name} ({code})"
        if _is_within(vertices, bounds):
            return f'{system}: if all of them are, say crs = "{code}"; else write these again'
        if _is_within(vertices[:, ::-1], bounds):
            first = "longitude" if name == "degrees" else "x"
            return f"{system} with the axes swapped: write them again with {first} first"
    return None


def _is_within(vertices: Floats, bounds: tuple[float, float, float, float]) -> bool:
    return bool(((vertices >= bounds[:2]) & (vertices <= bounds[2:])).all())
