"""The figures of costs: dated, sourced, and refused by file and key where they do not hold."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from pathlib import Path

import pytest

from flexruimte.analyses.costs import (
    CostFigures,
    built_in_cost_figures,
    figures_at,
    load_cost_figures,
)
from flexruimte.errors import RulesetError
from flexruimte.vocabulary import Basis


def test_figures_at_a_date_come_with_their_source() -> None:
    table = figures_at(load_cost_figures(), dt.date(2027, 1, 1))
    assert table.loc["guarantee_fee_per_home", "value"] == 1000
    assert table.loc["guarantee_fee_per_home", "until"] == dt.date(2028, 12, 31)
    assert table.loc["sft_per_home"].drop("unit").isna().all()
    assert table.loc["move_rest_share", "basis"] == "assumption"


SHIPPED = (resources.files("flexruimte.analyses") / "figures" / "costs-nl.toml").read_text(
    encoding="utf-8"
)
BAD_FILES = {
    "rows that overlap": (
        "until = 2025-02-02",
        "until = 2025-02-03",
        r"\[figures.sft_per_home\] two rows hold at once",
    ),
    "an end before the start": (
        "until = 2028-12-31",
        "until = 2022-12-31",
        "holds until 2022-12-31, before it starts on 2023-11-01",
    ),
    "a split that is no whole": (
        "value = 0.60",
        "value = 0.70",
        "guarantee_investor_share add up to 1.1 on 2023-11-01",
    ),
    "another unit": (
        'unit = "EUR per home"',
        'unit = "kEUR per home"',
        r"\[figures.build_cost_per_home\] is in 'kEUR per home'; convert it to EUR per home",
    ),
    "a figure that does not exist": (
        "[figures.move_share]",
        "[figures.mover_share]",
        "does not exist; did you mean 'move_share'",
    ),
    "no date": (
        "from = 2017-01-01",
        "from = 2017",
        r"rows\.0\.from\] 2017 is no date; write it as 2030-12-31",
    ),
    "below zero": ("value = 75000", "value = -75000", "a number of at least 0"),
    "a share above one": ("value = 0.30", "value = 30", "a share lies between 0 and 1"),
    "no source": (
        'source = "What remains',
        'sourc = "What remains',
        "unknown key; did you mean 'source'|is missing; add it",
    ),
    "written off at once": ("value = 25", "value = 0", "more than 0 years"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused(tmp_path: Path, case: str) -> None:
    old, new, message = BAD_FILES[case]
    head, rest = SHIPPED.split("\nname = ", 1)
    assert old in rest
    changed = (
        rest.replace(old, new, 1)
        if "figures.mover" not in new
        else rest.replace("[figures.move_share]", new).replace(
            "figures.move_share.rows", "figures.mover_share.rows"
        )
    )
    (tmp_path / "costs.toml").write_text(f"{head}\nname = {changed}", encoding="utf-8")
    with pytest.raises(RulesetError, match=message):
        load_cost_figures("costs.toml", tmp_path)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(RulesetError, match="built-in name: costs-nl"):
        load_cost_figures("costs-be")


@pytest.mark.parametrize("name", built_in_cost_figures())
def test_every_shipped_figure_has_a_source_and_a_basis(name: str) -> None:
    shipped: CostFigures = load_cost_figures(name)
    assert shipped.name == name
    for figure in shipped.figures.values():
        for row in figure.rows:
            assert len(row.source) > 20
            assert isinstance(row.basis, Basis)
            assert row.from_ is not None
