"""Tables over municipalities: no sum is better known than its parts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from flexruimte.analyses.what_if.comparison import MunicipalityRows
from flexruimte.analyses.what_if.tables import (
    EVERYWHERE,
    MOVE_COLUMNS,
    RULE_COLUMNS,
    VARIANT_COLUMNS,
    WhatIfTables,
)


def rows(code: str, hectares: float | None, **rule: Any) -> MunicipalityRows:
    place = {"gemeente_code": code, "gemeente": code.lower()}
    of_rule = {"rule": "nature", "title": "Natuur", "alone_hectares": 2.0, "distance_m": 20.0}
    variant = {"variant": "soft", "title": "Soft", "hectares": hectares, "homes": 3}
    note = "" if hectares is not None else "needs a new survey"
    return MunicipalityRows(
        [{**place, **of_rule, "only_hectares": hectares, "note": note, **rule}],
        [{**place, **variant, "note": note}],
        pd.DataFrame(),
    )


def test_sums() -> None:
    found = WhatIfTables.of([rows("A", 1.00004), rows("B", 0.5)])
    (rule,) = found.rules_everywhere.to_dict("records")
    assert (rule["gemeente_code"], rule["title"], rule["note"]) == (EVERYWHERE, "Natuur", "")
    assert (rule["alone_hectares"], rule["only_hectares"]) == (4.0, 1.5)
    assert rule["distance_m"] == 20  # of one rule, not of two towns
    (variant,) = found.variants_everywhere.to_dict("records")
    assert (variant["hectares"], variant["homes"]) == (1.5, 6)


def test_what_is_not_known_of_one_is_not_known_of_all() -> None:
    found = WhatIfTables.of([rows("A", 1.0), rows("B", None)])
    (rule,) = found.rules_everywhere.to_dict("records")
    assert pd.isna(rule["only_hectares"])
    assert (rule["alone_hectares"], rule["note"]) == (4.0, "needs a new survey")
    (variant,) = found.variants_everywhere.to_dict("records")
    assert pd.isna(variant["hectares"])


def test_what_frees_most_land_comes_first() -> None:
    found = WhatIfTables.of(
        [rows("A", 1.0), rows("A", 3.0, rule="noise"), rows("A", None, rule="term")]
    )
    assert found.rules_everywhere["rule"].tolist() == ["noise", "nature", "term"]


def test_types_do_not_depend_on_the_rows() -> None:
    for found in (WhatIfTables.of([]), WhatIfTables.of([rows("A", None)])):
        for table, columns in (
            (found.rules, RULE_COLUMNS),
            (found.variants, VARIANT_COLUMNS),
            (found.moves, MOVE_COLUMNS),
            (found.rules_everywhere, RULE_COLUMNS),
        ):
            assert {name: str(kind) for name, kind in table.dtypes.items()} == columns
    assert len(WhatIfTables.of([]).rules_everywhere) == 0


def test_nothing_has_no_sign() -> None:
    # what is a little less than nothing by rounding of sums is 0.0 in the file, and not -0.0
    found = WhatIfTables.of([rows("A", -1e-9)])
    assert str(found.rules["only_hectares"].iloc[0]) == "0.0"
