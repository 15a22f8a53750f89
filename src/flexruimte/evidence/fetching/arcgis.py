"""ArcGIS REST, FeatureServer: counted first, then page by page in the order of the object id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from flexruimte.errors import SourceError
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.client import Answer, Client, UnusableAnswer, with_query
from flexruimte.evidence.fetching.feature_service import TooManyError
from flexruimte.evidence.fetching.fields import OWN_ID, FieldTypes, fields_asked
from flexruimte.evidence.fetching.geojson import json_in
from flexruimte.evidence.fetching.rows import Page
from flexruimte.evidence.fetching.tiles import Window, bounds_as_text
from flexruimte.vocabulary import Geometries

__all__ = ["ArcGis"]

_TYPES: Final = {
    "esriFieldTypeOID": pa.int64(),
    "esriFieldTypeInteger": pa.int64(),
    "esriFieldTypeSmallInteger": pa.int64(),
    "esriFieldTypeBigInteger": pa.int64(),
    "esriFieldTypeDate": pa.int64(),
    "esriFieldTypeDouble": pa.float64(),
    "esriFieldTypeSingle": pa.float64(),
}
"""Others are text. A date is a number of milliseconds since 1970."""


class ArcGis:
    """A layer of a FeatureServer.

    Parameters
    ----------
    service
        Its address ends in the number of the layer, or `layer` is that number.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, client: Client, label: str) -> None:
        self._service, self._client, self._label = service, client, label
        self._fields = fields_asked(service)
        layer = f"/{service.layer}" if service.layer else ""
        self._layer = f"{service.address.rstrip('/')}{layer}"
        self._object_id, self._has_id = "", False
        self._limit = service.most_per_page

    def types(self) -> FieldTypes:
        """Return the types of the fields that the layer has."""
        found = self._client.ask(with_query(self._layer, {"f": "json"}), self._json, self._label)
        fields = {
            str(field.get("name")): str(field.get("type")) for field in found.get("fields") or []
        }
        object_ids = [name for name, kind in fields.items() if kind == "esriFieldTypeOID"]
        self._object_id = str(found.get("objectIdField") or next(iter(object_ids), ""))
        self._has_id = OWN_ID in fields
        most = found.get("maxRecordCount")
        if isinstance(most, int) and most > 0:
            self._limit = min(self._limit, most)
        return {
            name: _TYPES.get(kind, pa.large_string())
            for name, kind in fields.items()
            if kind != "esriFieldTypeGeometry"
        }

    @property
    def crs(self) -> str:
        """As the catalogue says."""
        return self._service.crs

    @property
    def is_paged(self) -> bool:
        """Yes."""
        return True

    def query(self, window: Window) -> str:
        """Return the address that counts the features in a window."""
        return self._address(window, returnCountOnly="true")

    def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
        """Yield the features in a window, as many as the service says that there are."""
        total = self._count(window)
        # As many as it gives at most may be as far as it counts.
        if (self._service.most_in_all is not None and total >= self._service.most_in_all) or (
            most_pages is not None and total > most_pages * self._limit
        ):
            raise TooManyError
        given = 0
        while given < total:
            page = self._page(window, given, total, self._limit)
            given += len(page)
            yield page
        if given != total:
            raise UnusableAnswer(f"says that {total} features match, and gives {given}")

    def some_from_anywhere(self, most: int) -> Page:
        """Return the first features of the layer as a whole."""
        return self._page(None, 0, 0, min(most, self._limit))

    def _page(self, window: Window | None, given: int, total: int, most: int) -> Page:
        def read(answer: Answer) -> Page:
            page = self._read(answer)
            if not len(page) and given < total:
                raise UnusableAnswer(f"gives {given} of {total} features, and then none")
            return page

        address = self._address(
            window,
            outFields=",".join(map(self._own, self._fields)) or "*",
            outSR=self._code,
            returnGeometry="true",
            orderByFields=self._object_id or None,
            resultOffset=given,
            resultRecordCount=most,
        )
        return self._client.ask(address, read, self._label)

    @property
    def _code(self) -> str:
        return self._service.crs.rpartition(":")[2]

    def _address(self, window: Window | None, **query: object) -> str:
        within = (
            {}
            if window is None
            else {
                "geometry": ",".join(bounds_as_text(window, self._service.crs)),
                "geometryType": "esriGeometryEnvelope",
                "spatialRel": "esriSpatialRelIntersects",
                "inSR": self._code,
            }
        )
        common = {"f": "json", "where": "1=1"}
        return with_query(f"{self._layer}/query", {**common, **within, **query})

    def _own(self, name: str) -> str:
        """Return the layer's field of a name: where there is no `id`, that is the object id."""
        return self._object_id if name == OWN_ID and not self._has_id else name

    def _count(self, window: Window) -> int:
        def read(answer: Answer) -> int:
            count = self._json(answer).get("count")
            if not isinstance(count, int):
                raise UnusableAnswer(f"does not say how many features match: '{answer.start()}'")
            return count

        return self._client.ask(self.query(window), read, self._label)

    def _json(self, answer: Answer) -> dict[str, Any]:
        """Return the object of an answer; errors come with a status of success."""
        document = json_in(answer)
        error = document.get("error")
        if isinstance(error, dict):
            said = f"{error.get('code', '')} {error.get('message', '')}".strip()
            if error.get("code") in (429, 500, 503, 504):
                raise UnusableAnswer(f"answers with an error: {said}")
            raise SourceError(
                f"{self._label}: {answer.address} answers with an error: {said}; "
                "the catalogue and the service do not agree"
            )
        return document

    def _read(self, answer: Answer) -> Page:
        document = self._json(answer)
        features = document.get("features")
        if not isinstance(features, list):
            raise UnusableAnswer(f"answers with other JSON than features: '{answer.start()}'")
        named = (document.get("spatialReference") or {}).values()
        if named and int(self._code) not in named:
            raise SourceError(
                f"{self._label}: {answer.address} answers in another coordinate reference system "
                f"than {self._service.crs}; correct `crs` of the dataset in the catalogue"
            )
        properties = [feature.get("attributes") or {} for feature in features]
        columns = {
            name: [each.get(self._own(name)) for each in properties] for name in self._fields
        }
        return Page(columns, _shapes(answer.body, len(features)))


def _shapes(body: bytes, count: int) -> Geometries:
    if not count:
        return np.empty(0, dtype=object)
    # GDAL would ask for the next page itself, at an address that it does not have.
    body = body.replace(b'"exceededTransferLimit"', b'"more"')
    try:
        _, _, wkb, _ = pyogrio.raw.read(body, columns=[], force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise UnusableAnswer(f"answers with features that cannot be read ({error})") from None
    shapes = np.full(count, None, dtype=object)
    if wkb is not None:
        if len(wkb) != count:
            raise UnusableAnswer(f"gives {count} features, of which {len(wkb)} can be read")
        shapes[:] = shapely.from_wkb(wkb)
    return shapes
