"""What all kinds of sources share, and what each of them refuses unless it can answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS as ProjCRS
from pyproj import Transformer
from pyproj.exceptions import ProjError

from flexruimte.errors import LayerError
from flexruimte.evidence.sources.addresses import Address, address_of
from flexruimte.evidence.sources.protocol import Window
from flexruimte.kernels.raster import Grid
from flexruimte.rules.study_file import LayerSettings, TableSettings
from flexruimte.vocabulary import CRS, Floats

__all__ = ["BaseSource", "in_rd", "projected", "projected_extent"]


@dataclass(frozen=True)
class BaseSource:
    """A source of no kind: it has a name, settings and an address, and cannot be read.

    Parameters
    ----------
    name
        Key of the layer, or "parcels", "municipalities", "decisions".
    settings
        What the study says about it.
    folder
        What relative paths are relative to.
    """

    name: str
    settings: TableSettings
    folder: Path

    in_memory: ClassVar[bool] = False
    holds: ClassVar[str] = "nothing"
    """What messages say a source of this kind holds."""

    @property
    def label(self) -> str:
        """How messages call this source: the key, the file and the layer in it."""
        layer = self.settings.layer
        inner = f" layer '{layer if isinstance(layer, str) else ', '.join(layer)}'" if layer else ""
        return f"{self.name} ({self.settings.source}{inner})"

    @cached_property
    def address(self) -> Address:
        """Where the source is."""
        return address_of(self.settings.source, self.folder)

    def check_presence(self) -> None:
        """Refuse a file that is not there, with a SourceError that names the layer and the file."""
        self.address.check_presence(self.label, self.settings.source)

    @property
    def rests_on_files(self) -> bool:
        """Whether all of it is in files of this machine, so that `stamp` tells every change."""
        return self.address.is_files

    def stamp(self) -> object:
        """Return what changes when the source may have changed, as values that JSON can hold."""
        return [self.address.stamp(), *self._coverage_stamps()]

    def _coverage_stamps(self) -> list[object]:
        settings = self.settings
        named = settings.coverage if isinstance(settings, LayerSettings) else "auto"
        if named in ("auto", "complete", "extent"):
            return []
        return [address_of(named, self.folder).stamp()]

    def file_version(self) -> tuple[Any, ...] | None:
        """Return None: whether the file is the same does not tell whether the rows are.

        A database may keep what changes in a file beside it, and what is remote has no version
        here.
        """
        return None

    def _refuse(self, wanted: str) -> NoReturn:
        raise LayerError(
            f"{self.label} has no {wanted}, it is {self.holds}; "
            "give another source, or use it for a layer of another kind"
        )

    @property
    def columns(self) -> list[str]:
        """Refused: there are no columns."""
        self._refuse("columns")

    @property
    def crs(self) -> ProjCRS:
        """Refused: there are no geometries."""
        self._refuse("geometry column")

    @property
    def feature_count(self) -> int:
        """Refused: there are no features."""
        self._refuse("features")

    def count_without_geometry(self) -> int:
        """Return 0: nothing can be without a geometry."""
        return 0

    @property
    def curve_count(self) -> int:
        """Return 0: there are no curves."""
        return 0

    @property
    def extent(self) -> Window | None:
        """Refused: there are no geometries."""
        self._refuse("geometry column")

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Refused: there are no geometries."""
        self._refuse("geometry column")

    def read_table(self, columns: Sequence[str]) -> pd.DataFrame:
        """Refused: there are no rows."""
        self._refuse("rows")

    def check_raster(self) -> Window:
        """Refused: there are no cells."""
        self._refuse("raster cells")

    @property
    def cell_m(self) -> tuple[float, float]:
        """Refused: there are no cells."""
        self._refuse("raster cells")

    def read_grid(self, window: Window | None, nodata: float | None) -> Grid:
        """Refused: there are no cells."""
        self._refuse("raster cells")

    def has_valid_cell(self, nodata: float | None, low: float, high: float) -> bool:
        """Refused: there are no cells."""
        self._refuse("raster cells")


def projected(window: Window, start: ProjCRS, end: ProjCRS) -> Window:
    """Return the bounds of a window in another coordinate reference system.

    Each side is followed at 21 points between its corners, as it need not stay straight.
    """
    if start.equals(end, ignore_axis_order=True):
        return window
    left, bottom, right, top = Transformer.from_crs(start, end, always_xy=True).transform_bounds(
        *window, densify_pts=21
    )
    return (left, bottom, right, top)


def projected_extent(bounds: Floats, crs: ProjCRS, label: str) -> Window | None:
    """Return what bounds span together, in RD New; None where there are none.

    Parameters
    ----------
    bounds
        Left, bottom, right, top; NaN where a layer has no geometries. (n, 4) float64
    crs
        The coordinate reference system of the bounds.
    label
        How messages call the source.

    Raises
    ------
    LayerError
        When the bounds are outside of what the coordinate reference system can hold.
    """
    if not np.isfinite(bounds).any():
        return None
    left, bottom = np.nanmin(bounds[:, :2], axis=0)
    right, top = np.nanmax(bounds[:, 2:], axis=0)
    corners = float(left), float(bottom), float(right), float(top)
    try:
        extent = projected(corners, crs, ProjCRS(CRS))
    except ProjError:
        extent = (np.nan,) * 4
    if not np.isfinite(extent).all():
        raise LayerError(
            f"{label} has coordinates {', '.join(f'{value:g}' for value in corners)} that cannot "
            f"be in {crs.to_string()}; correct 'crs' in the study, or make the file again"
        )
    return extent


def in_rd(frame: gpd.GeoDataFrame, crs: ProjCRS) -> gpd.GeoDataFrame:
    """Return features in RD New; where they are in it already, without touching coordinates."""
    if ProjCRS(CRS).equals(crs, ignore_axis_order=True):
        return frame.set_crs(CRS, allow_override=True)
    return frame.to_crs(CRS)
