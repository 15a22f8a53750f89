"""Values of a source as the ruleset has them: what says nothing is null, spellings are one word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.conditions import strange_values
from flexruimte.rules.parts import FieldSpec, LayerSpec, Scalar, year_of
from flexruimte.rules.words import as_number, looked_up, nearest_word, plain
from flexruimte.vocabulary import Booleans

__all__ = ["NOT_LISTED", "STRANGE", "clean_values", "strange_rows", "words_for_nothing"]

NOT_LISTED = "is not in the list of values"
_OF_NO_KIND = "is not what its field needs, a"
STRANGE = (NOT_LISTED, _OF_NO_KIND)
"""One of these stands in what is told of a value that its field cannot hold."""
_MOST_WORDS = 20
"""More different strange values than this are told of together."""
_LONGEST_WORD = 60


def clean_values(
    values: pd.Series[Any],
    field: FieldSpec | None = None,
    layer: LayerSpec | None = None,
    mapped: Mapping[str, Scalar] | None = None,
) -> pd.Series[Any]:
    """Return a column as the ruleset has it.

    Text without anything in it is null. So are the words of the layer and the field that say that
    there is no value, numbers below the layer's `missing_below`, written as text too, and a date
    that says that there is no end. Values of a field with a list are written as in the list; what
    the list does not have stays as it is.

    Parameters
    ----------
    values
        As they stand in the source. (n,)
    field, layer
        What can stand there; None is anything.
    mapped
        What values of this source stand for, as the study says.

    Examples
    --------
    >>> field = FieldSpec(values=["Pand in gebruik"], missing=["-"])
    >>> values = pd.Series(["pand in gebruik ", " ", "-", "bestaand"])
    >>> clean_values(values, field).dropna().tolist()
    ['Pand in gebruik', 'bestaand']
    """
    field = field or FieldSpec()
    missing = [*field.missing, *(layer.missing if layer else [])]
    below = layer.missing_below if layer else None
    if not (field.is_coded or field.no_end_from or mapped):
        return _without_missing(values, missing, below)
    if pd.api.types.is_numeric_dtype(values.dtype) and field.kind == "number" and not mapped:
        return _without_missing(values, missing, below)
    place, distinct = pd.factorize(_hashable(values))
    forms = {plain(word) for word in missing}
    meanings = {plain(word): value for word, value in (mapped or {}).items()}
    known = field.by_form
    meant = [_meant(value, field, known, forms, below, meanings) for value in distinct]
    cleaned = np.empty(len(meant) + 1, dtype=object)
    cleaned[:-1] = meant
    result = pd.Series(cleaned[place], index=values.index, name=values.name)
    return result.astype("float64") if _all_numbers(field, meant) else result


def _all_numbers(field: FieldSpec, meant: list[Any]) -> bool:
    return field.kind == "number" and all(
        value is None or isinstance(value, int | float) for value in meant
    )


def _hashable(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return values with lists, as some drivers read them, written as one text."""
    if values.dtype != object:
        return values
    return values.map(
        lambda value: ",".join(map(str, value)) if isinstance(value, list | np.ndarray) else value
    )


def _meant(
    value: Any,
    field: FieldSpec,
    known: Mapping[str, Scalar],
    missing: set[str],
    below: float | None,
    mapped: Mapping[str, Scalar],
) -> Any:
    """Return what one value of a source means; None where it says that there is none."""
    if mapped and (meaning := looked_up(value, mapped)) is not None:
        value = meaning
    form = plain(value)
    if not form or (form in missing and form not in known):
        return None
    if below is not None and (number := as_number(value)) is not None and number < below:
        return None
    if field.no_end_from is not None and (year_of(value) or 0) >= field.no_end_from:
        return None
    meant = field.canonical(value, known)
    return None if meant == "" else meant


def _without_missing(
    values: pd.Series[Any], missing: list[Scalar], below: float | None
) -> pd.Series[Any]:
    """Return free values with what says that there is none as null, a column at a time."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return values
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = [number for word in missing if (number := as_number(word)) is not None]
        gone = values.isin(numbers) if numbers else pd.Series(False, index=values.index)
        if below is not None:
            gone |= values < below
        return values.astype("float64").where(~gone) if gone.any() else values
    if not (values.dtype == object or pd.api.types.is_string_dtype(values.dtype)):
        return values
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) != "string":
        forms = {"", *map(plain, missing)}
        place, distinct = pd.factorize(_hashable(values))
        gone_of = [plain(value) in forms or _is_below(value, below) for value in distinct]
        gone = pd.Series(np.append(gone_of, False)[place].astype(bool), index=values.index)
    else:
        text = values.astype("string").str.strip().str.casefold()
        gone = text.isin(["", *(str(word).strip().casefold() for word in missing)])
        if below is not None:
            gone |= pd.to_numeric(text, errors="coerce").lt(below).fillna(False)
        gone = gone.fillna(False).astype(bool)
    return values.where(~gone, None) if gone.any() else values


def _is_below(value: Any, below: float | None) -> bool:
    number = None if below is None else as_number(value)
    return number is not None and below is not None and number < below


def words_for_nothing(values: pd.Series[Any], clean: pd.Series[Any]) -> dict[str, int]:
    """Return how often each word stands where there is no value; null and blank text under "".

    Parameters
    ----------
    values
        As they stand in the source. (n,)
    clean
        The same as `clean_values` returns them. (n,)

    Examples
    --------
    >>> values = pd.Series(["ja", "-", None, " ", "-"])
    >>> words_for_nothing(values, clean_values(values, FieldSpec(missing=["-"])))
    {'-': 2, '': 2}
    """
    gone = clean.isna().to_numpy()
    written = values[gone & values.notna().to_numpy()].astype(str).str.strip()
    counts = written[written != ""].value_counts()
    said = {str(word): int(count) for word, count in counts.items()}
    blank = int(gone.sum()) - sum(said.values())
    return {**said, "": blank} if blank else said


def strange_rows(table: pd.DataFrame, fields: Mapping[str, FieldSpec]) -> dict[str, Booleans]:
    """Return which rows have a value that its field cannot hold, by what is told of it.

    Parameters
    ----------
    table
        Clean fields. (n, ...)
    fields
        What they can hold.

    Examples
    --------
    >>> table = pd.DataFrame({"status": ["Pand in gebruik", "Pand in gebruk"]})
    >>> list(strange_rows(table, {"status": FieldSpec(values=["Pand in gebruik"])}))
    ["status 'Pand in gebruk' is not in the list of values (nearest: 'Pand in gebruik')"]
    """
    told: dict[str, Booleans] = {}
    for name in table:
        field = fields.get(str(name))
        if field is None or not (strange := strange_values(table[name], field)).any():
            continue
        listed = field.values is not None or field.kind == "text"
        why = NOT_LISTED if listed else f"{_OF_NO_KIND} {field.kind}"
        words = table[name].to_numpy(dtype=object)
        different = sorted({str(word) for word in words[strange]})
        if len(different) > _MOST_WORDS:
            told[f"{name}: each of more than {_MOST_WORDS} values {why}"] = strange
            continue
        texts = np.array([str(word) for word in words], dtype=object)
        for word in different:
            near = nearest_word(word, [*(field.values or []), *field.aliases])
            hint = f" (nearest: '{near}')" if near else ""
            told[f"{name} '{word[:_LONGEST_WORD]}' {why}{hint}"] = strange & (texts == word)
    return told
