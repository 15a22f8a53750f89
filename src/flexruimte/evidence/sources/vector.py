"""Features and rows that GDAL reads: files, archives, services and databases, through pyogrio."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyproj import CRS as ProjCRS

from flexruimte.errors import LayerError, SourceError, did_you_mean
from flexruimte.evidence.sources.base import BaseSource, in_rd, projected, projected_extent
from flexruimte.evidence.sources.errors import crs_of, reading
from flexruimte.evidence.sources.protocol import Window
from flexruimte.vocabulary import CRS

__all__ = ["VectorSource"]

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


@dataclass(frozen=True)
class VectorSource(BaseSource):
    """One or more layers of something that GDAL reads as features, read one after the other."""

    holds = "read as features"

    @property
    def _file_layers(self) -> list[str | None]:
        layer = self.settings.layer
        return list(layer) if isinstance(layer, list) else [layer]

    @cached_property
    def _infos(self) -> list[dict[str, Any]]:
        return [self._info(layer) for layer in self._file_layers]

    def _info(self, layer: str | None) -> dict[str, Any]:
        self.check_presence()
        path = self.address.path
        with self._reading():
            names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
            if not names:
                raise SourceError(f"{self.label} holds no layer; {self.address.remedy('ogrinfo')}")
            if layer is None and len(names) > 1:
                raise SourceError(
                    f'{self.label} holds several layers; name one with layer = "...": '
                    f"{', '.join(names)}"
                )
            if layer is not None and layer not in names:
                raise SourceError(
                    f"{self.label} has no layer '{layer}'; {did_you_mean(layer, names)}"
                )
            info = pyogrio.read_info(
                path, layer=layer, force_feature_count=True, force_total_bounds=True
            )
            self._check_last_feature(layer, info)
            return dict(info)

    def _check_last_feature(self, layer: str | None, info: Mapping[str, Any]) -> None:
        """Refuse a FlatGeobuf that ends before its last feature.

        GDAL counts features by the header. Where the file ends between two features it reads those
        before, without an error. Their numbers run from 0 on.
        """
        if info["driver"] == "FlatGeobuf" and info["features"]:
            last = int(info["features"]) - 1
            pyogrio.read_dataframe(self.address.path, layer=layer, columns=[], fids=[last])

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with reading(self.label, self.address), self.address.vector_session():
            yield

    @property
    def columns(self) -> list[str]:
        """The columns of the first layer, as the source calls them."""
        return [str(field) for field in self._infos[0]["fields"]]

    @cached_property
    def crs(self) -> ProjCRS:
        """The coordinate reference system: of the study, else of the source.

        Raises
        ------
        LayerError
            When neither the source nor the study names one.
        """
        return crs_of(self.label, self.settings.crs or self._infos[0]["crs"])

    @property
    def feature_count(self) -> int:
        """Number of features in the source, before any filter."""
        return sum(int(info["features"]) for info in self._infos)

    def count_without_geometry(self) -> int:
        """Return how many rows of a GeoPackage have no geometry; 0 for other sources.

        Reading by window never meets these rows.
        """
        total = 0
        for layer, info in zip(self._file_layers, self._infos, strict=True):
            column = info.get("geometry_name")
            if info["driver"] == "GPKG" and column:
                chosen = f" AND ({self.settings.where})" if self.settings.where else ""
                with self._reading():
                    found = pyogrio.read_dataframe(
                        self.address.path,
                        layer=layer,
                        columns=[],
                        where=f'"{column}" IS NULL{chosen}',
                        read_geometry=False,
                        fid_as_index=True,
                    )
                total += len(found)
        return total

    @cached_property
    def curve_count(self) -> int:
        """How many curves GDAL makes straight on reading, in steps of 4 degrees, without saying so.

        Arcs and circles of a GML file; rows of a GeoPackage layer that is declared as curved. 0 for
        what cannot be asked.
        """
        path = Path(self.address.path)
        kind = path.suffix.lower()
        if kind not in (".gml", ".xml", ".gpkg") or not path.is_file():
            return 0
        if kind != ".gpkg":
            with self._reading(), path.open("rb") as lines:
                return sum(len(_GML_CURVE.findall(line)) for line in lines)
        address = f"{path.resolve().as_uri()}?mode=ro"
        with self._reading(), closing(sqlite3.connect(address, uri=True)) as database:
            kinds = dict(
                database.execute(
                    "SELECT table_name, upper(geometry_type_name) FROM gpkg_geometry_columns"
                )
            )
        return sum(
            int(info["features"])
            for layer, info in zip(self._file_layers, self._infos, strict=True)
            if kinds.get(layer or info["layer_name"]) in _CURVED_TYPES
        )

    @cached_property
    def extent(self) -> Window | None:
        """Bounds of all features, in RD New; None where there are none."""
        bounds = [info["total_bounds"] for info in self._infos if info["features"]]
        return projected_extent(np.array(bounds), self.crs, self.label)

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Read features that touch a window, in RD New.

        Parameters
        ----------
        columns
            Columns to read, as the source calls them; they must exist.
        window
            Only features whose bounds touch it are read; None reads all.

        Raises
        ------
        SourceError
            When the source cannot be read.
        LayerError
            When its rows have no geometry column.
        """
        with self._reading():
            bbox = None if window is None else projected(window, ProjCRS(CRS), self.crs)
            parts = [self._read_layer(layer, columns, bbox) for layer in self._file_layers]
            return in_rd(pd.concat(parts), self.crs)

    def _read_layer(
        self, layer: str | None, columns: Sequence[str], bbox: Window | None
    ) -> gpd.GeoDataFrame:
        frame = pyogrio.read_dataframe(
            self.address.path,
            layer=layer,
            columns=list(columns),
            bbox=bbox,
            where=self.settings.where,
            fid_as_index=True,
        )
        if not isinstance(frame, gpd.GeoDataFrame):
            raise LayerError(
                f"{self.label} has no geometry column; "
                "a table without shapes can only be a layer of kind 'table'"
            )
        return frame.set_crs(self.crs, allow_override=True)[[*columns, "geometry"]]

    def read_table(self, columns: Sequence[str]) -> pd.DataFrame:
        """Read rows without geometry; values are as they stand in the source."""
        self.check_presence()
        with self._reading():
            parts = [
                pyogrio.read_dataframe(
                    self.address.path,
                    layer=layer,
                    columns=list(columns),
                    where=self.settings.where,
                    read_geometry=False,
                )
                for layer in self._file_layers
            ]
            return pd.DataFrame(pd.concat(parts, ignore_index=True))[list(columns)]
