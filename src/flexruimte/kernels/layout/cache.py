"""Layouts by the polygon that they are of, so that none is made twice."""

from __future__ import annotations

import hashlib

import numpy as np
import shapely

from flexruimte.kernels.layout.layouts import Layouts, join_layouts, take_layouts
from flexruimte.kernels.layout.parameters import LayoutParameters
from flexruimte.kernels.layout.search import lay_out
from flexruimte.vocabulary import Geometries

__all__ = ["LayoutCache"]


def _digest(binary: bytes | None) -> bytes:
    """Return a digest (BLAKE2b, RFC 7693) of a polygon as well-known binary, which may be None."""
    return hashlib.blake2b(binary or b"", digest_size=16).digest()


class LayoutCache:
    """Keeps layouts, of one set of parameters at a time.

    Parameters
    ----------
    parameters
        What the layouts observe; None when there are none yet.
    keys
        Digest of each polygon. (n,)
    layouts
        Of those polygons.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> parameters = LayoutParameters(
    ...     module_length_m=9, module_width_m=3.5, storeys=2, modules_per_home=1, gap_m=0.5,
    ...     front_distance_m=10, back_distance_m=8, setback_m=5, road_width_m=4.5,
    ...     paved_width_m=3.25, reach_m=10, path_width_m=1.5, parking_per_home_m2=0,
    ...     green_per_home_m2=0,
    ... )
    >>> cache = LayoutCache()
    >>> cache.lay_out(np.array([shapely.box(0, 0, 40, 60)] * 2), parameters).homes
    array([48, 48])
    >>> len(cache.keys)
    1
    """

    def __init__(
        self,
        parameters: LayoutParameters | None = None,
        keys: list[bytes] | None = None,
        layouts: Layouts | None = None,
    ) -> None:
        self.parameters, self.keys, self.layouts = parameters, keys or [], layouts
        self._position = {key: position for position, key in enumerate(self.keys)}

    def lay_out(self, parts: Geometries, parameters: LayoutParameters) -> Layouts:
        """Return what `flexruimte.kernels.layout.lay_out` returns for polygons.

        Other parameters than before empty the cache.

        Parameters
        ----------
        parts
            Valid polygons; None and empty hold nothing. (n,) object
        parameters
            What a layout must observe.
        """
        if parameters != self.parameters:
            self.parameters, self.keys, self.layouts, self._position = parameters, [], None, {}
        wanted = [_digest(binary) for binary in shapely.to_wkb(parts)]
        new = {key: place for place, key in enumerate(wanted) if key not in self._position}
        if new or self.layouts is None:
            made = lay_out(parts[list(new.values())], parameters)
            self.layouts = made if self.layouts is None else join_layouts(self.layouts, made)
            self.keys = [*self.keys, *new]
            self._position = {key: position for position, key in enumerate(self.keys)}
        positions = np.array([self._position[key] for key in wanted], dtype=np.intp)
        return take_layouts(self.layouts, positions)
