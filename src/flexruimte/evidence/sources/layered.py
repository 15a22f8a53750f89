"""What sources have in common that may read several layers, one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError
from flexruimte.evidence.sources.base import BaseSource, plain_name
from flexruimte.evidence.sources.errors import crs_of

__all__ = ["LayerInfo", "LayeredSource", "renamed"]

LayerInfo = Mapping[str, Any]
"""What is known of one layer: `fields`, `geometry_type` (None without shapes), `crs`."""


@dataclass(frozen=True)
class LayeredSource(BaseSource, ABC):
    """A source of one or more layers with columns of their own."""

    no_shapes: ClassVar[str] = "has no geometry column; it can only be a layer of kind 'table'"
    """What is said of a source without shapes where those are asked for."""

    @property
    def _file_layers(self) -> list[str | None]:
        layer = self.settings.layer
        return list(layer) if isinstance(layer, list) else [layer]

    @cached_property
    def _infos(self) -> list[LayerInfo]:
        return [self._info(layer) for layer in self._file_layers]

    @abstractmethod
    def _info(self, layer: str | None) -> LayerInfo:
        """Return what is known of one layer, in the order of the settings."""

    @property
    def columns(self) -> list[str]:
        """The columns of all layers, as the first layer that has them calls them."""
        names = [str(field) for info in self._infos for field in info["fields"]]
        found: dict[str, str] = {}
        for name in names:
            found.setdefault(plain_name(name) if len(self._infos) > 1 else name, name)
        return list(found.values())

    def layers_without(self, column: str) -> list[str]:
        """Return which of several layers lack a column that others have; it is null there."""
        return [
            str(layer)
            for position, layer in enumerate(self._file_layers)
            if len(self._file_layers) > 1 and not self._columns_in(position, [column])
        ]

    @cached_property
    def _crs_of_layers(self) -> list[ProjCRS]:
        if all(info["geometry_type"] is None for info in self._infos):
            raise LayerError(f"{self.label} {self.no_shapes}")
        return [crs_of(self.label, self.settings.crs or info["crs"]) for info in self._infos]

    @property
    def crs(self) -> ProjCRS:
        """The coordinate reference system: of the study, else of the source's first layer.

        Raises
        ------
        LayerError
            When neither the study nor a layer of the source names one.
        """
        return self._crs_of_layers[0]

    def _columns_in(self, position: int, columns: Sequence[str]) -> dict[str, str]:
        """Return what one layer calls those of some columns that it has."""
        own = [str(field) for field in self._infos[position]["fields"]]
        by_plain_name = {plain_name(name): name for name in own}
        called = {
            column: column if column in own else by_plain_name.get(plain_name(column), "")
            for column in columns
        }
        return {column: name for column, name in called.items() if name}


def renamed(frame: Any, read: Mapping[str, str], columns: Sequence[str]) -> Any:
    """Return a frame of one layer with the names of the source; what it does not have is null.

    Parameters
    ----------
    frame
        With the layer's own names.
    read
        By the source's name what the layer calls it.
    columns
        The columns that are wanted, by the source's names.
    """
    if all(read.get(column) == column for column in columns):
        return frame
    missing = [column for column in columns if column not in read]
    called = {name: column for column, name in read.items()}
    return frame.rename(columns=called).assign(**dict.fromkeys(missing))
