"""Which column of a source holds which field: by its name, and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

import pandas as pd

from flexruimte.evidence.values import clean_values
from flexruimte.rules.conditions import strange_values
from flexruimte.rules.parts import FieldSpec, LayerSpec, Scalar
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.words import as_number, plain
from flexruimte.study.new_study.recognition.known import KnownDataset, known
from flexruimte.study.new_study.recognition.names import cut_off, same_name

__all__ = ["Columns", "Words", "columns_of", "foreign_words", "matches", "words_of_lists"]

Words: TypeAlias = Mapping[str, frozenset[str]]
"""By the plain form of a word the datasets with a list that has it."""
_MOST_DIFFERENT: Final = 500
"""A column with more different values holds no words of a list."""
_MOST_STRANGE: Final = 0.05
"""A column in which more of the rows have a value that its field cannot hold is another field."""
_FEW_WORDS: Final = 2
_LONG_WORD: Final = 8
_LEAST_LETTERS: Final = 4
"""Shorter words, such as codes of countries, stand in many lists."""


@dataclass(frozen=True)
class Columns:
    """Which column holds which field of a dataset."""

    found: dict[str, str] = field(default_factory=dict)
    """By field its column."""
    by: dict[str, str] = field(default_factory=dict)
    """By field what it was found by: "name", "alias", "ten letters" or "values"."""
    several: dict[str, list[str]] = field(default_factory=dict)
    """By field the columns of which it may be one."""
    strange: dict[str, list[str]] = field(default_factory=dict)
    """By field values in its column that it cannot hold."""
    own_words: dict[str, list[str]] = field(default_factory=dict)
    """By field values in its column that no other dataset has."""
    values: dict[str, dict[str, Scalar]] = field(default_factory=dict)
    """By field spellings of its column, and what they stand for."""


@cache
def _words_of(field_values: tuple[Any, ...]) -> frozenset[str]:
    return frozenset(
        form
        for value in field_values
        if as_number(value) is None and len(form := plain(value)) >= _LEAST_LETTERS
    )


def words_of_lists(ruleset: Ruleset) -> Words:
    """Return by word that a list of values has the datasets with such a list; numbers are no words.

    What is known of other datasets counts too, so that a word of theirs is nobody's own.
    """
    found: dict[str, set[str]] = {}
    for key, spec in ruleset.layers.items():
        for each in spec.fields.values():
            for word in _words_of((*(each.values or ()), *each.aliases)):
                found.setdefault(word, set()).add(key)
    for key, other in known().others.items():
        for word in other.words:
            found.setdefault(plain(word), set()).add(key)
    return {word: frozenset(keys) for word, keys in found.items()}


def columns_of(
    key: str,
    fields: Mapping[str, FieldSpec],
    spec: LayerSpec | None,
    dataset: KnownDataset,
    rows: pd.DataFrame,
    words: Words,
) -> Columns:
    """Return which columns hold the fields of a dataset.

    A column is taken by name where what stands in it is what the field can hold, else by its values
    where a list of values knows them all and no other field of the dataset does.

    Parameters
    ----------
    key, fields, spec, dataset
        The dataset: its key, its fields and what they can hold, its layer in the ruleset (None for
        what is no layer), and what it is called in the world.
    rows
        Rows of the source. (n, ...)
    words
        By `words_of_lists`.
    """
    result = Columns()
    taken: dict[str, str] = {}
    for name, each in fields.items():
        named = _by_name(name, dataset, [str(column) for column in rows])
        fitting = [
            (column, by) for column, by in named if _fits(rows[column], name, each, spec, dataset)
        ]
        chosen = _one(fitting or named)
        if len(chosen) > 1:
            result.several[name] = [column for column, _ in chosen]
        elif chosen:
            ((column, by),) = chosen
            result.found[name], result.by[name] = column, by
            taken[column] = name
    _add_by_values(result, taken, fields, spec, dataset, rows, words, key)
    for name, column in result.found.items():
        _look_into(result, name, column, fields[name], spec, dataset, rows, words, key)
    _refuse_shared(result)
    return result


def _one(named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the columns of the best kind of name."""
    for by in ("name", "alias", "ten letters"):
        of_kind = [(column, found) for column, found in named if found == by]
        if of_kind:
            exact = of_kind if by != "name" or len(of_kind) == 1 else of_kind[:]
            return exact
    return []


def _by_name(name: str, dataset: KnownDataset, columns: list[str]) -> list[tuple[str, str]]:
    aliases = dataset.fields.get(name, [])
    found = []
    for column in columns:
        if same_name(column, name):
            found.append((column, "name"))
        elif any(same_name(column, alias) for alias in aliases):
            found.append((column, "alias"))
        elif any(cut_off(column, each) for each in (name, *aliases)):
            found.append((column, "ten letters"))
    return found


def _fits(
    values: pd.Series[Any], name: str, each: FieldSpec, spec: LayerSpec | None, dataset: KnownDataset
) -> bool:
    """Return whether what stands in a column is what a field can hold."""
    pattern = dataset.looks.get(name)
    if pattern is not None:
        text = _as_text(values)
        return bool(text.str.fullmatch(pattern).mean() >= 1 - _MOST_STRANGE) if len(text) else True
    if not each.is_coded:
        return True
    return _strange_share(values, each, spec, dataset, name) <= _MOST_STRANGE


def _as_text(values: pd.Series[Any]) -> pd.Series[str]:
    """Return values as text, whole numbers without decimals."""
    values = values.dropna()
    if pd.api.types.is_float_dtype(values.dtype):
        whole = values[values == values.round()]
        return whole.astype("int64").astype(str)
    return values.astype(str).str.strip()


