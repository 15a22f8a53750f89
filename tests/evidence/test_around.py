"""How far around parcels layers are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flexruimte.assessment.pipeline import assess
from rule_columns import with_rule_columns
from toy_town import frame, line, toy_study


def test_a_feature_that_reaches_farther_than_expected_is_read(tmp_path: Path) -> None:
    # 400 m north of the town, where a distance that cannot be read counts as 50 m; this one says 420 m: 20 m of P09-P12.
    far = frame([line((-20, 700), (420, 700))], id=["l1"], afstand=["2 x 420 meter"])
    for block in (1, 12):
        town = assess(
            replace(toy_study(tmp_path, layers={"leiding": far}).question, block=block), "A"
        )
        covered = with_rule_columns(town)["covered_m2_pipeline"]
        assert covered.tolist() == pytest.approx([0.0] * 8 + [2_000.0] * 4)
