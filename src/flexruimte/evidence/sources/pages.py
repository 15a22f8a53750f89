"""Whether what a service answered, and somebody saved, is all there is or one page of it.

Services give so many features at a time, and say so in their answer: before or behind the
features, so that the two ends of a file tell.

- WFS 2.0 (OGC 09-025r2), 7.7.4: `numberMatched`, `numberReturned`, `next`, `previous`,
  `truncatedResponse`; WFS 1.1 has `numberOfFeatures`
- OGC API - Features (OGC 17-069r4), 7.15: `numberMatched`, `numberReturned`, `links`
- ArcGIS REST: `exceededTransferLimit`
"""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from flexruimte.evidence.sources.archives import is_in

__all__ = ["Answer", "answer_of", "answers_in", "why_not_whole"]

_END: Final = 1 << 16
"""So much of each end of a file is looked at. [byte]"""
_AT_ONCE: Final = 1 << 20
_ROUND: Final = 100
"""Services give multiples of this at most."""
_OTHER_PAGES: Final = ("next", "prev", "previous")
_SPACE: Final = re.compile(r"[\s,:]*")
_BLANK: Final = re.compile(r"\s*")
_BEHIND_A_LIST: Final = re.compile(r'\](?=\s*,\s*")')
_COMMENT: Final = re.compile(rb"<!--.*?(-->|$)", re.DOTALL)
_COLLECTION: Final = re.compile(
    rb"<(?:[\w.-]+:)?FeatureCollection\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_ATTRIBUTE: Final = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CUT_OFF: Final = re.compile(rb"<(?:[\w.-]+:)?(truncatedResponse|ExceptionReport)\b")
_REMEDY: Final = (
    'get all of it: name the service itself, source = "WFS:https://..." or "OAPIF:https://...", '
    "which is read page by page, or put all pages into one GeoPackage"
)


@dataclass(frozen=True)
class Answer:
    """What a service says of its own answer."""

    matched: int | None = None
    """Features that were asked for; None where that is not said, or said to be unknown."""
    returned: int | None = None
    """Features that are in the answer; None where that is not said."""
    more: str | None = None
    """What says that there are other pages."""


def why_not_whole(answer: Answer, count: int) -> str | None:
    """Return why an answer is not all there is, with the remedy; None where nothing says so.

    Parameters
    ----------
    answer
        What it says.
    count
        Features that are in the file. An answer with as many as were asked for is whole, also
        where it still names the next page, as files do that were put together of pages.

    Examples
    --------
    >>> why_not_whole(Answer(matched=3634, returned=1000), 1000).partition(";")[0]
    'holds 1000 of the 3634 features that there are: it is one page of what a service answers'
    >>> why_not_whole(Answer(matched=3634, returned=3634), 3634)
    """
    if answer.matched is not None:
        held = max(count, 0) if answer.returned is None else max(answer.returned, count)
        if held >= answer.matched:
            return None
        return (
            f"holds {held} of the {answer.matched} features that there are: it is one page of "
            f"what a service answers; {_REMEDY}"
        )
    if answer.more is not None:
        return f"is one page of what a service answers, as {answer.more}; {_REMEDY}"
    if answer.returned and answer.returned % _ROUND == 0:
        return (
            f"is what a service answers, with {answer.returned} features and without a word on how "
            "many there are: so round a number is the most that it gives; "
            f"{_REMEDY}. If these are all, a GeoPackage of them is taken as such"
        )
    return None


def answers_in(content: BinaryIO, member: str = "") -> Iterator[Answer]:
    """Yield what services say in a file, or in those of an archive.

    A compressed file is unpacked once, as GDAL does, and only its two ends are kept.

    Parameters
    ----------
    content
        Of the file or archive; it can be sought in.
    member
        The file or folder in the archive that is read; empty is all of it.
    """
    start = content.read(4)
    content.seek(0)
    if start == b"PK\x03\x04":
        with zipfile.ZipFile(content) as archive:
            for each in archive.infolist():
                if not each.is_dir() and is_in(each.filename, member):
                    with archive.open(each) as packed:
                        yield answer_of(*_ends_of_stream(packed))  # type: ignore[arg-type]
    elif start[:2] == b"\x1f\x8b":
        with gzip.open(content) as packed:
            yield answer_of(*_ends_of_stream(packed))  # type: ignore[arg-type]
    else:
        head = content.read(_END)
        size = content.seek(0, 2)
        content.seek(max(size - _END, 0))
        yield answer_of(head, content.read(_END))


def _ends_of_stream(packed: BinaryIO) -> tuple[bytes, bytes]:
    """Return the two ends of what can only be read from its start; of other kinds no more."""
    head = packed.read(_END)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"<"):
        return head, b""
    tail = head
    while part := packed.read(_AT_ONCE):
        tail = (tail + part)[-_END:]
    return head, tail


