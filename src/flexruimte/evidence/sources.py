"""Where evidence comes from: files, archives, services and databases that GDAL reads, and tables that are in memory already.

This module opens, describes and reads. It does not judge what it reads: that is for
`flexruimte.evidence.layers`.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS as ProjCRS
from pyproj import Transformer
from pyproj.exceptions import CRSError

from flexruimte.errors import LayerError, SourceError, did_you_mean
from flexruimte.evidence import storage
from flexruimte.kernels.raster import Grid
from flexruimte.rules.study_file import LayerSettings, TableSettings
from flexruimte.vocabulary import CRS, Booleans, Floats

__all__ = ["Source", "Window", "locate"]

Window: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top in RD New. [m]"""

_GML_CURVE = re.compile(
    rb"<(?:\w+:)?(?:Arc|ArcString|Circle|CircleByCenterPoint|ArcByCenterPoint)[\s>]"
)
_CURVED_TYPES = (
    "CURVEPOLYGON",
    "MULTISURFACE",
    "SURFACE",
    "COMPOUNDCURVE",
    "MULTICURVE",
    "CURVE",
    "CIRCULARSTRING",
)
_TABLE_ENDINGS = (".csv", ".parquet")
_stamps_seen: dict[str, storage.Stamp] = {}
"""Of what lies elsewhere, by path: what GDAL has read of it and keeps for as long as this process lives."""


def locate(source: str, folder: Path) -> str:
    """Return what GDAL has to open: paths are relative to a folder, inside an archive too; addresses stay as they are.

    Examples
    --------
    >>> locate("/vsizip/plans.zip", Path("/data")), locate("PG:dbname=flex", Path("/data"))
    ('/vsizip//data/plans.zip', 'PG:dbname=flex')
    >>> locate("s3://bucket/plans.gpkg", Path("/data")), locate("/vsizip/s3://bucket/plans.zip", Path("/data"))
    ('/vsis3/bucket/plans.gpkg', '/vsizip//vsis3/bucket/plans.zip')
    """
    if source.startswith("/vsizip/"):
        return f"/vsizip/{locate(source.removeprefix('/vsizip/'), folder)}"
    if source.startswith("s3://"):
        return f"/vsis3/{source.removeprefix('s3://')}"
    scheme = source.split(":", 1)[0]
    if (
        source.startswith("/vsi")
        or "://" in source
        or (":" in source and len(scheme) > 1 and scheme.isalnum())
    ):
        return source
    return str(folder / source)