def _add_by_values(
    result: Columns,
    taken: dict[str, str],
    fields: Mapping[str, FieldSpec],
    spec: LayerSpec | None,
    dataset: KnownDataset,
    rows: pd.DataFrame,
    words: Words,
    key: str,
) -> None:
    """Add fields whose column has another name, by what stands in it."""
    forms = forms_of(rows)
    for name, each in fields.items():
        if name in result.found or name in result.several or each.values is None:
            continue
        fitting = [
            column
            for column, seen in forms.items()
            if column not in taken
            and any(words.get(form) == frozenset((key,)) for form in seen)
            and _is_telling(_own_words(_distinct(rows[column], each, spec, dataset, name).index, each, words, key))
            and not _strange_share(rows[column], each, spec, dataset, name)
        ]
        if len(fitting) == 1:
            result.found[name], result.by[name] = fitting[0], "values"
            taken[fitting[0]] = name
        elif fitting:
            result.several[name] = fitting


def forms_of(rows: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return by column of text with few different values their plain forms, parts of lists too."""
    known_forms = rows.attrs.get("forms")
    if known_forms is None:
        known_forms = {}
        for column in map(str, rows):
            values = rows[column]
            if values.dtype == object or pd.api.types.is_string_dtype(values.dtype):
                different = values.dropna().astype(str).unique()
                if len(different) <= _MOST_DIFFERENT:
                    known_forms[column] = frozenset(
                        plain(part) for value in different for part in (value, *value.split(","))
                    )
        rows.attrs["forms"] = known_forms
    return known_forms


def _distinct(
    values: pd.Series[Any], each: FieldSpec, spec: LayerSpec | None, dataset: KnownDataset, name: str
) -> pd.Series[int]:
    """Return the clean values of a column, and how many rows have each."""
    counts = values.map(_hashable).value_counts()
    clean = clean_values(pd.Series(counts.index), each, spec, dataset.values.get(name))
    there = clean.notna().to_numpy()
    return pd.Series(counts.to_numpy()[there], index=pd.Index(clean[there], dtype=object))


def _hashable(value: Any) -> Any:
    return value if getattr(value, "__hash__", None) else ",".join(map(str, value))


def _strange_share(
    values: pd.Series[Any], each: FieldSpec, spec: LayerSpec | None, dataset: KnownDataset, name: str
) -> float:
    """Return in which share of the rows with a value stands one that the field cannot hold."""
    counts = _distinct(values, each, spec, dataset, name)
    if counts.empty:
        return 0.0
    strange = strange_values(pd.Series(counts.index), each)
    return float(counts.to_numpy()[strange].sum() / counts.sum())


def foreign_words(
    key: str, dataset: KnownDataset, rows: pd.DataFrame, words: Words
) -> dict[str, str]:
    """Return words in any column that belong to one other dataset alone, and to which.

    Only words of datasets that their words tell apart count.
    """
    found = {}
    for form in sorted(form for seen in forms_of(rows).values() for form in seen):
        owners = words.get(form, frozenset())
        (owner,) = owners if len(owners) == 1 else (key,)
        known_owner = known().datasets.get(owner)
        tells = known_owner.words if known_owner else owner in known().others
        if owner != key and owner not in dataset.also and tells:
            found[form] = owner
    return found


def _is_telling(own: list[str]) -> bool:
    return len(own) >= _FEW_WORDS or any(len(word) >= _LONG_WORD for word in own)


def _own_words(clean: pd.Index[Any], each: FieldSpec, words: Words, key: str) -> list[str]:
    """Return the words among clean values that no other dataset has."""
    different = {str(value) for value in clean}
    if each.several:
        different = {part for value in different for part in value.split(",")}
    return sorted(word for word in different if words.get(plain(word)) == frozenset((key,)))


def _look_into(
    result: Columns,
    name: str,
    column: str,
    each: FieldSpec,
    spec: LayerSpec | None,
    dataset: KnownDataset,
    rows: pd.DataFrame,
    words: Words,
    key: str,
) -> None:
    """Take note of what stands in the column of a field: what it cannot hold, what is its own."""
    mapped = dataset.values.get(name, {})
    counts = _distinct(rows[column], each, spec, dataset, name)
    if not _fits(rows[column], name, each, spec, dataset):
        pattern = dataset.looks.get(name)
        if pattern is not None:
            text = _as_text(rows[column])
            strange = text[~text.str.fullmatch(pattern)]
        else:
            different = pd.Series(counts.index)
            strange = different[strange_values(different, each)].astype(str)
        result.strange[name] = sorted(set(strange))[:5]
    if each.values is None:
        return
    own = _own_words(counts.index, each, words, key)
    if own:
        result.own_words[name] = own
    seen = {plain(value) for value in rows[column].dropna().unique()}
    used = {word: value for word, value in mapped.items() if plain(word) in seen}
    if used:
        result.values[name] = used


def _refuse_shared(result: Columns) -> None:
    """Ask about a column that was taken for two fields."""
    columns = list(result.found.values())
    for name, column in list(result.found.items()):
        if columns.count(column) > 1 and result.by[name] != "name":
            del result.found[name]
            del result.by[name]
            result.several[name] = [column]


def matches(values: pd.Series[Any], pattern: str) -> bool:
    """Return whether all values of a column match a pattern, and there are any."""
    text = _as_text(values)
    return bool(len(text)) and all(re.fullmatch(pattern, value) for value in text.unique())
