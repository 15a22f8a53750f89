"""What rulesets are made of: dates, conditions, tests, and the parameters that they refer to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from flexruimte.rules.parts import Day, FieldCondition, Model, Number, Text, Where, references
from flexruimte.rules.parts import Test as MeasureTest

DAY: TypeAdapter[dt.date] = TypeAdapter(Day)


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2030, 12, 31),
        "2030-12-31",
        dt.datetime(2030, 12, 31, 23, 30),
        # The day that is written counts, whatever the clock of others says.
        dt.datetime(2030, 12, 31, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        "2030-12-31T23:30:00-05:00",
    ],
)
def test_a_day(value: Any) -> None:
    assert DAY.validate_python(value) == dt.date(2030, 12, 31)


@pytest.mark.parametrize("value", [0, 1_924_905_600, 2030.5, "soon", "2030-12-32T00:00", True])
def test_what_is_no_day_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError, match="is no date; write it as 2030-12-31"):
        DAY.validate_python(value)


@pytest.mark.parametrize(("given", "in_"), [
    ("bus", ["bus"]), (["bus", "tram"], ["bus", "tram"]), ({"in": ["bus"]}, ["bus"]), (3, [3]), (True, [True]),
])  # fmt: skip
def test_a_bare_value_or_list_is_what_a_field_must_be(given: Any, in_: list[Any]) -> None:
    where = TypeAdapter(Where).validate_python({"soort": given})
    assert where == {"soort": FieldCondition(in_=in_)}


@pytest.mark.parametrize("nothing", [{}, {"when_null": "no"}])
def test_a_condition_tests_something(nothing: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a condition needs in, not_in"):
        FieldCondition.model_validate(nothing)


@pytest.mark.parametrize("nothing", [{}, {"unit": "m"}])
def test_a_test_tests_something(nothing: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a test needs at_least, at_most, in or not_in"):
        MeasureTest.model_validate({"measure": "x_m", **nothing})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_threshold_is_a_number(number: float) -> None:
    with pytest.raises(ValidationError, match="finite number"):
        MeasureTest.model_validate({"measure": "x_m", "at_least": number})


def test_parts_cannot_be_changed_and_know_their_keys() -> None:
    text = Text(nl="geluid", en="noise")
    with pytest.raises(ValidationError, match="frozen"):
        text.nl = "lawaai"
    with pytest.raises(ValidationError, match="Extra inputs"):
        Text.model_validate({"nl": "x", "en": "x", "fr": "x"})


class Whole(Model):
    one: Number
    several: list[Number]
    inner: MeasureTest
    by_name: dict[str, MeasureTest]


def test_references_are_found_wherever_they_stand() -> None:
    def asked(parameter: str) -> dict[str, Any]:
        return {"measure": "x_m", "at_least": {"placement": parameter}, "at_most": 9}

    whole = Whole.model_validate(
        {
            "one": {"placement": "a"},
            "several": [1, {"placement": "b"}, {"placement": "c"}],
            "inner": asked("d"),
            "by_name": {"x": asked("e"), "y": {"measure": "x_m", "in": {"placement": "f"}}},
        }
    )
    assert list(references(whole)) == ["a", "b", "c", "d", "e", "f"]
