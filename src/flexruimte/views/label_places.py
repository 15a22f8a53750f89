"""Where labels stand on a map so that none lies over another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from flexruimte.vocabulary import Floats

__all__ = ["label_places"]

_DIRECTIONS: Final = 16
_RINGS: Final = (1.2, 2.0, 3.0, 4.2)
"""How far from its point a label may stand, in its own heights."""


def label_places(points: Floats, sizes: Floats, bounds: Floats) -> Floats:
    """Return how far each label is moved from its point; the first ones have the best places.

    A label stands on its point, or as near to it as there is room. Where there is none it is left
    out: a label that lies over another says less than none.

    Parameters
    ----------
    points
        The middle of what each label is of. (n, 2) float64
    sizes
        Width and height of each label, in the unit of the points. (n, 2) float64
    bounds
        Left, bottom, right and top of where labels may stand. (4,) float64

    Returns
    -------
    numpy.ndarray
        From the point to the middle of the label; NaN for one that is left out. (n, 2) float64

    Examples
    --------
    >>> points, sizes = np.array([[5.0, 5.0], [5.0, 5.0]]), np.full((2, 2), 2.0)
    >>> label_places(points, sizes, np.array([0.0, 0.0, 20.0, 10.0])).round(1).tolist()
    [[0.0, 0.0], [2.4, 0.0]]
    """
    places = np.full(points.shape, np.nan)
    taken = np.empty((0, 4))
    for number, (point, size) in enumerate(zip(points, sizes, strict=True)):
        for offset in _offsets(size):
            middle = point + offset
            box = np.concatenate([middle - size / 2, middle + size / 2])
            if _within(box, bounds) and not _meets(box, taken):
                places[number] = offset
                taken = np.vstack([taken, box])
                break
    return places


def _offsets(size: Floats) -> Iterator[Floats]:
    yield np.zeros(2)
    for ring in _RINGS:
        for turn in range(_DIRECTIONS):
            angle = 2 * np.pi * turn / _DIRECTIONS
            yield (
                ring
                * size[1]
                * np.array([np.cos(angle) * max(1, size[0] / size[1]), np.sin(angle)])
            )


def _within(box: Floats, bounds: Floats) -> bool:
    return bool((box[:2] >= bounds[:2]).all() and (box[2:] <= bounds[2:]).all())


def _meets(box: Floats, others: Floats) -> bool:
    apart = (others[:, :2] >= box[2:]) | (others[:, 2:] <= box[:2])
    return bool((~apart.any(axis=1)).any())
