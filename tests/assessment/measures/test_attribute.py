"""What a table says of each parcel."""

from __future__ import annotations

import pandas as pd

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