def answer_of(head: bytes, tail: bytes) -> Answer:
    """Return what a service says of its answer, by the two ends of it.

    Examples
    --------
    >>> page = b'{"type": "FeatureCollection", "features": [], "numberMatched": 12}'
    >>> answer_of(page, page).matched
    12
    """
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head, tail = (text.decode("utf-16", "replace").encode() for text in (head, head[:2] + tail))
        return answer_of(head, tail)
    if plain[:1] == b"<":
        return _of_xml(plain, tail)
    if plain[:1] == b"{":
        first, last = (text.decode("utf-8", "replace") for text in (plain, tail))
        return _of_json({**_members_before_features(first), **_members_after_features(last)})
    return Answer()


def _of_xml(head: bytes, tail: bytes) -> Answer:
    root = _COLLECTION.search(_COMMENT.sub(b"", head))
    if root is None:
        return Answer()
    said = {
        name.decode().rpartition(":")[2]: (double or single).decode("utf-8", "replace")
        for name, double, single in _ATTRIBUTE.findall(root[1])
    }
    cut_off = _CUT_OFF.search(tail)
    named = next((name for name in _OTHER_PAGES if said.get(name)), None)
    more = None
    if cut_off is not None:
        more = f"it ends in <{cut_off[1].decode()}>"
    elif named is not None:
        more = f"it names the page '{named}'"
    returned = _number(said.get("numberReturned", said.get("numberOfFeatures")))
    # An answer that the service broke off does not hold what it says.
    matched = None if cut_off is not None else _number(said.get("numberMatched"))
    return Answer(matched, returned, more)


def _of_json(root: Mapping[str, object]) -> Answer:
    context = root.get("context")
    inner = context if isinstance(context, dict) else {}
    counted = root.get("count") if "next" in root else None  # of Django; else it may be of anything
    matched = (root.get("numberMatched"), root.get("totalFeatures"), inner.get("matched"), counted)
    returned = (root.get("numberReturned"), inner.get("returned"))
    return Answer(
        next((found for each in matched if (found := _number(each)) is not None), None),
        next((found for each in returned if (found := _number(each)) is not None), None),
        _more_in_json(root),
    )


def _more_in_json(root: Mapping[str, object]) -> str | None:
    """Return what says in an answer that there are other pages."""
    properties = root.get("properties")
    for part in (root, properties if isinstance(properties, dict) else {}):
        if part.get("exceededTransferLimit") is True:
            return "it says exceededTransferLimit"
    links = root.get("links")
    relations = {
        str(link.get("rel")).lower()
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict)
    }
    kept = root.get("_links")
    relations |= {name for name, link in (kept if isinstance(kept, dict) else {}).items() if link}
    relations |= {name for name in _OTHER_PAGES if isinstance(root.get(name), str | dict)}
    named = next((name for name in _OTHER_PAGES if name in relations), None)
    return None if named is None else f"it names the page '{named}'"


def _number(said: object) -> int | None:
    """Return a number of features; None for "unknown", -1 and what is no number."""
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    text = str(said).strip()
    return int(text) if text.isdigit() else None


def _members_before_features(text: str) -> dict[str, object]:
    return _members(text, text.index("{") + 1)[0]


def _members_after_features(text: str) -> dict[str, object]:
    """Return the members of a document that stand behind its list of features.

    A list is that of the document where what follows it closes the document, and no more: what
    stands in a feature is followed by others or by the end of the list.
    """
    found: dict[str, object] = {}
    for border in _BEHIND_A_LIST.finditer(text):
        members, end = _members(text, border.end())
        if end >= 0 and _blank_from(text, end):
            found = {**members, **found}
    return found


def _blank_from(text: str, start: int) -> bool:
    blank = _BLANK.match(text, start)
    return blank is not None and blank.end() == len(text)


def _members(text: str, at: int) -> tuple[dict[str, object], int]:
    """Read members of an object from a position in it on, up to its features.

    Returns what was read and the position behind the object's end; -1 where it is not reached.
    """
    decoder = json.JSONDecoder()
    found: dict[str, object] = {}
    try:
        while True:
            at = _behind_space(text, at)
            if text[at] == "}":
                return found, at + 1
            name, at = decoder.raw_decode(text, at)
            at = _behind_space(text, at)
            if not isinstance(name, str) or name == "features":
                return found, -1
            found[name], at = decoder.raw_decode(text, at)
    except (ValueError, IndexError, RecursionError):
        return found, -1


def _behind_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()
