"""What every source can be asked, whichever kind it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import geopandas as gpd
import pandas as pd
from pyproj import CRS as ProjCRS

from flexruimte.evidence.sources.addresses import Address
from flexruimte.kernels.raster import Grid
from flexruimte.rules.study_file import TableSettings

__all__ = ["Source", "Window"]

Window: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top in RD New. [m]"""


class Source(Protocol):
    """A place to read evidence from, with the name it is known by in messages.

    A source opens, describes and reads; it does not judge what it reads. Nothing is opened before
    it is asked for. A kind that cannot answer a question, such as a table that is asked for shapes,
    raises a LayerError that names the layer and the remedy; what cannot be read raises a
    SourceError.
    """

    @property
    def name(self) -> str:
        """Key of the layer, or "parcels", "municipalities", "decisions"."""

    @property
    def settings(self) -> TableSettings:
        """What the study says about the source."""

    @property
    def folder(self) -> Path:
        """The folder that relative paths are relative to."""

    @property
    def label(self) -> str:
        """How messages call this source: the key, the file and the layer in it."""

    @property
    def address(self) -> Address:
        """Where the source is; of rows in memory it says nothing."""

    @property
    def in_memory(self) -> bool:
        """Whether the rows, and so the geometries that are read, belong to the caller."""

    def check_settings(self, *others: str) -> None:
        """Refuse settings that mean nothing for a source of this kind, with a LayerError.

        Parameters
        ----------
        *others
            More settings that mean nothing, by what the source is used for.
        """

    def check_presence(self) -> None:
        """Refuse a file that is not there, with a SourceError that names the layer and the file."""

    @property
    def rests_on_files(self) -> bool:
        """Whether all of it is in files of this machine, so that `stamp` tells every change."""

    def stamp(self) -> object:
        """Return what changes when the source may have changed, as values that JSON can hold.

        For files that is path, size and time of change; for an object on storage or a file behind a
        web address its size, entity tag and time of change; for rows in memory their content. An
        area of coverage that is read from a file counts too. A change inside a service or database
        is not seen.
        """

    def file_version(self) -> tuple[Any, ...] | None:
        """Return what tells this version of a table's file from others; None where nothing does."""

    @property
    def columns(self) -> list[str]:
        """The columns, as the source calls them."""

    def layers_without(self, column: str) -> list[str]:
        """Return which of several layers lack a column that others have; it is null there."""

    @property
    def crs(self) -> ProjCRS:
        """The coordinate reference system: of the study, else of the source."""

    @property
    def feature_count(self) -> int:
        """Number of features in the source, before any filter."""

    def count_without_geometry(self) -> int:
        """Return how many rows have no geometry; 0 where that cannot be asked cheaply.

        Reading by window never meets these rows.
        """

    @property
    def curve_count(self) -> int:
        """How many curves GDAL makes straight on reading; 0 where that cannot be asked."""

    @property
    def extent(self) -> Window | None:
        """Bounds of all features, in RD New; None where there are none."""

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Read features in RD New, with some of the source's columns.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        window
            Only features whose bounds touch it are read; None reads all.
        """

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Read rows without geometry; values are as they stand in the source.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        most
            No more than the first so many rows of each layer are read; None reads all.
        """

    def first_rows(self) -> list[tuple[int, set[str]]]:
        """Return what stands in the first rows, by their number in the file; empty if not known."""

    def check_raster(self) -> Window:
        """Check that a raster can be used, and return its bounds in RD New."""

    @property
    def cell_m(self) -> tuple[float, float]:
        """Width and height of a cell of a raster. [m]"""

    def read_grid(self, window: Window | None, nodata: float | None) -> Grid:
        """Read the cells of a raster that touch a window, as float64 with NaN for nodata.

        Parameters
        ----------
        window
            None reads the whole raster. A window beside the raster gives a grid without cells.
        nodata
            The value that stands for missing where neither the study nor the file names one.
        """

    def cell_holding(self, value: float) -> float:
        """Return what a cell of a raster holds where its value is this."""

    def has_valid_cell(self, nodata: float | None, low: float, high: float) -> bool:
        """Return whether any cell of a raster has a value between two bounds."""
