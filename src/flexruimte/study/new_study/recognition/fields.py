"""Which column of a source holds which field: by its name, and by what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

import pandas as pd

from flexruimte.evidence.values import clean_values
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.parts import FieldSpec, LayerSpec, Scalar
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.words import as_number, plain
from flexruimte.study.new_study.recognition.known import KnownDataset, known
from flexruimte.study.new_study.recognition.names import cut_off, same_name

__all__ = ["Columns", "Matching", "Words", "are_telling", "as_text", "words_of_lists"]

Words: TypeAlias = Mapping[str, frozenset[str]]
"""By the plain form of a word the datasets with a list that has it."""
_MOST_STRANGE: Final = 0.05
"""A column in which more of the rows have a value that its field cannot hold is another field."""
_FEW_WORDS: Final = 2
"""So many words that only one dataset has tell it apart, ..."""
_LONG_WORD: Final = 8
"""... and so does one of so many letters."""
_LEAST_LETTERS: Final = 4
"""Shorter words, such as codes of countries, stand in many lists."""
_MOST_TOLD: Final = 5
_CUT_OFF: Final = "ten letters"
_BY_NAME: Final = ("name", "alias", _CUT_OFF)
"""How a column may be named for a field, the best first."""


def words_of_lists(ruleset: Ruleset) -> Words:
    """Return by word that a list of values has the datasets with such a list; numbers are no words.

    What is known of other datasets counts too, so that a word of theirs is nobody's own.
    """
    found: dict[str, set[str]] = {}
    for key, spec in ruleset.layers.items():
        for each in spec.fields.values():
            for word in (*(each.values or ()), *each.aliases):
                form = plain(word)
                if as_number(word) is None and len(form) >= _LEAST_LETTERS:
                    found.setdefault(form, set()).add(key)
    for key, other in known().others.items():
        for word in other.words:
            found.setdefault(plain(word), set()).add(key)
    return {word: frozenset(keys) for word, keys in found.items()}


def are_telling(own: Iterable[str]) -> bool:
    """Return whether words that only one dataset has are enough to tell it apart.

    Examples
    --------
    >>> are_telling(["stuw"]), are_telling(["stuw", "gemaal"]), are_telling(["Pand in gebruik"])
    (False, True, True)
    """
    words = list(own)
    return len(words) >= _FEW_WORDS or any(len(word) >= _LONG_WORD for word in words)


@dataclass(frozen=True)
class Columns:
    """Which column holds which field of a dataset."""

    found: dict[str, str] = field(default_factory=dict)
    """By field its column."""
    by_values: list[str] = field(default_factory=list)
    """Fields that were found by what stands in their column, and not by its name."""
    several: dict[str, list[str]] = field(default_factory=dict)
    """By field the columns of which it may be one."""
    strange: dict[str, list[str]] = field(default_factory=dict)
    """By field values in its column that it cannot hold."""
    own_words: list[str] = field(default_factory=list)
    """Words in them that no other dataset has."""
    values: dict[str, dict[str, Scalar]] = field(default_factory=dict)
    """By field spellings of its column, and what they stand for."""


@dataclass(frozen=True)
class Matching:
    """A dataset held against the rows of a source."""

    key: str
    dataset: KnownDataset
    """What it is called in the world."""
    spec: LayerSpec | None
    """What the ruleset says of it; None of what is no layer."""
    rows: pd.DataFrame
    """(n, ...)"""
    forms: Mapping[str, frozenset[str]]
    """By `Look.forms`."""
    words: Words
    """By `words_of_lists`."""

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """The fields that are looked for, and what they can hold."""
        of_layer = dict(self.spec.fields) if self.spec else {}
        return {**{name: FieldSpec() for name in self.dataset.fields}, **of_layer}

    def columns(self) -> Columns:
        """Return which columns hold the fields.

        A column is taken by name where what stands in it is what the field can hold, else by its
        values where a list knows them all and they tell the dataset apart.
        """
        result = Columns()
        for name in self.fields:
            named = self._named(name)
            fitting = [(column, how) for column, how in named if self._fits(name, column)]
            best = _best(fitting or named)
            if len(best) == 1 and (best[0], _CUT_OFF) in named and self._is_any_of(best[0]):
                result.several[name] = best
            else:
                self._take(result, name, best)
        for name, each in self.fields.items():
            if name not in result.found and name not in result.several and each.values:
                fitting_by_values = self._by_values(name, set(result.found.values()))
                if len(fitting_by_values) == 1:
                    result.by_values.append(name)
                self._take(result, name, fitting_by_values)
        self._ask_what_is_shared(result)
        for name, column in result.found.items():
            self._look_into(result, name, column)
        return result

    def foreign_words(self) -> dict[str, str]:
        """Return words in any column that one other dataset alone has, and which that is.

        Only words of datasets that their words tell apart count.
        """
        found = {}
        for form in sorted(form for seen in self.forms.values() for form in seen):
            owners = self.words.get(form, frozenset())
            (owner,) = owners if len(owners) == 1 else (self.key,)
            known_owner = known().datasets.get(owner)
            tells = known_owner.words if known_owner else owner in known().others
            if owner != self.key and owner not in self.dataset.also and tells:
                found[form] = owner
        return found

    def _take(self, result: Columns, name: str, columns: list[str]) -> None:
        if len(columns) == 1:
            result.found[name] = columns[0]
        elif columns:
            result.several[name] = columns

    def _named(self, name: str) -> list[tuple[str, str]]:
        """Return the columns that are named for a field, and how."""
        aliases = self.dataset.fields.get(name, [])
        found = []
        for column in map(str, self.rows):
            if same_name(column, name):
                found.append((column, "name"))
            elif any(same_name(column, alias) for alias in aliases):
                found.append((column, "alias"))
            elif any(cut_off(column, each) for each in (name, *aliases)):
                found.append((column, _CUT_OFF))
        return found

    def _is_any_of(self, column: str) -> bool:
        """Return whether a column, cut off, may as well be one that no field is read from."""
        return any(cut_off(column, name) for name in self.dataset.columns)

    def _by_values(self, name: str, taken: set[str]) -> list[str]:
        """Return the columns in which a list knows all values and some are this dataset's own."""
        return [
            column
            for column, seen in self.forms.items()
            if column not in taken
            and any(self.words.get(form) == frozenset((self.key,)) for form in seen)
            and are_telling(self._own_words(name, column))
            and not self._strange_share(name, column)
        ]

    def _ask_what_is_shared(self, result: Columns) -> None:
        """Ask about a column that was taken for several fields, but for the one of that name."""
        columns = list(result.found.values())
        for name, column in list(result.found.items()):
            if columns.count(column) > 1 and not same_name(column, name):
                del result.found[name]
                result.several[name] = [column]

    def _look_into(self, result: Columns, name: str, column: str) -> None:
        """Take note of what a field cannot hold, of words of its own and of spellings."""
        if not self._fits(name, column):
            result.strange[name] = self._strange(name, column)
        elsewhere = {plain(word) for word in self.dataset.elsewhere.get(name, ())}
        odd = [str(word) for word in self._counts(name, column).index if plain(word) in elsewhere]
        if odd:
            result.strange[name] = sorted(odd)[:_MOST_TOLD]
        if self.fields[name].values:
            result.own_words.extend(self._own_words(name, column))
        spellings = self.dataset.values.get(name, {})
        seen = {plain(value) for value in self.rows[column].dropna().unique()} if spellings else {}
        used = {word: value for word, value in spellings.items() if plain(word) in seen}
        if used:
            result.values[name] = used

    def _fits(self, name: str, column: str) -> bool:
        """Return whether what stands in a column is what a field can hold."""
        if name in self.dataset.looks:
            text = as_text(self.rows[column])
            matching = text.str.fullmatch(self.dataset.looks[name])
            return text.empty or float(matching.mean()) >= 1 - _MOST_STRANGE
        if not self.fields[name].is_coded:
            return True
        return self._strange_share(name, column) <= _MOST_STRANGE

    def _counts(self, name: str, column: str) -> pd.Series[int]:
        """Return the clean values of a column, and in how many rows each stands."""
        counts = self.rows[column].map(_hashable).value_counts()
        spellings = self.dataset.values.get(name)
        clean = clean_values(pd.Series(counts.index), self.fields[name], self.spec, spellings)
        there = clean.notna().to_numpy()
        return pd.Series(counts.to_numpy()[there], index=pd.Index(clean[there], dtype=object))

    def _strange_share(self, name: str, column: str) -> float:
        """Return in which share of the rows with a value one stands that a field cannot hold."""
        counts = self._counts(name, column)
        if counts.empty:
            return 0.0
        strange = strange_values(pd.Series(counts.index), self.fields[name])
        return float(counts.to_numpy()[strange].sum() / counts.sum())

    def _strange(self, name: str, column: str) -> list[str]:
        if name in self.dataset.looks:
            text = as_text(self.rows[column])
            odd = text[~text.str.fullmatch(self.dataset.looks[name])]
        else:
            values = pd.Series(self._counts(name, column).index)
            odd = values[strange_values(values, self.fields[name])].astype(str)
        return sorted(set(odd))[:_MOST_TOLD]

    def _own_words(self, name: str, column: str) -> list[str]:
        """Return the words in a column that no other dataset has."""
        different = {str(value) for value in self._counts(name, column).index}
        if self.fields[name].several:
            different = {part for value in different for part in value.split(",")}
        own = frozenset((self.key,))
        return sorted(word for word in different if self.words.get(plain(word)) == own)


def _best(named: list[tuple[str, str]]) -> list[str]:
    """Return the columns that are named in the best way."""
    for way in _BY_NAME:
        columns = [column for column, how in named if how == way]
        if columns:
            return columns
    return []


def _hashable(value: Any) -> Any:
    return value if getattr(value, "__hash__", None) else ",".join(map(str, value))


def as_text(values: pd.Series[Any]) -> pd.Series[str]:
    """Return the values of a column as text, whole numbers without decimals, without null.

    Examples
    --------
    >>> as_text(pd.Series([84920229870000.0, None])).tolist()
    ['84920229870000']
    """
    values = values.dropna()
    if pd.api.types.is_float_dtype(values.dtype):
        whole = values[values == values.round()]
        return whole.astype("int64").astype(str)
    return values.astype(str).str.strip()
