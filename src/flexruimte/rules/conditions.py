"""Tests of values in a logic of three values: YES, NO, and UNKNOWN where a value is not known.

The logic is Kleene's strong logic of indeterminacy: with NO = -1, UNKNOWN = 0 and YES = 1, a
conjunction is the minimum of its parts (S. C. Kleene, *Introduction to Metamathematics*, 1952,
section 64).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.parts import FieldCondition, Scalar, Test, Where
from flexruimte.rules.ruleset import Ruleset
from flexruimte.vocabulary import NO, UNKNOWN, YES, Verdicts

__all__ = ["as_numbers", "as_text", "conjunction", "evaluate_filter", "evaluate_test"]


def as_numbers(values: pd.Series[Any]) -> pd.Series[float]:
    """Return a column as float64; what is no number becomes NaN.

    Examples
    --------
    >>> as_numbers(pd.Series(["3.5", "many", None])).tolist()
    [3.5, nan, nan]
    """
    return (
        values
        if values.dtype == np.float64
        else pd.to_numeric(values, errors="coerce").astype("float64")
    )


def as_text(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as text; a whole number is written 3, never 3.0.

    A column of whole numbers is read as floats when it has a null, so that the same value would be
    written in two ways.

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


def conjunction(answers: Iterable[Verdicts], count: int) -> Verdicts:
    """Return YES where all verdicts are YES, NO where any is NO, and UNKNOWN elsewhere.

    This is the conjunction of Kleene's strong logic: the minimum.

    Parameters
    ----------
    answers
        Verdicts that must all hold. (count,) int8 each; without any, all is YES.
    count
        How many values there are.

    Examples
    --------
    >>> conjunction([np.array([1, 1, 0], np.int8), np.array([1, -1, -1], np.int8)], 3)
    array([ 1, -1, -1], dtype=int8)
    """
    result = np.full(count, YES, dtype=np.int8)
    for answer in answers:
        result = np.minimum(result, answer)
    return result


def evaluate_filter(where: Where, table: pd.DataFrame) -> Verdicts:
    """Return for each row of a table whether all conditions on its fields hold.

    Parameters
    ----------
    where
        Conditions by field.
    table
        With those fields. (n, ...)

    Returns
    -------
    numpy.ndarray
        Verdicts; YES for all where there are no conditions. (n,) int8

    Examples
    --------
    >>> from flexruimte.rules.parts import FieldCondition
    >>> table = pd.DataFrame({"status": ["current", "past", None]})
    >>> evaluate_filter({"status": FieldCondition(in_=["current"])}, table)
    array([ 1, -1,  0], dtype=int8)
    """
    return conjunction(
        (_evaluate_condition(condition, table[field]) for field, condition in where.items()),
        len(table),
    )


def _evaluate_condition(condition: FieldCondition, values: pd.Series[Any]) -> Verdicts:
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
    """Return whether each value is one of those that are wanted.

    Numbers are compared as numbers and texts as text, so that 40, 40.0 and "40" in a source are the
    same class.
    """
    numbers = [value for value in wanted if isinstance(value, int | float)]
    texts = [value for value in wanted if isinstance(value, str)]
    found = np.zeros(len(values), dtype=bool)
    if numbers:
        found |= as_numbers(values).isin(numbers).to_numpy()
    if texts:
        found |= as_text(values).isin(texts).to_numpy(dtype=bool)
    return found


def evaluate_test(test: Test, values: pd.Series[Any], ruleset: Ruleset) -> Verdicts:
    """Return for each value of a measure whether it passes a test.

    A value equal to a threshold passes. An empty list asks for nothing, so that everything passes.

    Parameters
    ----------
    test
        Thresholds or classes, or the names of the placement parameters that hold them.
    values
        Of the measure; null is not known. (n,)
    ruleset
        Where placement parameters are looked up.

    Returns
    -------
    numpy.ndarray
        Verdicts. (n,) int8

    Examples
    --------
    >>> from flexruimte.rules.files import load_ruleset
    >>> from flexruimte.rules.parts import Test
    >>> far_enough = Test(measure="distance_m", at_least=100)
    >>> evaluate_test(far_enough, pd.Series([100.0, 99.0, None]), load_ruleset("flexwonen-nl"))
    array([ 1, -1,  0], dtype=int8)
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
