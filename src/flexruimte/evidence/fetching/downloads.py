"""Files that are fetched whole: kept once for all studies, and cut to the windows there."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from filelock import FileLock

from flexruimte.errors import SourceError, did_you_mean, enumerate_some
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.client import Client
from flexruimte.evidence.fetching.feed import file_of_feed, is_feed
from flexruimte.evidence.fetching.fields import FieldTypes, fields_asked
from flexruimte.evidence.fetching.parts import writing
from flexruimte.evidence.fetching.rows import Page
from flexruimte.evidence.fetching.tiled import Progress, Told
from flexruimte.evidence.fetching.tiles import Window
from flexruimte.evidence.sources.addresses import LocalFile
from flexruimte.evidence.sources.errors import reading
from flexruimte.evidence.sources.gdal_options import opened_by_gdal
from flexruimte.evidence.sources.inspection import inspect_file

__all__ = ["DownloadedFile", "address_of_file", "fetched_once"]

_VERSION: Final = ("ETag", "Last-Modified", "Content-Length")
_ROWS: Final = 5000


def address_of_file(service: Service, client: Client, label: str) -> str:
    """Return the address of the file itself, where the catalogue has that of a feed.

    Raises
    ------
    SourceError
        When the feed cannot be had, or has no such file.
    """
    if not is_feed(service.address):
        return service.address
    return file_of_feed(service.address, service.file, client, label)


def fetched_once(address: str, folder: Path, client: Client, label: str, told: Told) -> Path:
    """Return a file of this machine with what is behind an address; fetched where it has changed.

    A download that is broken off goes on where it was, as long as the file there is the same.

    Parameters
    ----------
    folder
        In which such files are kept.

    Raises
    ------
    SourceError
        When the file cannot be had, or is shorter than the server says.
    OutputError
        When it cannot be written.
    """
    said = client.head(address, label)
    version = {name: said.get(name, "") for name in _VERSION}
    name = unquote(urlsplit(address).path.rpartition("/")[2]) or "file"
    folder = folder / hashlib.sha256(address.encode()).hexdigest()[:16]
    path, note, partial = folder / name, folder / "version.json", folder / "partial"
    size = int(version["Content-Length"]) if version["Content-Length"].isdigit() else None
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            # One size alone says nothing: another version may have it too.
            is_named = bool(version["ETag"] or version["Last-Modified"])
            same = is_named and _note_in(note) == version
            if same and path.is_file():
                return path
            if not same:
                for old in folder.iterdir():
                    if old.name != "lock":
                        shutil.rmtree(old) if old.is_dir() else old.unlink()
                note.write_text(json.dumps(version), encoding="utf-8")
            client.download(
                address,
                partial,
                label,
                lambda there: told(Progress(there, size or there, there)),
                version["ETag"],
            )
            encoded = said.get("Content-Encoding", "identity") != "identity"
            if size is not None and not encoded and partial.stat().st_size != size:
                partial.unlink()
                raise SourceError(
                    f"{label}: {address} gives a file of another size than it says ({size} bytes); "
                    "give the command again"
                )
            os.replace(partial, path)  # noqa: PTH105 - whole or not there
    return path


def _note_in(note: Path) -> Any:
    try:
        return json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return None


class DownloadedFile:
    """A file with features, asked as if it were a service.

    Parameters
    ----------
    service
        Its `layer` is the layer in the file, and its `file` the member of an archive.
    path
        Of the file, which may be a zip archive or compressed.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, path: Path, label: str) -> None:
        self._service, self._label = service, label
        self._fields = fields_asked(service)
        inspect_file(path, label)
        opened = _opened_path(path, service, label)
        self._address = LocalFile(opened)
        self._path = opened_by_gdal(opened)

    @property
    def crs(self) -> str:
        """That of the layer; where it does not say it, as the catalogue says."""
        return str(self._info["crs"] or self._service.crs)

    @property
    def is_paged(self) -> bool:
        """No: a file does not change while it is read."""
        return False

    def query(self, window: Window) -> str:
        """Return the address of the file."""
        del window
        return self._service.address

    @cached_property
    def _info(self) -> dict[str, Any]:
        """What GDAL says of the layer."""
        with reading(self._label, self._address):
            layers = [str(name) for name, _ in pyogrio.list_layers(self._path)]
            layer = self._service.layer
            if layer is not None and layer not in layers:
                raise SourceError(
                    f"{self._label}: {self._service.address} has no layer '{layer}'; "
                    f"{did_you_mean(layer, layers)}"
                )
            return dict(pyogrio.read_info(self._path, layer=layer, **self._options))

    @property
    def _options(self) -> dict[str, Any]:
        return dict(self._service.open_options)

    def types(self) -> FieldTypes:
        """Return the types of the fields of the layer."""
        info = self._info
        return {
            str(name): _type_of(str(kind))
            for name, kind in zip(info["fields"], info["dtypes"], strict=True)
        }

    def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
        """Yield the features whose bounds touch a window; a file has no limits."""
        del most_pages
        known = self._info["fields"].tolist()
        with (
            reading(self._label, self._address),
            pyogrio.open_arrow(
                self._path,
                layer=self._service.layer,
                columns=[name for name in self._fields if name in known],
                bbox=window,
                return_fids=True,
                batch_size=_ROWS,
                use_pyarrow=True,
                **self._options,
            ) as (said, reader),
        ):
            given = 0
            for batch in reader:
                try:
                    page = self._page(batch, said)
                except NotImplementedError:  # a curve, which GDAL makes straight in another way
                    yield self._straight_page(window, given)
                    return
                given += len(page)
                yield page

    def some_from_anywhere(self, most: int) -> Page:
        """Return the first features of the file."""
        with reading(self._label, self._address):
            return self._page_of(self._frame(max_features=most))

    def _straight_page(self, window: Window, given: int) -> Page:
        """Return the features in a window behind those that were given, with curves made straight.

        In steps of 4 degrees, as wherever GDAL reads curves.
        """
        return self._page_of(self._frame(bbox=window).iloc[given:])

    def _frame(self, **narrowed: Any) -> gpd.GeoDataFrame:
        frame: gpd.GeoDataFrame = pyogrio.read_dataframe(
            self._path, layer=self._service.layer, fid_as_index=True, **narrowed, **self._options
        )
        return frame

    def _page_of(self, frame: gpd.GeoDataFrame) -> Page:
        shapes = np.full(len(frame), None, dtype=object)
        shapes[:] = frame.geometry.to_numpy()
        columns = {
            name: frame[name].astype(object).where(frame[name].notna(), None).tolist()
            if name in frame
            else frame.index.tolist()
            for name in self._fields
        }
        return Page(columns, shapes)

    def _page(self, batch: pa.RecordBatch, said: Mapping[str, Any]) -> Page:
        names = batch.schema.names
        geometry = str(said["geometry_name"] or "wkb_geometry")
        if geometry not in names:
            raise SourceError(
                f"{self._label}: {self._service.address} has no geometry; say in `open_options` of "
                "the dataset in the catalogue which columns hold the coordinates"
            )
        number = batch.column(names.index(str(said["fid_column"] or "OGC_FID")))
        shapes = np.full(len(batch), None, dtype=object)
        shapes[:] = shapely.from_wkb(batch.column(geometry).to_numpy(zero_copy_only=False))
        columns = {
            name: (batch.column(name) if name in names else number).to_pylist()
            for name in self._fields
        }
        return Page(columns, shapes)


