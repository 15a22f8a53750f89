"""What the name of a file or layer says, and which column a name may be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from flexruimte.evidence.sources.base import plain_name
from flexruimte.study.new_study.recognition.known import known

__all__ = ["NameEvidence", "cut_off", "evidence_of_name", "is_own_name", "same_name"]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_APART = re.compile(r"[^0-9a-zà-ÿ]+")
_WHEN = re.compile(r"(19|20)\d\d|\d{6,8}|v\d+")
"""A year, a date or a version."""
_SHAPEFILE_LETTERS = 10
_LEAST_LETTERS = 3
_DIGITS = "0123456789"


@dataclass(frozen=True)
class NameEvidence:
    """Which datasets a name may mean; others than those of a study are among them."""

    whole: frozenset[str] = frozenset()
    """Datasets of which it is a whole name, or the first ten letters of one."""
    part: frozenset[str] = frozenset()
    """Datasets of which a name stands in it."""
    doubtful: tuple[str, ...] = ()
    """Words in it that say that it is another thing, or a part."""
    more: tuple[str, ...] = ()
    """Words beside the names that stand in it, of which nothing is known."""

    @property
    def says(self) -> frozenset[str]:
        """All that it may mean."""
        return self.whole or self.part


def _words(name: str) -> list[str]:
    """Return the words of a name, in small letters.

    Examples
    --------
    >>> _words("bag:Pand_2019"), _words("rev_public:evBrandaandachtsgebied")
    (['bag', 'pand', '2019'], ['rev', 'public', 'ev', 'brandaandachtsgebied'])
    """
    return [word for word in _APART.split(_CAMEL.sub(" ", name).lower()) if word]


def _telling_words(name: str) -> list[str]:
    words = _words(name)
    kept = [word for word in words if word not in known().empty and not _WHEN.fullmatch(word)]
    return kept or words


@cache
def _forms() -> dict[str, frozenset[str]]:
    """Return by the form of each known name the datasets that have it."""
    found: dict[str, set[str]] = {}
    for key, names in _all_names():
        for name in names:
            found.setdefault("".join(_telling_words(name)), set()).add(key)
    return {form: frozenset(keys) for form, keys in found.items()}


def _all_names() -> Iterable[tuple[str, list[str]]]:
    for key, dataset in known().datasets.items():
        yield key, [key, *dataset.names]
    for key, other in known().others.items():
        yield key, other.names


@cache
def _beginnings() -> dict[str, frozenset[str]]:
    """Return by the first ten letters of known names, written in several ways, the datasets."""
    found: dict[str, set[str]] = {}
    for key, names in _all_names():
        for name in names:
            words = _words(name)
            for written in (name.lower(), "_".join(words), "".join(words)):
                if len(written) > _SHAPEFILE_LETTERS:
                    found.setdefault(written[:_SHAPEFILE_LETTERS], set()).add(key)
    return {form: frozenset(keys) for form, keys in found.items()}


def evidence_of_name(name: str, places: Collection[str] = ()) -> NameEvidence:
    """Return what a name says, without regard to case, blanks, years and versions.

    Parameters
    ----------
    places
        Words of names of places, in small letters: they say where, and not what.

    Examples
    --------
    >>> sorted(evidence_of_name("BAG_PAND_2019").whole)
    ['bag_pand']
    >>> found = evidence_of_name("Delft natura2000 buffer500 wensbeeld", ["delft"])
    >>> sorted(found.part), found.doubtful, found.more
    (['natura2000'], ('buffer',), ('wensbeeld',))
    >>> sorted(evidence_of_name("bgt_ondersteunend_wegdeel").says)
    ['ondersteunendwegdeel']
    """
    words = _telling_words(name)
    bare = [word.rstrip(_DIGITS) or word for word in words]
    doubtful = tuple(word for word in bare if word in known().doubtful)
    whole = _forms().get("".join(words), frozenset())
    if not whole and len(name) == _SHAPEFILE_LETTERS:
        whole = _beginnings().get(name.lower(), frozenset())
    if whole:
        return NameEvidence(whole=whole)
    spans = _longest_spans(words)
    named = {place for start, end, _ in spans for place in range(start, end)}
    more = tuple(
        word
        for place, word in enumerate(bare)
        if place not in named
        and not word.isdigit()
        and word not in places
        and word not in known().neutral
        and word not in doubtful
    )
    part = frozenset(key for _, _, keys in spans for key in keys)
    return NameEvidence(part=part, doubtful=doubtful, more=more)


def _longest_spans(words: list[str]) -> list[tuple[int, int, frozenset[str]]]:
    """Return from which to which word a name stands, not within a longer one, and of what."""
    spans: list[tuple[int, int, frozenset[str]]] = []
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            form = "".join(words[start:end])
            if len(form) >= _LEAST_LETTERS and form in _forms():
                spans.append((start, end, _forms()[form]))
    return [
        (start, end, keys)
        for start, end, keys in spans
        if not any(
            first <= start and end <= last and (first, last) != (start, end)
            for first, last, _ in spans
        )
    ]


@cache
def _datasets_by_column() -> dict[str, set[str]]:
    """Return by plain name of a column the datasets that have it, as a field or an alias."""
    found: dict[str, set[str]] = {}
    for key, dataset in known().datasets.items():
        names = {*dataset.telling, *dataset.fields}
        for name in names.union(*dataset.fields.values()):
            found.setdefault(plain_name(name), set()).add(key)
    return found


def is_own_name(column: str, dataset: str) -> bool:
    """Return whether only one dataset has a column of this name, in full or its first ten letters.

    Datasets with the same fields, as the maps of external safety are, count as one: their names
    tell them apart.

    Examples
    --------
    >>> is_own_name("naam_n2k", "natura2000"), is_own_name("naam", "bro_sld")
    (True, False)
    """
    form = plain_name(column)
    owners = set(_datasets_by_column().get(form, ()))
    if not owners:
        owners = {
            key
            for name, keys in _datasets_by_column().items()
            if cut_off(column, name)
            for key in keys
        }
    fields = known().datasets[dataset].fields.keys()
    return dataset in owners and all(
        known().datasets[owner].fields.keys() == fields for owner in owners
    )


def same_name(column: str, name: str) -> bool:
    """Return whether a column has a name, in whatever spelling services use.

    Examples
    --------
    >>> same_name("BGT-STATUS", "bgt_status"), same_name("bag:naam", "naam")
    (True, False)
    """
    return plain_name(column) == plain_name(name)


def cut_off(column: str, name: str) -> bool:
    """Return whether a column is the beginning of a name, as a shapefile cuts it to ten letters.

    Examples
    --------
    >>> cut_off("RELATIEVE_", "relatieve_hoogteligging")
    True
    >>> cut_off("status", "status_planologisch"), cut_off("verhardi_1", "verhardingstype")
    (False, True)
    """
    if len(column) != _SHAPEFILE_LETTERS or len(name) <= _SHAPEFILE_LETTERS:
        return False
    short, long = column.lower(), name.lower()
    numbered = re.fullmatch(r"(.{8})_[1-9]", short)
    if long.startswith(short) or plain_name(long).startswith(short):
        return True
    return numbered is not None and long.startswith(numbered[1])
