"""What all kinds of sources share, and what each of them refuses unless it can answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS as ProjCRS
from pyproj import Transformer
from pyproj.exceptions import ProjError

from flexruimte.errors import LayerError, SourceError, did_you_mean, redacted
from flexruimte.evidence.sources.addresses import Address, LocalFile, RemoteFile, address_of
from flexruimte.evidence.sources.archives import unpacked
from flexruimte.evidence.sources.protocol import Window
from flexruimte.kernels.raster import Grid
from flexruimte.rules.study_file import LayerSettings, TableSettings
from flexruimte.vocabulary import CRS, Floats

__all__ = ["BaseSource", "in_rd", "plain_name", "projected", "projected_extent"]

_THAT_SHIP = "flexruimte:"
"""What the name of a template that ships begins with."""
_ROWS_LOOKED_AT = 20
"""Rows among which the names of columns are looked for."""
_digests: dict[tuple[str, str], str] = {}
"""By path and stamp: the digests of files that were asked for."""


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
    ignores: ClassVar[tuple[str, ...]] = ()
    """Settings that mean nothing for a source of this kind."""

    @property
    def label(self) -> str:
        """How messages call this source: the key, the file and the layer in it."""
        layer = self.settings.layer
        inner = f" layer '{layer if isinstance(layer, str) else ', '.join(layer)}'" if layer else ""
        return f"{self.name} ({redacted(self.settings.source)}{inner})"

    @cached_property
    def address(self) -> Address:
        """Where the source is."""
        return address_of(self.settings.source, self.folder)

    @property
    def _path(self) -> str:
        """What a library opens: the source, or the content of a large archive that was unpacked."""
        address = self.address
        if not isinstance(address, LocalFile | RemoteFile) or ".zip" not in address.path.lower():
            return address.path
        try:
            return unpacked(address.path, address.member, address.stamp(), address.opened)
        except OSError as error:
            raise SourceError(
                f"{self.label} is in an archive that cannot be unpacked: {error}; unpack it "
                "yourself, and name what was in it"
            ) from None

    def check_settings(self, *others: str) -> None:
        """Refuse settings that mean nothing for a source of this kind.

        Parameters
        ----------
        *others
            More settings that mean nothing, by what the source is used for.

        Raises
        ------
        LayerError
            Names the first of them: whoever writes it would think that it holds.
        """
        settings = self.settings
        for name in (*self.ignores, *others):
            field = type(settings).model_fields.get(name)
            if field is None:
                continue
            if getattr(settings, name) != field.get_default(call_default_factory=True):
                raise LayerError(
                    f"{self.label}: '{name}' means nothing here, as the source is {self.holds}; "
                    "leave it out, or give the source in another form"
                )

    def check_presence(self) -> None:
        """Refuse a file that is not there, with a SourceError that names the layer and the file."""
        dataset, address = self.settings.dataset, self.address
        if dataset is not None and isinstance(address, LocalFile) and not address.is_files:
            raise SourceError(
                f"{self.label}: dataset '{dataset}' is not there yet; get it with flexruimte fetch "
                "and the path of the study, or leave the layer out and name it in not_assessed"
            )
        self.address.check_presence(self.label, self.settings.source)
        area = self._named_coverage
        if area is not None:
            label = f"{self.name} coverage ({redacted(area)})"
            address_of(area, self.folder).check_presence(label, redacted(area))
        if self.settings.sha256 is not None:
            self._check_content(self.settings.sha256.lower())

    def _check_content(self, wanted: str) -> None:
        """Refuse a file of which the content is not what the study says; looked at once."""
        stamp = (self.address.path, json.dumps(self.address.stamp()))
        if stamp not in _digests:
            try:
                _digests[stamp] = self.address.sha256()
            except OSError as error:
                raise SourceError(
                    f"{self.label}: sha256 cannot be held against it: {error}; "
                    "leave 'sha256' out of the study, or name a file"
                ) from None
        if _digests[stamp] != wanted:
            raise SourceError(
                f"{self.label} is not the file that the study names: its sha256 is "
                f"{_digests[stamp]}, the study says {wanted}; put the right file there, "
                "or correct 'sha256'"
            )

    @property
    def rests_on_files(self) -> bool:
        """Whether all of it is in files of this machine, so that `stamp` tells every change."""
        return self.address.is_files

    def stamp(self) -> object:
        """Return what changes when the source may have changed, as values that JSON can hold."""
        return [self.address.stamp(), *self._coverage_stamps(), *self._option_stamps()]

    def _coverage_stamps(self) -> list[object]:
        named = self._named_coverage
        return [] if named is None else [address_of(named, self.folder).stamp()]

    @property
    def _named_coverage(self) -> str | None:
        """The source of the area that the study says the layer speaks of; None: it names none."""
        settings = self.settings
        named = settings.coverage if isinstance(settings, LayerSettings) else "auto"
        return None if named in ("auto", "complete", "extent") else named

    @property
    def option_files(self) -> dict[str, Path]:
        """Files that open options name, by option: beside the study, or templates that ship.

        Raises
        ------
        LayerError
            When no template of that name ships.
        """
        named = {
            name: self._option_file(str(value))
            for name, value in self.settings.open_options.items()
        }
        return {name: path.resolve() for name, path in named.items() if path.is_file()}

    def _option_file(self, value: str) -> Path:
        if not value.startswith(_THAT_SHIP):
            return self.folder / value
        templates = Path(__file__).parent / "templates"
        names = sorted(path.name for path in templates.iterdir())
        name = value.removeprefix(_THAT_SHIP)
        if name not in names:
            raise LayerError(
                f"{self.label}: no template '{value}' ships; {did_you_mean(name, names)}"
            )
        return templates / name

    def _option_stamps(self) -> list[object]:
        return [address_of(str(path), self.folder).stamp() for path in self.option_files.values()]

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

    def layers_without(self, column: str) -> list[str]:
        """Return nothing: there are not several layers."""
        del column
        return []

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

    def extent_of_features(self) -> Window | None:
        """Return the bounds of the features that have some, in RD New; None where none has.

        For a source of which one vertex is no number: what it says of all of it is no number then.
        """
        bounds = shapely.bounds(self.read([]).geometry.to_numpy())
        usable = bounds[np.isfinite(bounds).all(axis=1)]
        if not len(usable):
            return None
        left, bottom = usable[:, :2].min(axis=0).tolist()
        right, top = usable[:, 2:].max(axis=0).tolist()
        return (left, bottom, right, top)

    def read(self, columns: Sequence[str], window: Window | None = None) -> gpd.GeoDataFrame:
        """Refused: there are no geometries."""
        self._refuse("geometry column")

    def read_table(self, columns: Sequence[str], most: int | None = None) -> pd.DataFrame:
        """Refused: there are no rows."""
        self._refuse("rows")

    def first_rows(self) -> list[tuple[int, set[str]]]:
        """Return what stands in the first rows, by their number in the file.

        GDAL calls columns Field1, Field2 where it takes no row for their names.
        """
        columns = self.columns
        first = 1 if columns and all(re.fullmatch(r"Field\d+", name) for name in columns) else 2
        rows = self.read_table(columns, _ROWS_LOOKED_AT).astype("string").to_numpy()
        return [
            (first + number, {str(cell).strip() for cell in row})
            for number, row in enumerate(rows[:_ROWS_LOOKED_AT])
        ]

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

    def cell_holding(self, value: float) -> float:
        """Refused: there are no cells."""
        self._refuse("raster cells")

    def has_valid_cell(self, nodata: float | None, low: float, high: float) -> bool:
        """Refused: there are no cells."""
        self._refuse("raster cells")


def plain_name(name: str) -> str:
    """Return a column name without what differs between services: case, underscores and hyphens.

    Examples
    --------
    >>> plain_name("relatieve_hoogteligging") == plain_name("relatieveHoogteligging")
    True
    """
    return name.lower().replace("_", "").replace("-", "")


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
