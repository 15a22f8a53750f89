"""WFS 2.0 (OGC 09-025r2): asked how many features match, then page by page until they are there.

A service may hold back what is beyond a number of features in all, and filters in another language
than its own; only the standard's Filter Encoding (09-026r2) is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd
import pyogrio
import shapely

from flexruimte.errors import SourceError, enumerate_some
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.client import Answer, Client, UnusableAnswer, with_query
from flexruimte.evidence.fetching.feature_service import TooManyError
from flexruimte.evidence.fetching.fields import OWN_ID, FieldTypes, fields_asked, type_of_xsd
from flexruimte.evidence.fetching.geojson import features_in, page_of
from flexruimte.evidence.fetching.rows import Page
from flexruimte.evidence.fetching.tiles import Window, bounds_as_text

__all__ = ["Wfs"]

_JSON: Final = "application/json"
_MOST_IN_ALL: Final = 50_000
"""More features are held back by some services, in silence: PDOK's among them."""
_LONGEST_ADDRESS: Final = 4000
"""A filter that makes an address longer is left to ourselves. [character]"""
_SRS_NAME: Final = re.compile(rb"""srsName=["'][^"']*?(\w+)["']""")
_SAME_PLANE: Final = {"28992": ("7415",), "CRS84": ("4326",)}
"""Systems of which the first two coordinates are the same, but for their order."""
_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"


