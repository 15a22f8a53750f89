"""Names that the whole package shares: units by the ending of a name."""

from __future__ import annotations

import pytest

from flexruimte.vocabulary import BUILT_IN_MEASURES, NO, UNKNOWN, VERDICT_NAMES, YES, unit_of


@pytest.mark.parametrize(("measure", "unit"), [
    ("stop_walk_m", "m"),
    ("area_m2", "m2"),  # the longest ending
    ("nitrogen_ug_m3", "ug/m3"),
    ("free_years", "year"),
    ("built_year", "calendar year"),
    ("homes_mid", "homes"),
    ("homes", "homes"),
    ("share", "share"),  # the unit alone
    ("m", "m"),
    ("them", ""),  # no ending, only letters
    ("strange", ""),
    ("", ""),
])  # fmt: skip
def test_a_unit_is_what_a_name_ends_in(measure: str, unit: str) -> None:
    assert unit_of(measure) == unit


def test_every_measure_of_flexruimtes_own_has_a_unit() -> None:
    assert [name for name in BUILT_IN_MEASURES if not unit_of(name)] == []


def test_the_worst_verdict_is_the_lowest() -> None:
    assert NO < UNKNOWN < YES
    assert [VERDICT_NAMES[each] for each in (NO, UNKNOWN, YES)] == ["no", "unknown", "yes"]
