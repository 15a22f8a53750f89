"""Tests of values in a logic of three values: YES, NO, and UNKNOWN where a value is not known.

The logic is Kleene's strong logic of indeterminacy: with NO = -1, UNKNOWN = 0 and YES = 1, a
conjunction is the minimum of its parts (S. C. Kleene, *Introduction to Metamathematics*, 1952,
section 64).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from flexruimte.rules.parts import FieldCondition, FieldSpec, Scalar, Test, Where
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.words import looked_up, plain
from flexruimte.vocabulary import NO, UNKNOWN, YES, Booleans, Verdicts

__all__ = [
    "as_numbers",
    "as_text",
    "conjunction",
    "evaluate_filter",
    "evaluate_test",
    "strange_values",
]


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


def evaluate_filter(
    where: Where, table: pd.DataFrame, fields: Mapping[str, FieldSpec] | None = None
) -> Verdicts:
    """Return for each row of a table whether all conditions on its fields hold.

    Parameters
    ----------
    where
        Conditions by field.
    table
        With those fields. (n, ...)
    fields
        What fields can hold, by name. A value that its field cannot hold answers UNKNOWN, as
        nobody knows what it stands for.

    Returns
    -------
    numpy.ndarray
        Verdicts; YES for all where there are no conditions. (n,) int8

    Examples
    --------
    >>> from flexruimte.rules.parts import FieldCondition
    >>> table = pd.DataFrame({"status": ["current", "past", None, "passed"]})
    >>> fields = {"status": FieldSpec(values=["current", "past"])}
    >>> evaluate_filter({"status": FieldCondition(in_=["current"])}, table, fields)
    array([ 1, -1,  0,  0], dtype=int8)
    """
    return conjunction(
        (
            _evaluate_condition(condition, table[name], (fields or {}).get(name))
            for name, condition in where.items()
        ),
        len(table),
    )


def strange_values(values: pd.Series[Any], field: FieldSpec) -> Booleans:
    """Return which values are there but are none that a field can hold. (n,) bool

    Examples
    --------
    >>> strange_values(pd.Series(["ja", "soms", None]), FieldSpec(values=["ja", "nee"])).tolist()
    [False, True, False]
    """
    if not field.is_coded:
        return np.zeros(len(values), dtype=bool)
    (place, distinct), known = pd.factorize(values), field.forms
    strange = np.array([not field.knows(value, known) for value in distinct], dtype=bool)
    return np.asarray(np.append(strange, False)[place], dtype=bool)


def _evaluate_condition(
    condition: FieldCondition, values: pd.Series[Any], field: FieldSpec | None
) -> Verdicts:
    """Return the answer per value; each different value is looked at once."""
    place, found = pd.factorize(values)
    distinct = pd.Series(found)
    strange = np.zeros(len(distinct), dtype=bool)
    if field is not None:
        strange = strange_values(distinct, field)
    if condition.is_null is not None:
        if_null = YES if condition.is_null else NO
        answers = np.where(strange, UNKNOWN, -if_null)
    else:
        if_null = {"yes": YES, "no": NO, "unknown": UNKNOWN}[condition.when_null]
        passes = _passes(condition, distinct)
        # Of several words that are sought, the one that is known is enough.
        found_one = passes & (condition.contains is not None)
        answers = np.where(strange & ~found_one, UNKNOWN, np.where(passes, YES, NO))
        if condition.at_least is not None or condition.at_most is not None:
            answers = np.where(as_numbers(distinct).isna(), UNKNOWN, answers)
    return np.append(answers, if_null)[place].astype(np.int8)


def _passes(condition: FieldCondition, values: pd.Series[Any]) -> Booleans:
    """Return which values pass all that a condition asks of them. (n,) bool"""
    passes = np.ones(len(values), dtype=bool)
    if condition.in_ is not None:
        passes &= _is_in(values, condition.in_)
    if condition.not_in is not None:
        passes &= ~_is_in(values, condition.not_in)
    if condition.contains is not None:
        sought = plain(condition.contains)
        passes &= np.array([sought in plain(value) for value in values], dtype=bool)
    if condition.starts_with is not None:
        starts = tuple(map(plain, condition.starts_with))
        passes &= np.array([plain(value).startswith(starts) for value in values], dtype=bool)
    if condition.at_least is not None:
        passes &= as_numbers(values).ge(condition.at_least).to_numpy()
    if condition.at_most is not None:
        passes &= as_numbers(values).le(condition.at_most).to_numpy()
    return passes


def _is_in(values: pd.Series[Any], wanted: list[Scalar]) -> Booleans:
    """Return whether each value is one of those that are wanted, by its plain form. (n,) bool

    So 40, 40.0 and "40" in a source are the same class, and " Natuur" is "natuur".
    """
    known = {plain(value): True for value in wanted}
    place, distinct = pd.factorize(values)
    found = np.array([looked_up(value, known) is not None for value in distinct], dtype=bool)
    return np.asarray(np.append(found, False)[place], dtype=bool)


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
    known = pd.notna(values.to_numpy())
    passes = np.ones(len(values), dtype=bool)
    if test.at_least is not None:
        passes &= as_numbers(values).to_numpy() >= ruleset.number(test.at_least)
    if test.at_most is not None:
        passes &= as_numbers(values).to_numpy() <= ruleset.number(test.at_most)
    if test.in_ is not None:
        wanted = ruleset.listed(test.in_)
        if not wanted:
            return np.full(len(values), YES, dtype=np.int8)
        passes &= _is_in(values, wanted)
    if test.not_in is not None:
        passes &= ~_is_in(values, ruleset.listed(test.not_in))
    return np.where(~known, UNKNOWN, np.where(passes, YES, NO)).astype(np.int8)