class Wfs:
    """A feature type of a service that speaks WFS 2.0.

    Parameters
    ----------
    service
        Its `layer` is the feature type.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, client: Client, label: str) -> None:
        self._service, self._client, self._label = service, client, label
        self._fields = fields_asked(service)
        self._types: FieldTypes = {}
        self._geometry = ""
        self._output: str | None = _JSON

    def _address(self, request: str, **query: object) -> str:
        common = {"service": "WFS", "version": "2.0.0", "request": request}
        return with_query(self._service.address, {**common, **query})

    def types(self) -> FieldTypes:
        """Return the types of the elements that the service describes."""
        address = self._address("DescribeFeatureType", typeNames=self._service.layer)
        found = self._client.ask_if_there(address, _xml_in, self._label)
        if found is None:
            return {}
        elements = {
            str(element.get("name")): str(element.get("type", ""))
            for element in found.iterfind(f".//{_XSD}sequence/{_XSD}element")
        }
        shapes = [name for name, kind in elements.items() if "PropertyType" in kind]
        self._geometry = shapes[0] if shapes else ""
        self._types = {
            name: type_of_xsd(kind or "string")
            for name, kind in elements.items()
            if name not in shapes
        }
        return self._types

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
        return self._hits(self._where(window))

    def _hits(self, where: Mapping[str, str]) -> str:
        return self._address(
            "GetFeature",
            typeNames=self._service.layer,
            srsName=self._service.crs,
            **where,
            resultType="hits",
        )

    def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
        """Yield the features in a window, as many as the service says that there are."""
        where = self._where(window)
        total = self._count(where)
        if not total and "filter" in where:
            # A value that is written otherwise there would leave out everything.
            where = self._within(window)
            total = self._count(where)
        limit = self._service.most_per_page
        # As many as it gives at most may be as far as it counts.
        if total >= (self._service.most_in_all or _MOST_IN_ALL) or (
            most_pages is not None and total > most_pages * limit
        ):
            raise TooManyError
        ordered = total > limit and self._service.id in self._types
        given = 0
        while given < total:
            page = self._page(where, given, total, self._service.id if ordered else None)
            given += len(page)
            yield page
        if given != total:
            raise UnusableAnswer(f"says that {total} features match, and gives {given}")

    def some_from_anywhere(self, most: int) -> Page:
        """Return the first features of the type as a whole."""
        tests = [_one_of(name, values) for name, values in self._service.where.items()]
        # A value may be written otherwise there than the filter does.
        for where in [{"filter": _filter(tests)}, {}] if tests else [{}]:
            if self._count(where):
                return self._page(where, 0, most, None)
        return Page({}, np.empty(0, dtype=object))

    def _page(self, where: Mapping[str, str], given: int, total: int, by: str | None) -> Page:
        def read(answer: Answer) -> Page | None:
            page = self._read(answer)
            if page is not None and not len(page):
                raise UnusableAnswer(f"gives {given} of {total} features, and then none")
            return page

        for _ in range(2):
            address = self._address(
                "GetFeature",
                typeNames=self._service.layer,
                srsName=self._service.crs,
                **where,
                outputFormat=self._output,
                count=min(self._service.most_per_page, total - given),
                startIndex=given,
                sortBy=by,
            )
            # A service without the format says so in a report, or refuses the question.
            ask = self._client.ask if self._output is None else self._client.ask_if_there
            page = ask(address, read, self._label)
            if page is not None:
                return page
            self._output = None  # GML, which every service has
        raise UnusableAnswer("gives features neither as JSON nor as GML")

    def _read(self, answer: Answer) -> Page | None:
        """Return the features of an answer; None where the service does not have the format."""
        if answer.body.lstrip()[:1] != b"<":
            _, features = features_in(answer)
            return page_of(answer, features, self._fields)
        root = _xml_in(answer)
        if root.tag.endswith("ExceptionReport"):
            said = _said(root)
            if self._output is not None and re.search(r"output\s*format", said, re.IGNORECASE):
                return None
            raise SourceError(f"{self._label}: {answer.address} answers with an error: {said}")
        self._refuse_other_crs(answer)
        page = _page_of_gml(answer.body, self._fields)
        returned = root.get("numberReturned", "")
        if returned.isdigit() and int(returned) != len(page):
            raise UnusableAnswer(f"says that it gives {returned} features, and gives {len(page)}")
        return page

    def _refuse_other_crs(self, answer: Answer) -> None:
        """Refuse features of which one is in another system than the others, or than was asked."""
        asked = self._service.crs.rpartition(":")[2]
        named = {found.decode() for found in _SRS_NAME.findall(answer.body)}
        others = named - {asked, *_SAME_PLANE.get(asked, ())}
        if others:
            raise SourceError(
                f"{self._label}: {answer.address} answers in EPSG:{enumerate_some(sorted(others))} "
                f"and not in {self._service.crs}; correct `crs` of the dataset in the catalogue"
            )

    def _count(self, where: Mapping[str, str]) -> int:
        root = self._client.ask(self._hits(where), _xml_in, self._label)
        matched = root.get("numberMatched", "")
        if not matched.isdigit():
            raise SourceError(
                f"{self._label}: {self._service.address} does not say how many features match "
                f"({_said(root) or matched or root.tag}), so that nobody could tell whether all "
                "are there; take another service of the dataset"
            )
        return int(matched)

    def _within(self, window: Window) -> dict[str, str]:
        bounds = ",".join(bounds_as_text(window, self._service.crs))
        return {"bbox": f"{bounds},{self._service.crs}"}

    def _where(self, window: Window) -> dict[str, str]:
        """Return what narrows a request: the window, and the values that are kept.

        A request with a filter may have no other window than the one in it.
        """
        service = self._service
        if not service.where or not self._geometry:
            return self._within(window)
        tests = [_one_of(name, values) for name, values in service.where.items()]
        encoded = _filter([*tests, _box(self._geometry, service.crs, window)])
        is_short = len(self._address("GetFeature", filter=encoded)) <= _LONGEST_ADDRESS
        return {"filter": encoded} if is_short else self._within(window)


def _filter(tests: list[str]) -> str:
    all_of = tests[0] if len(tests) == 1 else f"<fes:And>{''.join(tests)}</fes:And>"
    return (
        '<fes:Filter xmlns:fes="http://www.opengis.net/fes/2.0" '
        f'xmlns:gml="http://www.opengis.net/gml/3.2">{all_of}</fes:Filter>'
    )


def _one_of(name: str, values: list[Any]) -> str:
    tests = [
        f"<fes:PropertyIsEqualTo><fes:ValueReference>{escape(name)}</fes:ValueReference>"
        f"<fes:Literal>{escape(_literal(value))}</fes:Literal></fes:PropertyIsEqualTo>"
        for value in values
    ]
    return tests[0] if len(tests) == 1 else f"<fes:Or>{''.join(tests)}</fes:Or>"


def _literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _box(geometry: str, crs: str, window: Window) -> str:
    left, bottom, right, top = bounds_as_text(window, crs)
    return (
        f"<fes:BBOX><fes:ValueReference>{escape(geometry)}</fes:ValueReference>"
        f"<gml:Envelope srsName={quoteattr(crs)}>"
        f"<gml:lowerCorner>{left} {bottom}</gml:lowerCorner>"
        f"<gml:upperCorner>{right} {top}</gml:upperCorner></gml:Envelope></fes:BBOX>"
    )


def _xml_in(answer: Answer) -> ElementTree.Element:
    if answer.kind == "text/html" or answer.body[:64].lstrip().lower().startswith(
        (b"<!doctype html", b"<html")
    ):
        raise UnusableAnswer("answers with a web page and not with data")
    try:
        return ElementTree.fromstring(answer.body)
    except ElementTree.ParseError:
        raise UnusableAnswer(
            f"answers with something that is no XML, or was cut short: '{answer.start()}'"
        ) from None


def _said(root: ElementTree.Element) -> str:
    """Return the words in a report of an error."""
    codes = [str(each.get("exceptionCode") or "") for each in root.iter()]
    locators = [str(each.get("locator") or "") for each in root.iter()]
    return " ".join(filter(None, [*codes, *locators, *" ".join(root.itertext()).split()]))[:200]


def _plain(value: Any) -> Any:
    """Return a value of a frame as JSON would have it: a list of what comes several times."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return None if pd.isna(value) else value


def _page_of_gml(body: bytes, fields: list[str]) -> Page:
    try:
        frame = pyogrio.read_dataframe(body, WRITE_GFS="NO")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError):
        # Without features there is no layer, which pyogrio does not look at.
        return Page({name: [] for name in fields}, np.empty(0, dtype=object))
    given = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    if OWN_ID not in given and "gml_id" in given:
        given = given.rename(columns={"gml_id": OWN_ID})
    columns = {
        name: list(map(_plain, given[name])) if name in given else [None] * len(given)
        for name in fields
    }
    shapes = np.full(len(given), None, dtype=object)
    if "geometry" in frame:
        shapes[:] = shapely.force_2d(frame.geometry.to_numpy())
    return Page(columns, shapes)
