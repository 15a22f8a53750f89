"""Tests of values, with three answers: a value that is not known answers "unknown", never "no" and never "yes"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.parts import FieldCondition, Scalar, Test, Where
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES, Verdicts

__all__ = ["all_of", "answers_of_test", "answers_of_where", "as_numbers", "as_text"]


def as_numbers(values: pd.Series[Any]) -> pd.Series[float]:
    """Return a column as float64; what is no number becomes NaN."""
    return (
        values
        if values.dtype == np.float64
        else pd.to_numeric(values, errors="coerce").astype("float64")
    )


def as_text(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as text; a whole number is written 3, never 3.0: as what it is read depends on whether a null was read with it.

    Examples
    --------
    >>> as_text(pd.Series([3.0, 2.5, None])).tolist()
    ['3', '2.5', <NA>]
    """
    text = values.astype("string")
    if not pd.api.types.is_float_dtype(values.dtype):
        return text
    whole = values.notna() & (values % 1 == 0)
    return text.where(~whole, values.map("{:.0f}".format, na_action="ignore").astype("string"))


def all_of(answers: Iterable[Verdicts], count: int) -> Verdicts:
    """Return YES where all answers are, NO where any is, UNKNOWN elsewhere; YES where nothing is asked.

    Examples
    --------
    >>> import numpy as np
    >>> all_of([np.array([1, 1, 0], np.int8), np.array([1, -1, -1], np.int8)], 3)
    array([ 1, -1, -1], dtype=int8)
    """
    result = np.full(count, YES, dtype=np.int8)
    for answer in answers:
        result = np.minimum(result, answer)
    return result


def answers_of_where(where: Where, table: pd.DataFrame) -> Verdicts:
    """Return for each row of a table whether all conditions on its fields hold. (n,) int8."""
    return all_of(
        (_answers_of_condition(condition, table[field]) for field, condition in where.items()),
        len(table),
    )


def _answers_of_condition(condition: FieldCondition, values: pd.Series[Any]) -> Verdicts:
    null = values.isna().to_numpy()
    if condition.is_null is not None:
        return np.where(null == condition.is_null, YES, NO).astype(np.int8)
    passes = np.ones(len(values), dtype=bool)
    if condition.in_ is not None:
        passes &= _is_in(values, condition.in_)
    if condition.not_in is not None:
        passes &= ~_is_in(values, condition.not_in)
    if condition.contains is not None:
        passes &= (
            values.astype("string")
            .str.contains(condition.contains, regex=False)
            .fillna(False)
            .to_numpy(dtype=bool)
        )
    if condition.starts_with is not None:
        passes &= (
            values.astype("string")
            .str.startswith(tuple(condition.starts_with))
            .fillna(False)
            .to_numpy(dtype=bool)
        )
    if condition.at_least is not None:
        passes &= as_numbers(values).ge(condition.at_least).to_numpy()
    if condition.at_most is not None:
        passes &= as_numbers(values).le(condition.at_most).to_numpy()
    if_null = {"yes": YES, "no": NO, "unknown": UNKNOWN}[condition.when_null]
    return np.where(null, if_null, np.where(passes, YES, NO)).astype(np.int8)


def _is_in(values: pd.Series[Any], wanted: list[Scalar]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Compare numbers as numbers and text as text, so that 40, 40.0 and "40" in a source are the same class."""
    numbers = [value for value in wanted if isinstance(value, int | float)]
    texts = [value for value in wanted if isinstance(value, str)]
    found = np.zeros(len(values), dtype=bool)
    if numbers:
        found |= as_numbers(values).isin(numbers).to_numpy()
    if texts:
        found |= as_text(values).isin(texts).to_numpy(dtype=bool)
    return found


def answers_of_test(test: Test, values: pd.Series[Any], ruleset: Ruleset) -> Verdicts:
    """Return for each value of a measure whether it passes; a value equal to a threshold passes.

    (n,) int8.

    An empty list, where the list is a placement parameter, asks for nothing: everything passes.
    """
    known = values.notna().to_numpy()
    passes = np.ones(len(values), dtype=bool)
    if test.at_least is not None:
        passes &= as_numbers(values).ge(ruleset.number(test.at_least)).to_numpy()
    if test.at_most is not None:
        passes &= as_numbers(values).le(ruleset.number(test.at_most)).to_numpy()
    if test.in_ is not None:
        wanted = ruleset.listed(test.in_)
        if not wanted:
            return np.full(len(values), YES, dtype=np.int8)
        passes &= _is_in(values, wanted)
    if test.not_in is not None:
        passes &= ~_is_in(values, ruleset.listed(test.not_in))
    return np.where(~known, UNKNOWN, np.where(passes, YES, NO)).astype(np.int8)
