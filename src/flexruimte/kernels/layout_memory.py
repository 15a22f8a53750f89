"""Layouts that were made before: what was laid out once with the same parameters is not laid out again."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import numpy as np
import shapely

from flexruimte.kernels.layout import LayoutParameters, Layouts, lay_out
from flexruimte.vocabulary import Geometries, Integers

__all__ = ["OF_STACKS", "LayoutMemory", "join_layouts", "take_layouts"]

OF_STACKS = ("module", "entrance", "part", "row", "storeys", "degrees")
"""What layouts say per stack; the rest they say per polygon."""


def _key(binary: bytes) -> bytes:
    return hashlib.blake2b(binary, digest_size=16).digest()


_NOTHING = _key(b"")


class LayoutMemory:
    """Remembers layouts, of one set of parameters at a time.

    Parameters
    ----------
    parameters
        What the layouts observe; None remembers nothing yet.
    keys
        What tells each polygon from others. (n,)
    layouts
        Of those polygons.
    """

    def __init__(
        self,
        parameters: LayoutParameters | None = None,
        keys: list[bytes] | None = None,
        layouts: Layouts | None = None,
    ) -> None:
        self.parameters, self.keys, self.layouts = parameters, keys or [], layouts
        self._place = {key: place for place, key in enumerate(self.keys)}

    def lay_out(self, parts: Geometries, parameters: LayoutParameters) -> Layouts:
        """Return what `flexruimte.kernels.layout.lay_out` returns. (n,) object -> n layouts."""
        if parameters != self.parameters:
            self.parameters, self.keys, self.layouts, self._place = parameters, [], None, {}
        wanted = [_NOTHING if binary is None else _key(binary) for binary in shapely.to_wkb(parts)]
        new = {key: position for position, key in enumerate(wanted) if key not in self._place}
        if new or self.layouts is None:
            made = lay_out(parts[list(new.values())], parameters)
            self.layouts = made if self.layouts is None else join_layouts(self.layouts, made)
            self._place.update(
                zip(new, range(len(self.keys), len(self.keys) + len(new)), strict=True)
            )
            self.keys = [*self.keys, *new]
        return take_layouts(
            self.layouts, np.array([self._place[key] for key in wanted], dtype=np.intp)
        )


def take_layouts(layouts: Layouts, positions: Integers) -> Layouts:
    """Return the layouts of some polygons, in the order given. (k,) int -> k layouts."""
    first, last = (np.searchsorted(layouts.part, positions, side) for side in ("left", "right"))
    part = np.repeat(np.arange(len(positions)), last - first)
    stack = np.arange(len(part)) + np.repeat(
        first - np.cumsum(last - first) + (last - first), last - first
    )
    columns = {
        each.name: getattr(layouts, each.name)[stack if each.name in OF_STACKS else positions]
        for each in fields(layouts)
    }
    return Layouts(**{**columns, "part": part})


def join_layouts(one: Layouts, other: Layouts) -> Layouts:
    """Return the layouts of the polygons of two, one behind the other."""
    columns = {
        each.name: np.concatenate([getattr(one, each.name), getattr(other, each.name)])
        for each in fields(one)
    }
    return Layouts(**{**columns, "part": np.concatenate([one.part, other.part + len(one.homes)])})
