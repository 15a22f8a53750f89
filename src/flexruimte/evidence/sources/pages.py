"""Whether what a service answered, and somebody saved, is all there is or one page of it.

Services give so many features at a time, and say so in their answer: before or behind the
features, so that the two ends of a file tell. Each service has words of its own for it, so what
counts is what they are made of, wherever they stand outside the features: a number of matches, hits
or a total, a next page, and that there is more.

- WFS 2.0 (OGC 09-025r2), 7.7.4: `numberMatched`, `numberReturned`, `next`, `previous`,
  `truncatedResponse`; WFS 1.1 has `numberOfFeatures`
- OGC API - Features (OGC 17-069r4), 7.15: `numberMatched`, `numberReturned`, `links`
- ArcGIS REST: `exceededTransferLimit`; OData: `@odata.nextLink`, `@odata.count`
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from flexruimte.evidence.sources.archives import is_in

__all__ = ["Answer", "answer_of", "answers_in", "why_not_whole"]

_END: Final = 1 << 16
"""So much of each end of a file is looked at. [byte]"""
_AT_ONCE: Final = 1 << 20
_ROUND: Final = 100
"""Services give multiples of this at most."""
_OTHER_PAGES: Final = {"next", "prev", "previous"}
_IS_MORE: Final = {"more", "exceeded", "truncated", "incomplete", "partial"}
_IS_ALL: Final = {"last", "complete", "final"}
_MATCHED: Final = {"total", "matched", "hits"}
_HOW_MANY: Final = {"count", *_MATCHED}
_RETURNED: Final = {"returned"}
_OF_WHAT: Final = {
    *("number", "num", "nr", "of", "all", "odata", "full", "overall", "search"),
    *("feature", "features", "result", "results", "record", "records", "element", "elements"),
    *("item", "items", "row", "rows", "object", "objects", "entry", "entries"),
}
"""What may stand beside `_HOW_MANY` in the name of a number of features."""
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TAR_MARK: Final = 257
"""Where in a tar archive its mark stands. [byte]"""
_MOST_DEEP: Final = 5
"""Archives in archives are looked into so far."""
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
    counted: int | None = None
    """A count of which it is not said whether it is of all or of the answer."""
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
    held = max(count, answer.returned or 0)
    there = max(answer.matched or 0, answer.counted or 0)
    if there > held:
        return (
            f"holds {held} of the {there} features that there are: it is one page of "
            f"what a service answers; {_REMEDY}"
        )
    if answer.matched is not None:
        return None
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
    """Yield what services say in a file, or in those of an archive, which may hold archives.

    What is compressed is unpacked once, as GDAL does, and only its two ends are kept.

    Parameters
    ----------
    content
        Of the file or archive; it can be sought in.
    member
        The file or folder in the archive that is read; empty is all of it.
    """
    yield from _answers_in(content, member, _MOST_DEEP, can_seek=True)


def _answers_in(content: Any, member: str, deep: int, *, can_seek: bool) -> Iterator[Answer]:
    # What is unpacked tells its start without being read; a file on disk is set back.
    start = content.read(512) if can_seek else content.peek(512)[:512]
    if can_seek:
        content.seek(0)
    if not deep:
        return
    if start[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(content) as archive:
            for each in archive.infolist():
                inside = None if each.is_dir() else _member_in(each.filename, member)
                if inside is not None:
                    with archive.open(each) as packed:
                        yield from _answers_in(packed, inside, deep - 1, can_seek=False)
    elif start[:2] == b"\x1f\x8b":
        with gzip.open(content) as unpacked:
            yield from _answers_in(unpacked, member, deep - 1, can_seek=False)
    elif start[_TAR_MARK:].startswith(b"ustar"):
        with tarfile.open(fileobj=content, mode="r|") as archive:
            for entry in archive:
                inside = _member_in(entry.name.removeprefix("./"), member)
                entered = None if inside is None else archive.extractfile(entry)
                if entered is not None:
                    # A stream cannot be set back: what is in it is looked at from its start on.
                    # What tarfile gives is read like a raw file, which its types do not say.
                    whole = io.BufferedReader(entered)  # type: ignore[type-var]
                    yield from _answers_in(whole, inside or "", deep - 1, can_seek=False)
    elif can_seek:
        head = content.read(_END)
        size = content.seek(0, 2)
        content.seek(max(size - _END, 0))
        yield answer_of(head, content.read(_END))
    else:
        yield answer_of(*_ends_of_stream(content))


def _member_in(name: str, member: str) -> str | None:
    """Return what of a file in an archive is read: "" is all; None where it is not read.

    Examples
    --------
    >>> _member_in("a/b.shp", "a"), _member_in("a.zip", "a.zip/b.shp"), _member_in("c", "a")
    ('', 'b.shp', None)
    """
    if is_in(name, member):
        return ""
    return member.removeprefix(f"{name}/") if member.startswith(f"{name}/") else None


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
        return _of_members({**_members_before_features(first), **_members_after_features(last)})
    return Answer()


def _of_xml(head: bytes, tail: bytes) -> Answer:
    root = _COLLECTION.search(_COMMENT.sub(b"", head))
    if root is None:
        return Answer()
    said = {
        name.decode().rpartition(":")[2]: (double or single).decode("utf-8", "replace")
        for name, double, single in _ATTRIBUTE.findall(root[1])
        if not name.startswith(b"xmlns")
    }
    if "numberOfFeatures" in said:  # of WFS 1.1: what it returns, and not what there is
        said.setdefault("numberReturned", said.pop("numberOfFeatures"))
    answer = _of_members(said)
    cut_off = _CUT_OFF.search(tail)
    if cut_off is None:
        return answer
    # An answer that the service broke off does not hold what it says.
    return Answer(returned=answer.returned, more=f"it ends in <{cut_off[1].decode()}>")


def _of_members(root: Mapping[str, object]) -> Answer:
    """Return what members of an answer, and what is in them, say of it."""
    matched: list[int] = []
    counted: list[int] = []
    returned: list[int] = []
    more: list[str] = []
    for name, value in _named_values(root):
        words = {word.lower() for word in _WORD.findall(name)}
        number = _number(value)
        if number is not None and words & _HOW_MANY and words <= _HOW_MANY | _OF_WHAT:
            (matched if words & _MATCHED else counted).append(number)
        elif number is not None and words & _RETURNED:
            returned.append(number)
        elif words & _OTHER_PAGES and value and not _is_day(value):
            page = next(word for word in ("next", "previous", "prev") if word in words)
            more.append(f"it names the page '{page}'")
        elif (words & _IS_MORE and value in (True, "true")) or (words & _IS_ALL and value is False):
            more.insert(0, f"it says {name} = {str(value).lower()}")
    return Answer(
        max(matched, default=None),
        max(counted, default=None),
        max(returned, default=None),
        next(iter(more), None),
    )


def _named_values(members: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield names and values at any depth; of a link what it leads to is its name."""
    pending: list[tuple[str, object]] = list(members.items())
    for name, value in pending:
        inner = value if isinstance(value, list) else [value]
        for each in inner:
            if isinstance(each, dict):
                pending.extend((str(key), part) for key, part in each.items())
                if isinstance(each.get("rel"), str) and each.get("href"):
                    yield each["rel"], each["href"]
        yield name, value


def _is_day(value: object) -> bool:
    return isinstance(value, str) and _DAY.match(value) is not None


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
