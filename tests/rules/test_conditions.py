"""Three answers: Kleene's tables, and every test of a field or a measure, with what a null becomes."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flexruimte.rules.conditions import (
    as_numbers,
    as_text,
    conjunction,
    evaluate_filter,
    evaluate_test,
)
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.parts import FieldCondition
from flexruimte.rules.parts import Test as MeasureTest
from toy_town import RULESET, changed_ruleset

Y, U, N = 1, 0, -1
# Kleene, Introduction to Metamathematics, section 64: the strong conjunction.
KLEENE = {
    (Y, Y): Y, (Y, U): U, (Y, N): N,
    (U, Y): U, (U, U): U, (U, N): N,
    (N, Y): N, (N, U): N, (N, N): N,
}  # fmt: skip


def verdicts(*answers: int) -> np.ndarray:
    return np.array(answers, dtype=np.int8)


def test_conjunction_is_kleenes() -> None:
    pairs = list(product((Y, U, N), repeat=2))
    left, right = (verdicts(*(pair[side] for pair in pairs)) for side in (0, 1))
    found = conjunction([left, right], 9)
    assert found.dtype == np.int8
    assert dict(zip(pairs, found.tolist(), strict=True)) == KLEENE


def test_a_conjunction_of_nothing_holds() -> None:
    assert conjunction([], 2).tolist() == [Y, Y]
    assert conjunction([], 0).tolist() == []


def test_a_conjunction_of_three() -> None:
    assert conjunction([verdicts(Y, Y), verdicts(U, Y), verdicts(Y, N)], 2).tolist() == [U, N]


@pytest.mark.parametrize(("condition", "values", "expected"), [
    ({"in": ["a", "b"]}, ["a", "c", None], [Y, N, U]),
    ({"not_in": ["a"]}, ["a", "c", None], [N, Y, U]),
    ({"not_in": ["a"], "when_null": "yes"}, ["a", "c", None], [N, Y, Y]),
    ({"in": ["a"], "when_null": "no"}, ["a", "c", None], [Y, N, N]),
    ({"contains": "a.b"}, ["xa.bx", "xaxb", None], [Y, N, U]),  # a text, no pattern
    ({"starts_with": ["ab", "c"]}, ["abc", "cd", "bab", None], [Y, Y, N, U]),
    ({"at_least": 3}, [3.0, 2.9, "4", "many", None], [Y, N, Y, U, U]),
    ({"at_most": 3}, [3.0, 3.1, "2", "many", None], [Y, N, Y, U, U]),
    ({"at_least": 1, "at_most": 2}, [0.5, 1.0, 2.0, 2.5], [N, Y, Y, N]),
    ({"is_null": True}, ["a", None], [N, Y]),
    ({"is_null": False}, ["a", None], [Y, N]),
    # one class, however a source writes it
    ({"in": [40]}, [40, 41], [Y, N]),
    ({"in": [40]}, [40.0, 40.5, None], [Y, N, U]),
    ({"in": [40]}, ["40", "40.0", "forty"], [Y, Y, N]),
    ({"in": ["40"]}, [40.0, 41.0, None], [Y, N, U]),
    ({"in": ["40"]}, [40, 41], [Y, N]),
    ({"in": [40, "x"]}, ["40", "x", "y"], [Y, Y, N]),
])  # fmt: skip
def test_conditions_on_a_field(
    condition: dict[str, Any], values: list[Any], expected: list[int]
) -> None:
    where = {"field": FieldCondition.model_validate(condition)}
    assert evaluate_filter(where, pd.DataFrame({"field": values})).tolist() == expected


def test_all_conditions_of_a_filter_must_hold() -> None:
    where = {"a": FieldCondition(at_least=1), "b": FieldCondition(in_=["x"])}
    table = pd.DataFrame({"a": [1, 1, 0, 1, 0], "b": ["x", "y", "x", None, None]})
    assert evaluate_filter(where, table).tolist() == [Y, N, N, U, N]
    assert evaluate_filter({}, table).tolist() == [Y] * 5


@pytest.mark.parametrize(("test", "values", "expected"), [
    ({"at_least": 5}, [5.0, 4.9, None], [Y, N, U]),
    ({"at_most": 5}, [5.0, 5.1, None], [Y, N, U]),
    ({"at_least": 4, "at_most": 5}, [3.9, 4.0, 5.0, 5.1], [N, Y, Y, N]),
    ({"at_least": {"placement": "min_buildable_m2"}}, [5_000.0, 4_999.0], [Y, N]),
    ({"in": [1, 3]}, [1.0, 2.0, 3.0, None], [Y, N, Y, U]),
    ({"in": ["gemeente"]}, ["gemeente", "particulier", None], [Y, N, U]),
    ({"not_in": ["gemeente"]}, ["gemeente", "particulier", None], [N, Y, U]),
    # a list that is empty asks for nothing, so that even what is not known passes
    ({"in": []}, ["gemeente", None], [Y, Y]),
    ({"in": {"placement": "site_types"}}, ["field", None], [Y, Y]),
    ({"not_in": []}, ["gemeente", None], [Y, U]),
])  # fmt: skip
def test_tests_of_a_measure(test: dict[str, Any], values: list[Any], expected: list[int]) -> None:
    found = evaluate_test(
        MeasureTest.model_validate({"measure": "x_m", **test}),
        pd.Series(values),
        load_ruleset(RULESET),
    )
    assert found.dtype == np.int8
    assert found.tolist() == expected


def test_a_list_is_looked_up_in_the_placement() -> None:
    asked = changed_ruleset(placement={"site_types": {"value": ["field"]}})
    test = MeasureTest.model_validate(
        {"measure": "site_type_class", "in": {"placement": "site_types"}}
    )
    values = pd.Series(["field", "other", None])
    assert evaluate_test(test, values, asked).tolist() == [Y, N, U]


@pytest.mark.parametrize(("values", "numbers", "texts"), [
    (pd.Series([3, 4]), [3, 4], ["3", "4"]),
    (pd.Series([3.0, None, 2.5]), [3, np.nan, 2.5], ["3", None, "2.5"]),
    (pd.Series(["3.5", "many", None]), [3.5, np.nan, np.nan], ["3.5", "many", None]),
    (pd.Series([3, None], dtype="Int64"), [3, np.nan], ["3", None]),
    (pd.Series([1e15]), [1e15], ["1000000000000000"]),  # as an id is written, not 1e+15
])  # fmt: skip
def test_columns_as_numbers_and_as_text(
    values: pd.Series, numbers: list[float], texts: list[str | None]
) -> None:
    found = as_numbers(values)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, numbers)
    text = as_text(values)
    assert text.astype(object).where(text.notna(), None).tolist() == texts
