"""WCS 2.0 (OGC 09-110r4): asked for the lattice of a coverage, then for tiles of whole cells."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree

import numpy as np

from flexruimte.errors import SourceError
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.client import Answer, Client, UnusableAnswer, with_query
from flexruimte.evidence.fetching.rasters import Cells, Lattice, cells_in_rd
from flexruimte.evidence.fetching.tiles import Window
from flexruimte.evidence.sources.gdal_options import data_of_rasterio

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Wcs"]

_GML: Final = "{http://www.opengis.net/gml/3.2}"
_SAME_M: Final = 1e-3
_SHIFTED: Final = 0.1
"""Cells that lie this part of a cell elsewhere are others."""
_AXIS: Final = re.compile(r"^[A-Za-z_][\w.-]*$")


class Wcs:
    """A coverage of a service that speaks WCS 2.0, in RD New.

    Parameters
    ----------
    service
        Its `layer` is the coverage.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, client: Client, label: str) -> None:
        self._service, self._client, self._label = service, client, label
        self._axes = ("x", "y")
        self._native_m = 0.0
        self._cell_m = service.resolution_m or 1.0

    def _address(self, request: str, query: str = "", **others: object) -> str:
        common = {"service": "WCS", "version": "2.0.1", "request": request}
        return f"{with_query(self._service.address, {**common, **others})}{query}"

    def lattice(self) -> Lattice:
        """Return the cells of the coverage; of the size that is asked for where that differs."""
        address = self._address("DescribeCoverage", coverageId=self._service.layer)
        root = self._client.ask(address, partial(_xml_in, label=self._label), self._label)
        envelope = root.find(f".//{_GML}Envelope")
        offsets = [_numbers(each.text) for each in root.iter(f"{_GML}offsetVector")]
        if envelope is None or len(offsets) != 2:
            raise SourceError(
                f"{self._label}: {self._service.address} does not say where the cells of "
                f"'{self._service.layer}' are; take another service of the dataset"
            )
        low, high = (
            _numbers(envelope.findtext(f"{_GML}{name}Corner")) for name in ("lower", "upper")
        )
        names = (envelope.get("axisLabels") or "x y").split()
        if len(names) == 2 and all(map(_AXIS.match, names)):
            self._axes = (names[0], names[1])
        if "28992" not in (envelope.get("srsName") or "28992"):
            raise SourceError(
                f"{self._label}: the coverage '{self._service.layer}' is in "
                f"{envelope.get('srsName')} and not in RD New; take another service of the dataset"
            )
        self._native_m = max(map(abs, (*offsets[0], *offsets[1])))
        self._cell_m = self._service.resolution_m or self._native_m
        return Lattice(self._cell_m, low[0], high[1], (low[0], low[1], high[0], high[1]))

    def query(self, window: Window) -> str:
        """Return the address that a window is asked for with."""
        sides = window[3] - window[1], window[2] - window[0]
        return self._coverage(window, tuple(round(side / self._cell_m) for side in sides))

    def _coverage(self, window: Window, shape: tuple[int, ...]) -> str:
        left, bottom, right, top = window
        (x, y), (height, width) = self._axes, shape
        query = f"&subset={x}({left:.4f},{right:.4f})&subset={y}({bottom:.4f},{top:.4f})"
        if abs(self._cell_m - self._native_m) > _SAME_M:
            query += f"&scaleSize={x}({width}),{y}({height})"
        return self._address(
            "GetCoverage", query, coverageId=self._service.layer, format="image/tiff"
        )

    def read(self, window: Window, shape: tuple[int, int]) -> tuple[NDArray[Any], Cells]:
        """Return the cells of a window."""
        read = partial(self._cells, window, shape)
        return self._client.ask(self._coverage(window, shape), read, self._label)

    def _cells(
        self, window: Window, shape: tuple[int, int], answer: Answer
    ) -> tuple[NDArray[Any], Cells]:
        if answer.body[:2] not in (b"II", b"MM"):
            root = _xml_in(answer, self._label)
            raise UnusableAnswer(f"answers with {root.tag} and not with a raster")
        data_of_rasterio()
        from rasterio.errors import RasterioError
        from rasterio.io import MemoryFile

        try:
            with MemoryFile(answer.body) as memory, memory.open() as dataset:
                values = dataset.read(1)
                cells = cells_in_rd(dataset, self._label, self._service.nodata)
                given = dataset.bounds
        except RasterioError as error:
            raise UnusableAnswer(f"answers with a raster that cannot be read ({error})") from None
        beside = max(abs(one - other) for one, other in zip(window, given, strict=True))
        if values.shape != shape or beside > _SHIFTED * self._cell_m:
            raise UnusableAnswer(
                f"answers with {values.shape[1]} x {values.shape[0]} cells at {given.left:.2f}, "
                f"{given.bottom:.2f} where {shape[1]} x {shape[0]} at {window[0]:.2f}, "
                f"{window[1]:.2f} were asked for"
            )
        return np.asarray(values), cells


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in (text or "").split()]


def _xml_in(answer: Answer, label: str) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(answer.body)
    except ElementTree.ParseError:
        raise UnusableAnswer(
            f"answers with something else than was asked for: '{answer.start()}'"
        ) from None
    if root.tag.endswith("ExceptionReport"):
        said = " ".join(" ".join(root.itertext()).split())[:200]
        raise SourceError(f"{label}: {answer.address} answers with an error: {said}")
    return root
