"""What each family of measures reads, where its values end, and what it may not say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from flexruimte.rules.files import load_ruleset
from flexruimte.rules.measures import Measure, MeasureSpec
from flexruimte.rules.parts import Reading
from toy_town import RULESET

YEARS = {"placement": "required_years"}
"""15, says the toy ruleset."""
WHERE = {"soort": "bus"}


def measure(**said: Any) -> MeasureSpec:
    return TypeAdapter(Measure).validate_python(
        {"title": {"nl": "x", "en": "x"}, "layer": "a", **said}
    )


CASES: dict[str, tuple[dict[str, Any], tuple[Reading, ...], float | None]] = {
    "share": ({"where": WHERE}, (Reading("a", ("soort",)),), None),
    "count": ({"where": WHERE}, (Reading("a", ("soort",)),), None),
    "main_class": ({"where": WHERE, "field": "f"}, (Reading("a", ("soort", "f")),), None),
    "extreme": ({"field": "f", "pick": "highest"}, (Reading("a", ("f",)),), None),
    "field_mean": ({"field": "f", "nearest_within_m": 120}, (Reading("a", ("f",), 120),), None),
    "nearest": ({"where": WHERE, "limit_m": 1_000}, (Reading("a", ("soort",), 1_000),), 1_000),
    # a road may be 500 m from a facility at the limit
    "walk": (
        {"roads": "r", "roads_where": {"weg": "x"}, "limit_m": 1_000, "detour_factor": 1.3},
        (Reading("a", (), 1_000), Reading("r", ("weg",), 1_500, optional=True)),
        1_000,
    ),
    "raster": ({"statistic": "mean"}, (Reading("a"),), None),
    "attribute": ({"field": "f"}, (Reading("a", ("f",)),), None),
    "sign_margin": (
        {"where": WHERE, "field": "f", "plausible": [1, 10], "less": [1], "within_m": YEARS, "most": 10},
        (Reading("a", ("soort", "f"), 15),),
        None,
    ),
    # as far again as the nearest feature may be
    "rectangle": (
        {"where": WHERE, "length_m": 10, "width_m": 8, "within_m": YEARS, "limit_m": 500},
        (Reading("a", ("soort",), 515),),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("family", CASES)
def test_what_a_family_reads_and_where_it_ends(family: str) -> None:
    said, readings, cut_off = CASES[family]
    found = measure(family=family, **said)
    assert found.reads(load_ruleset(RULESET).number) == readings
    assert found.cut_off == cut_off


@pytest.mark.parametrize(("said", "message"), [
    ({"family": "shares"}, "does not match any of the expected tags"),
    ({"family": "nearest", "limit_m": 0}, "greater than 0"),
    ({"family": "field_mean", "field": "f", "nearest_within_m": -1}, "greater than or equal to 0"),
    ({"family": "raster", "statistic": "share"}, "which needs one of them"),
    ({"family": "raster", "statistic": "mean", "at_least": 3}, "go with statistic 'share'"),
    ({"family": "raster", "statistic": "mean", "known_from_share": 1.1}, "less than or equal to 1"),
])  # fmt: skip
def test_what_a_measure_may_not_say(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        measure(**said)


@pytest.mark.parametrize("curve", [[[1, 0], [1, 1]], [[2, 0], [1, 1]]])
def test_the_curve_of_a_mix_has_rising_values(curve: list[list[float]]) -> None:
    with pytest.raises(ValidationError, match="two or more points with rising values"):
        TypeAdapter(Measure).validate_python(
            {
                "title": {"nl": "x", "en": "x"},
                "family": "mix",
                "total": "sum",
                "parts": [{"measure": "area_m2", "curve": curve, "weight": 1}],
            }
        )