def _opened_path(path: Path, service: Service, label: str) -> str:
    """Return what GDAL opens: of an archive the member, of a compressed file what is in it."""
    if path.suffix.lower() == ".gz":
        whole = path.with_suffix("")
        if not whole.is_file():
            building = whole.with_name(f"building-{whole.name}")
            with writing(whole):
                with gzip.open(path) as packed, building.open("wb") as file:
                    shutil.copyfileobj(packed, file)
                os.replace(building, whole)  # noqa: PTH105 - whole or not there
        return str(whole)
    if not zipfile.is_zipfile(path):
        return str(path)
    pattern = service.file if not is_feed(service.address) else None
    if pattern is None:
        return f"/vsizip/{path}"
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    fitting = sorted(name for name in members if fnmatch(name, pattern))
    if not fitting:
        raise SourceError(
            f"{label}: {service.address} has no file '{pattern}' in it "
            f"(it has: {enumerate_some(members)}); correct `file` of the dataset in the catalogue"
        )
    return f"/vsizip/{path}/{fitting[-1]}"


def _type_of(named: str) -> pa.DataType:
    kinds = {"i": pa.int64(), "u": pa.int64(), "f": pa.float64(), "b": pa.bool_()}
    try:
        return kinds.get(np.dtype(named).kind, pa.large_string())
    except TypeError:  # what numpy does not know, such as a list
        return pa.large_string()
