"""Rows that are in memory already: a GeoDataFrame, or a DataFrame as a table."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError
from flexruimte.evidence.sources.base import BaseSource, in_rd, projected, projected_extent
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.evidence.sources.filtering import columns_of_filter, rows_that_pass
from flexruimte.evidence.sources.protocol import Window
from flexruimte.vocabulary import CRS

__all__ = ["FrameSource"]

Frame = TypeVar("Frame", bound=pd.DataFrame)


@dataclass(frozen=True)
class FrameSource(BaseSource):
    """Rows in memory; `settings.source` only describes them.

    Parameters
    ----------
    data
        The rows; they are never changed.
    """

    data: pd.DataFrame

    in_memory = True
    holds = "a table in memory"
    ignores = ("query", "layer", "encoding", "decimal", "band", "nodata", "valid", "open_options")

    def check_presence(self) -> None:
        """Do nothing: the rows are here."""

    @property
    def rests_on_files(self) -> bool:
        """False: the rows may change without any file."""
        return False

    def stamp(self) -> object:
        """Return a digest of the rows, with the stamp of an area of coverage in a file."""
        content, coverage = self._content(), self._coverage_stamps()
        return [content, *coverage] if coverage else content

    def _content(self) -> str:
        data = self.data
        frame = pd.DataFrame(
            {str(name): data[name].astype(str) for name in data if data[name].dtype != "geometry"},
            index=data.index,
        )
        digest = hashlib.sha256(frame.to_csv().encode())
        for name in data:
            if data[name].dtype == "geometry":
                for shape in shapely.to_wkb(data[name].to_numpy()):
                    digest.update(shape or b"null")
        return digest.hexdigest()

    @property
    def _located(self) -> gpd.GeoDataFrame:
        """The rows, which must have geometries."""
        data = self.data
        if not isinstance(data, gpd.GeoDataFrame) or data.active_geometry_name is None:
            raise LayerError(
                f"{self.label} has no geometry column; give a GeoDataFrame with one, "
                "or use it for a layer of kind 'table'"
            )
        return data

    @property
    def columns(self) -> list[str]:
        """The columns, as the frame calls them."""
        return [str(column) for column in self.data.columns]

    @cached_property
    def crs(self) -> ProjCRS:
        """The coordinate reference system: of the study, else of the frame.

        Raises
        ------
        LayerError
            When neither the frame nor the study names one.
        """
        return crs_of(self.label, self.settings.crs or self._located.crs)

    @property
    def feature_count(self) -> int:
        """Number of rows."""
        return len(self.data)

    def count_without_geometry(self) -> int:
        """Return how many rows have no geometry; 0 for a table."""
        if isinstance(self.data, gpd.GeoDataFrame):
            return int(self._located.geometry.isna().sum())
        return 0

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features, in RD New; None where there are none."""
        bounds = np.array([self._kept_by_filter(self._located).total_bounds])
        return projected_extent(bounds, self.crs, self.label) if len(self.data) else None

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Return features that touch a window, in RD New.

        Parameters
        ----------
        columns
            Columns to return; they must exist.
        window
            Only features whose bounds touch it are returned; None returns all.
        """
        data = self._located
        with reading(self.label, self.address):
            data = self._kept_by_filter(data)
            shapes = gpd.GeoSeries(data.geometry.to_numpy(), crs=self.crs, index=data.index)
            frame = gpd.GeoDataFrame(pd.DataFrame(data)[list(columns)], geometry=shapes)
            if window is not None:
                left, bottom, right, top = projected(window, ProjCRS(CRS), self.crs)
                bounds = shapely.bounds(frame.geometry.to_numpy()).T
                frame = frame[
                    (bounds[0] <= right)
                    & (bounds[2] >= left)
                    & (bounds[1] <= top)
                    & (bounds[3] >= bottom)
                ]
            return in_rd(frame, self.crs)

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Return some columns without geometry."""
        return pd.DataFrame(self._kept_by_filter(self.data))[list(columns)].iloc[:most]

    def _kept_by_filter(self, data: Frame) -> Frame:
        """Return the rows that the study's `where` keeps."""
        where = self.settings.where
        if where is None:
            return data
        named = columns_of_filter(where, self.columns)
        return data[rows_that_pass(pd.DataFrame(data)[named], where, self.label)]
