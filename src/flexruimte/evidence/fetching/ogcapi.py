"""OGC API Features (OGC 17-069r4), with coordinate reference systems by reference (18-058).

Servers say little of what they leave out: a larger `limit` is lowered in silence, a cursor with
another parameter begins at page one, and there need not be a number of matches. So links are
followed as they are given, and what does not add up is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from pyproj import CRS as ProjCRS

from flexruimte.errors import SourceError, did_you_mean
from flexruimte.evidence.catalogue.model import Service
from flexruimte.evidence.fetching.client import Answer, Client, UnusableAnswer, with_query
from flexruimte.evidence.fetching.feature_service import TooManyError
from flexruimte.evidence.fetching.fields import FieldTypes, fields_asked, type_of_json
from flexruimte.evidence.fetching.geojson import features_in, json_in, page_of
from flexruimte.evidence.fetching.rows import Page
from flexruimte.evidence.fetching.tiles import Window, bounds_as_text

__all__ = ["OgcApi", "crs_uri"]

_SCHEMA: Final = ("http://www.opengis.net/def/rel/ogc/1.0/schema", "describedby")


def crs_uri(crs: str) -> str:
    """Return how OGC names a coordinate reference system.

    Examples
    --------
    >>> crs_uri("EPSG:28992"), crs_uri("OGC:CRS84")
    ('http://www.opengis.net/def/crs/EPSG/0/28992', 'http://www.opengis.net/def/crs/OGC/1.3/CRS84')
    """
    authority, _, code = crs.rpartition(":")
    version = "1.3" if authority == "OGC" else "0"
    return f"http://www.opengis.net/def/crs/{authority or 'EPSG'}/{version}/{code}"


class OgcApi:
    """A collection of a service that speaks OGC API Features.

    Parameters
    ----------
    service
        Its `layer` is the collection.
    label
        How messages call what is fetched.
    """

    def __init__(self, service: Service, client: Client, label: str) -> None:
        self._service, self._client, self._label = service, client, label
        self._fields = fields_asked(service)
        root = service.address.partition("?")
        self._root = f"{root[0].rstrip('/')}/collections"
        self._query = f"?{root[2]}" if root[2] else ""

    @property
    def _collection(self) -> str:
        return f"{self._root}/{quote(str(self._service.layer), safe='')}"

    def types(self) -> FieldTypes:
        """Return the types of the properties that the collection's schema lists."""
        ask = partial(self._client.ask_if_there, read=json_in, label=self._label)
        collection = ask(with_query(f"{self._collection}{self._query}", {"f": "json"}))
        if collection is None:
            self._refuse_collection()
        links = (collection or {}).get("links") or []
        named = [
            urljoin(f"{self._collection}/", str(link["href"]))
            for rel in _SCHEMA
            for link in links
            if isinstance(link, dict)
            and link.get("rel") == rel
            and link.get("href")
            # What describes the collection may be a page of words.
            and "json" in str(link.get("type", "json"))
        ]
        usual = with_query(f"{self._collection}/schema{self._query}", {"f": "json"})
        for address in [*named, usual]:
            schema = ask(address)
            properties = (schema or {}).get("properties")
            if isinstance(properties, dict) and properties:
                return {name: type_of_json(said) for name, said in properties.items()}
        return {}

    def _refuse_collection(self) -> None:
        """Say which collections there are, where the one of the catalogue is not there."""
        found = self._client.ask(
            with_query(f"{self._root}{self._query}", {"f": "json"}), json_in, self._label
        )
        names = [str(each.get("id")) for each in found.get("collections") or []]
        if self._service.layer not in names:
            raise SourceError(
                f"{self._label}: {self._service.address} has no collection "
                f"'{self._service.layer}'; {did_you_mean(str(self._service.layer), names)}"
            )

    @property
    def crs(self) -> str:
        """As the catalogue says."""
        return self._service.crs

    @property
    def is_paged(self) -> bool:
        """Yes."""
        return True

    def query(self, window: Window) -> str:
        """Return the address of the first page of a window."""
        bounds = ",".join(bounds_as_text(window, self._service.crs))
        within = {"bbox": bounds, "bbox-crs": self._uri}
        return self._items({"limit": self._service.most_per_page, "crs": self._uri, **within})

    @property
    def _uri(self) -> str:
        return crs_uri(self._service.crs)

    def _items(self, query: Mapping[str, object]) -> str:
        return with_query(f"{self._collection}/items{self._query}", {"f": "json", **query})

    def some_from_anywhere(self, most: int) -> Page:
        """Return the first features of the collection as a whole."""
        address = self._items({"limit": most, "crs": self._uri})
        page, _, _ = self._client.ask(address, partial(self._read, is_first=True), self._label)
        return page

    def pages(self, window: Window, most_pages: int | None) -> Iterator[Page]:
        """Yield the features in a window, page by page, as far as links lead."""
        address: str | None = self.query(window)
        asked: set[str] = set()
        given, largest = 0, 0
        while address is not None:
            asked.add(address)
            read = partial(self._read, is_first=not given)
            page, following, matched = self._client.ask(address, read, self._label)
            given, largest = given + len(page), max(largest, len(page))
            pages = len(asked) + (following is not None)
            if matched is not None and largest:
                pages = max(pages, -(-matched // largest))
            if most_pages is not None and pages > most_pages:
                raise TooManyError
            yield page
            if following in asked:
                raise UnusableAnswer("refers from a page back to one that was given")
            address = following
        if matched is not None and matched != given:
            raise UnusableAnswer(f"says that {matched} features match, and gives {given}")
        if matched is None and len(asked) == 1 and given >= self._service.most_per_page:
            # A page that is full, without another one: that it was the last can be shown in parts.
            raise TooManyError

    def _read(self, answer: Answer, *, is_first: bool) -> tuple[Page, str | None, int | None]:
        """Return the features of a page, the address of the next one, and how many match in all."""
        document, features = features_in(answer)
        uri = self._uri
        used = answer.headers.get("Content-Crs", "").strip("<> ")
        if used and used.rstrip("/") != uri and not _is_same(used, self._service.crs):
            raise SourceError(
                f"{self._label}: {answer.address} answers in {used} and not in {uri}; "
                "correct `crs` of the dataset in the catalogue"
            )
        following = self._next_of(document, answer.address)
        if not features and (following is not None or not is_first):
            raise UnusableAnswer("gives a page without features between others, or at their end")
        matched = document.get("numberMatched")
        return (
            page_of(answer, features, self._fields),
            following,
            matched if isinstance(matched, int) else None,
        )

    def _next_of(self, document: dict[str, Any], address: str) -> str | None:
        for link in document.get("links") or []:
            if isinstance(link, dict) and link.get("rel") == "next" and link.get("href"):
                following = urljoin(address, str(link["href"]))
                if urlsplit(following).scheme not in ("http", "https"):
                    # Asked again, it would say the same.
                    raise SourceError(
                        f"{self._label}: {address} refers to a next page at an address that is not "
                        "of the web; take another service of the dataset"
                    )
                return following
        return None


def _is_same(used: str, crs: str) -> bool:
    try:
        return ProjCRS.from_user_input(used).equals(ProjCRS(crs), ignore_axis_order=True)
    except Exception:  # PROJ has many words for what it does not know
        return False
