"""What a table says of each parcel."""

from __future__ import annotations

import pandas as pd
import pytest

from toy_layers import measured, table
from toy_town import changed_ruleset


def test_a_parcel_that_is_not_listed_or_has_no_value_is_not_known() -> None:
    toy = changed_ruleset()
    for ids, kinds, expected in (
        (["P2", "P1", "P9"], ["gemeente", "particulier", "x"], ["particulier", "gemeente"]),
        (["P2", "P1"], [None, "gemeente"], ["gemeente", None]),
        (["P9"], ["gemeente"], [None, None]),
    ):
        rows = pd.DataFrame({"parcel_id": ids, "soort": kinds})
        found = measured({"eigendom": table(toy, "eigendom", rows)}, "owner_class", "parcel")
        assert [None if pd.isna(each) else each for each in found] == expected


def test_numbers_stay_numbers() -> None:
    rows = pd.DataFrame({"parcel_id": ["P1", "P2"], "soort": [3, 4]})
    layer = table(changed_ruleset(), "eigendom", rows)
    assert measured({"eigendom": layer}, "owner_class", "parcel") == [3, 4]


@pytest.mark.parametrize(
    ("silence", "listed", "expected"),
    [
        # P1 is listed with a value, P2 not at all
        ("nothing", {"P1": "2030-01-01"}, ["yes", "no"]),
        ("unknown", {"P1": "2030-01-01"}, ["yes", None]),
        # P1 is listed without a value: nothing is on record of it, whatever the table says of others
        ("nothing", {"P1": None, "P2": "x"}, ["no", "yes"]),
        ("unknown", {"P1": None}, ["no", None]),
        ("unknown", {"P1": " ", "P2": 7}, ["no", "yes"]),
    ],
)
def test_whether_a_table_has_a_value(
    silence: str, listed: dict[str, object], expected: list[str | None]
) -> None:
    measure = {"title": {"nl": "x", "en": "x"}, "family": "recorded"}
    measure |= {"layer": "eigendom", "field": "soort"}
    toy = changed_ruleset(
        measures={"listed_class": measure}, layers={"eigendom": {"silence": silence}}
    )
    rows = pd.DataFrame({"parcel_id": list(listed), "soort": list(listed.values())})
    layers = {"eigendom": table(toy, "eigendom", rows)}
    found = measured(layers, "listed_class", "parcel", **measure)
    assert [None if pd.isna(each) else each for each in found] == expected