@dataclass(frozen=True)
class Source:
    """A place to read from, with the name it is known by in messages.

    Parameters
    ----------
    name
        Key of the layer, or "parcels", "municipalities", "decisions".
    settings
        What the study says about it.
    folder
        What relative paths are relative to.
    data
        Rows that are in memory already; then `settings.source` is only a description.
    """

    name: str
    settings: TableSettings
    folder: Path
    data: gpd.GeoDataFrame | pd.DataFrame | None = None

    @property
    def path(self) -> str:
        """What GDAL has to open."""
        path = locate(self.settings.source, self.folder)
        if storage.is_elsewhere(path):
            pyogrio.set_gdal_config_options(storage.gdal_options())
        return path

    @property
    def label(self) -> str:
        """How messages call this source: the key, the file and the layer in it."""
        layer = self.settings.layer
        inner = f" layer '{layer if isinstance(layer, str) else ', '.join(layer)}'" if layer else ""
        return f"{self.name} ({self.settings.source}{inner})"

    @property
    def _file_layers(self) -> list[str | None]:
        layer = self.settings.layer
        return list(layer) if isinstance(layer, list) else [layer]

    @cached_property
    def _infos(self) -> list[dict[str, Any]]:
        return [self._info(layer) for layer in self._file_layers]

    def _info(self, layer: str | None) -> dict[str, Any]:
        self.check_presence()
        try:
            names = [str(name) for name in pyogrio.list_layers(self.path)[:, 0]]
            if layer is None and len(names) > 1:
                raise SourceError(
                    f'{self.label} holds several layers; name one with layer = "...": {", ".join(names)}'
                )
            if layer is not None and layer not in names:
                raise SourceError(
                    f"{self.label} has no layer '{layer}'; {did_you_mean(layer, names)}"
                )
            return dict(
                pyogrio.read_info(
                    self.path, layer=layer, force_feature_count=True, force_total_bounds=True
                )
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise SourceError(f"{self.label} cannot be read: {_first_line(error)}") from None

    def check_presence(self) -> None:
        """Refuse a file that is not there.

        Raises
        ------
        SourceError
            Names the layer and the file.
        """
        if storage.is_elsewhere(self.path):
            self._check_presence_elsewhere()
            return
        plain = self.path.removeprefix("/vsizip/")
        if plain.startswith("/") and not plain.startswith("/vsi"):
            archive = next((p for p in [Path(plain), *Path(plain).parents] if p.is_file()), None)
            if archive is None:
                raise SourceError(
                    f"{self.label}: there is no file {plain}; correct 'source', or leave the layer out and name it in not_assessed"
                )

    def _check_presence_elsewhere(self) -> None:
        try:
            stamp = storage.stamp(self.path)
        except OSError as error:
            raise SourceError(
                f"{self.label} cannot be reached: {storage.explained(error, self.path)}"
            ) from None
        if stamp is None:
            raise SourceError(
                f"{self.label}: there is nothing at {self.settings.source}; correct 'source', "
                "or leave the layer out and name it in not_assessed"
            )
        if _stamps_seen.setdefault(self.path, stamp) != stamp:
            pyogrio.vsi_curl_clear_cache()
            _stamps_seen[self.path] = stamp

    @property
    def columns(self) -> list[str]:
        """The columns of the source, as the source calls them."""
        if self.data is not None:
            return [str(column) for column in self.data.columns]
        if self.path.endswith(_TABLE_ENDINGS):
            return [str(column) for column in self._header]
        return [str(field) for field in self._infos[0]["fields"]]

    @cached_property
    def crs(self) -> ProjCRS:
        """The coordinate reference system.

        Raises
        ------
        LayerError
            When neither the source nor the study names one.
        """
        found = self._infos[0]["crs"] if self.data is None else getattr(self.data, "crs", None)
        named = self.settings.crs or found
        if named is None:
            raise LayerError(
                f'{self.label} has no coordinate reference system; say which in the study: crs = "EPSG:28992"'
            )
        try:
            return ProjCRS.from_user_input(named)
        except CRSError:
            raise LayerError(
                f"{self.label}: '{named}' is not a coordinate reference system; write it as in crs = \"EPSG:28992\""
            ) from None

    @property
    def feature_count(self) -> int:
        """Number of features in the source, before any filter."""
        return (
            len(self.data)
            if self.data is not None
            else sum(int(info["features"]) for info in self._infos)
        )

    def count_without_geometry(self) -> int:
        """Return how many rows have no geometry: reading by window never meets them.

        0 where that cannot be asked cheaply.
        """
        if isinstance(self.data, gpd.GeoDataFrame):
            return int(self.data.geometry.isna().sum())
        if self.data is not None:
            return 0
        total = 0
        for layer, info in zip(self._file_layers, self._infos, strict=True):
            column = info.get("geometry_name")
            if info["driver"] == "GPKG" and column:
                where = f'"{column}" IS NULL' + (
                    f" AND ({self.settings.where})" if self.settings.where else ""
                )
                total += len(
                    pyogrio.read_dataframe(
                        self.path,
                        layer=layer,
                        columns=[],
                        where=where,
                        read_geometry=False,
                        fid_as_index=True,
                    )
                )
        return total

    @cached_property
    def curve_count(self) -> int:
        """How many curves GDAL makes straight on reading, in steps of 4 degrees, without saying so.

        Arcs and circles of a GML file; rows of a GeoPackage layer that is declared as curved. 0 for
        what cannot be asked.
        """
        path = Path(self.path)
        if self.data is not None or not path.is_file():
            return 0
        if path.suffix.lower() in (".gml", ".xml"):
            with path.open("rb") as lines:
                return sum(len(_GML_CURVE.findall(line)) for line in lines)
        if path.suffix.lower() == ".gpkg":
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                kinds = dict(
                    database.execute(
                        "SELECT table_name, upper(geometry_type_name) FROM gpkg_geometry_columns"
                    )
                )
            layers = zip(self._file_layers, self._infos, strict=True)
            return sum(
                int(info["features"])
                for layer, info in layers
                if kinds.get(layer or info["layer_name"]) in _CURVED_TYPES
            )
        return 0

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features, in RD New; None where there are none."""
        if self.feature_count == 0:
            return None
        if isinstance(self.data, gpd.GeoDataFrame):
            bounds = np.array([self.data.total_bounds])
        else:
            bounds = np.array([info["total_bounds"] for info in self._infos if info["features"]])
        if not np.isfinite(bounds).any():
            return None
        left, bottom = np.nanmin(bounds[:, :2], axis=0)
        right, top = np.nanmax(bounds[:, 2:], axis=0)
        return self._projected(
            (float(left), float(bottom), float(right), float(top)), self.crs, ProjCRS(CRS)
        )

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Read features that touch a window, in RD New, with the source's columns.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        window
            Only features whose bounds touch it; None reads all.

        Raises
        ------
        SourceError
            When the source cannot be read.
        """
        in_source = None if window is None else self._projected(window, ProjCRS(CRS), self.crs)
        if isinstance(self.data, gpd.GeoDataFrame):
            shapes = gpd.GeoSeries(
                self.data.geometry.to_numpy(), crs=self.crs, index=self.data.index
            )
            frame = gpd.GeoDataFrame(pd.DataFrame(self.data)[list(columns)], geometry=shapes)
            if in_source is not None:
                left, bottom, right, top = in_source
                bounds = shapely.bounds(frame.geometry.to_numpy()).T
                frame = frame[
                    (bounds[0] <= right)
                    & (bounds[2] >= left)
                    & (bounds[1] <= top)
                    & (bounds[3] >= bottom)
                ]
        else:
            frame = pd.concat(
                [self._read_layer(layer, columns, in_source) for layer in self._file_layers]
            )
        if ProjCRS(CRS).equals(self.crs, ignore_axis_order=True):
            return frame.set_crs(CRS, allow_override=True)
        return frame.to_crs(CRS)

    def _read_layer(
        self, layer: str | None, columns: Sequence[str], bbox: Window | None
    ) -> gpd.GeoDataFrame:
        try:
            frame = pyogrio.read_dataframe(
                self.path,
                layer=layer,
                columns=list(columns),
                bbox=bbox,
                where=self.settings.where,
                fid_as_index=True,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
            raise SourceError(f"{self.label} cannot be read: {_first_line(error)}") from None
        if not isinstance(frame, gpd.GeoDataFrame):
            raise LayerError(
                f"{self.label} has no geometry column; a table without shapes can only be a layer of kind 'table'"
            )
        return frame.set_crs(self.crs, allow_override=True)[[*columns, "geometry"]]

    def read_table(self, columns: Sequence[str]) -> pd.DataFrame:
        """Read rows without geometry, with the source's columns; everything as it stands in the source."""
        if self.data is not None:
            return pd.DataFrame(self.data)[list(columns)]
        if self.path.endswith(_TABLE_ENDINGS):
            return self._read_table(columns)[list(columns)]
        self.check_presence()
        try:
            parts = [
                pyogrio.read_dataframe(
                    self.path,
                    layer=layer,
                    columns=list(columns),
                    where=self.settings.where,
                    read_geometry=False,
                )
                for layer in self._file_layers
            ]
            return pd.DataFrame(pd.concat(parts, ignore_index=True))[list(columns)]
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
            raise SourceError(f"{self.label} cannot be read: {_first_line(error)}") from None

    @cached_property
    def _header(self) -> list[str]:
        return [str(column) for column in self._read_table(None)]

    def _read_table(self, columns: Sequence[str] | None) -> pd.DataFrame:
        """Read some columns of a table in a file, text as it stands there; None reads no rows, for the names of all columns."""
        self.check_presence()
        try:
            file = io.BytesIO(
                storage.read_bytes(self.path)
                if storage.is_elsewhere(self.path)
                else Path(self.path).read_bytes()
            )
            if self.path.endswith(".parquet"):
                return pd.read_parquet(file, columns=None if columns is None else list(columns))
            return pd.read_csv(
                file,
                dtype="string",
                keep_default_na=False,
                na_values=[""],
                sep=_separator(file),
                usecols=None if columns is None else list(columns),
                nrows=0 if columns is None else None,
            )
        except (OSError, ValueError) as error:
            raise SourceError(f"{self.label} cannot be read: {_first_line(error)}") from None

    def read_grid(self, window: Window | None, nodata: float | None) -> Grid:
        """Read the cells of a raster that touch a window, as float64 with NaN for nodata.

        Parameters
        ----------
        window
            None reads the whole raster. A window beside the raster gives a grid without cells.
        nodata
            The value that stands for missing, where the study or the ruleset says so; None takes
            the file's own.

        Raises
        ------
        LayerError
            When the raster is not in RD New or is not north up.
        """
        import rasterio.errors
        import rasterio.windows

        band = self.settings.band if isinstance(self.settings, LayerSettings) else 1
        self.check_presence()
        try:
            with self._opened_raster() as raster:
                self._check_raster(raster, band)
                whole = rasterio.windows.Window(0, 0, raster.width, raster.height)
                wanted = (
                    whole
                    if window is None
                    else rasterio.windows.from_bounds(*window, transform=raster.transform)
                )
                # One cell more on each side: what is said of a cell may depend on the cells around
                # it.
                rows, columns = (
                    (
                        max(int(np.floor(wanted.row_off)) - 1, 0),
                        min(int(np.ceil(wanted.row_off + wanted.height)) + 1, raster.height),
                    ),
                    (
                        max(int(np.floor(wanted.col_off)) - 1, 0),
                        min(int(np.ceil(wanted.col_off + wanted.width)) + 1, raster.width),
                    ),
                )
                missing = raster.nodata if nodata is None else nodata
                transform = raster.transform
                if rows[1] <= rows[0] or columns[1] <= columns[0]:
                    values = np.empty((0, 0))
                else:
                    values = raster.read(band, window=(rows, columns), out_dtype="float64")
                    if missing is not None:
                        values[_stand_for(missing, values)] = np.nan
                return Grid(
                    values,
                    transform.c,
                    transform.f,
                    (transform.a, -transform.e),
                    rows[0],
                    columns[0],
                )
        except rasterio.errors.RasterioIOError as error:
            raise SourceError(f"{self.label} cannot be read: {_first_line(error)}") from None

    @contextmanager
    def _opened_raster(self) -> Iterator[Any]:
        import rasterio  # 0.2 s where boto3 is installed, for studies with rasters only
        import rasterio.session

        if not storage.is_elsewhere(self.path):
            with rasterio.open(self.path) as raster:
                yield raster
            return
        # GDAL finds out itself who asks, whether the package boto3 is there or not; and it keeps
        # nothing, as the raster may change.
        options = {**storage.gdal_options(), "CPL_VSIL_CURL_NON_CACHED": self.path}
        with (
            rasterio.Env(session=rasterio.session.DummySession(), **options),
            rasterio.open(self.path) as raster,
        ):
            yield raster

    def has_valid_cell(self, nodata: float | None, low: float, high: float) -> bool:
        """Return whether any cell of a raster has a value between two bounds; reads block by block and stops at the first."""
        band = self.settings.band if isinstance(self.settings, LayerSettings) else 1
        with self._opened_raster() as raster:
            missing = raster.nodata if nodata is None else nodata
            for _, block in raster.block_windows(band):
                values = raster.read(band, window=block).astype("float64")
                valid = (values >= low) & (values <= high)
                if missing is not None:
                    valid &= ~_stand_for(missing, values)
                if valid.any():
                    return True
        return False

    def _check_raster(self, raster: Any, band: int) -> None:
        named = self.settings.crs or raster.crs
        if named is None:
            raise LayerError(
                f'{self.label} has no coordinate reference system; say which in the study: crs = "EPSG:28992"'
            )
        if not ProjCRS(CRS).equals(ProjCRS.from_user_input(named), ignore_axis_order=True):
            name = ProjCRS.from_user_input(named).to_string()
            raise LayerError(
                f"{self.label} is in {name}; rasters are not resampled silently: warp it first, with gdalwarp -t_srs {CRS}"
            )
        if band > raster.count:
            raise LayerError(f"{self.label} has no band {band}; it has {raster.count}")
        if raster.transform.b or raster.transform.d or raster.transform.e >= 0:
            raise LayerError(
                f"{self.label} is rotated or upside down; warp it first, with gdalwarp -t_srs {CRS}"
            )

    def check_raster(self) -> Window:
        """Check that a raster can be used, and return its bounds in RD New."""
        import rasterio.errors

        band = self.settings.band if isinstance(self.settings, LayerSettings) else 1
        self.check_presence()
        try:
            with self._opened_raster() as raster:
                self._check_raster(raster, band)
                left, bottom, right, top = raster.bounds
                return (float(left), float(bottom), float(right), float(top))
        except rasterio.errors.RasterioIOError as error:
            raise SourceError(f"{self.label} cannot be read: {_first_line(error)}") from None

    @cached_property
    def cell_m(self) -> tuple[float, float]:
        """Width and height of a cell of a raster. [m]"""
        left, bottom, right, top = self.check_raster()
        with self._opened_raster() as raster:
            return (right - left) / raster.width, (top - bottom) / raster.height

    def _projected(self, window: Window, start: ProjCRS, end: ProjCRS) -> Window:
        if start.equals(end, ignore_axis_order=True):
            return window
        left, bottom, right, top = Transformer.from_crs(
            start, end, always_xy=True
        ).transform_bounds(*window, densify_pts=21)
        return (left, bottom, right, top)


def _stand_for(missing: float, values: Floats) -> Booleans:
    """Return which cells have the value that stands for missing, which may be rounded; half the time of numpy's own `isclose`."""
    return (
        np.abs(values - missing) <= 1e-6 * abs(missing)
        if np.isfinite(missing)
        else values == missing
    )


def _separator(file: io.BytesIO) -> str:
    """Return what stands between the columns of a text file, by its first line; a comma where there is one column."""
    first_line = file.readline().decode("utf-8")
    file.seek(0)
    try:
        return csv.Sniffer().sniff(first_line, ",;\t|").delimiter
    except csv.Error:
        return ","


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
