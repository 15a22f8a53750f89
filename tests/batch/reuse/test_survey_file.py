"""Surveys and layouts come back from their files as they were, and a file that cannot be read is made again."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from flexruimte import batch
from flexruimte.assessment.pipeline import land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.survey import survey
from flexruimte.batch.reuse.survey_file import (
    SURVEY_FILE,
    read_layouts,
    read_survey,
    write_layouts,
    write_survey,
)
from flexruimte.kernels.layout import LayoutCache, Layouts, lay_out
from kernels.layouts import PACKED
from toy_town import toy_study
from written_files import contents


def test_a_survey_comes_back_as_it_was(tmp_path: Path) -> None:
    odd = pd.DataFrame(
        {
            "mixed": [
                1,
                2.5,
                "a",
                None,
                True,
                np.int64(3),
                np.nan,
                dt.date(2026, 1, 2),
                pd.Timestamp("2026-01-02 03:04:05"),
                0.1 + 0.2,
                -0.0,
                "",
            ],
            "text": [*"abcdefghijk", None],
            "whole": pd.array([*range(11), None], dtype="Int64"),
            "moment": pd.to_datetime(["2026-01-01"] * 11 + [None]),
            "float": [0.1 + 0.2, np.nan, np.inf, *range(9)],
        }
    )
    question = toy_study(tmp_path).question
    found = survey(survey_question(question, "A"), "A", land_taken_by(question, "A"))
    found = replace(found, parcels=replace(found.parcels, table=odd))
    write_survey(found, "key", tmp_path / "x.arrow")
    back = read_survey(tmp_path / "x.arrow", "key")
    assert back is not None
    pd.testing.assert_frame_equal(back.measures, found.measures, check_exact=True)
    pd.testing.assert_frame_equal(back.term.columns, found.term.columns, check_exact=True)
    pd.testing.assert_frame_equal(
        back.parcels.table.drop(columns="mixed"), odd.drop(columns="mixed"), check_exact=True
    )
    for one, other in zip(back.parcels.table["mixed"], odd["mixed"], strict=True):
        assert (one == other and isinstance(other, type(one) | np.generic)) or (
            pd.isna(one) and pd.isna(other)
        )
    assert (shapely.to_wkb(back.buildable.shapes) == shapely.to_wkb(found.buildable.shapes)).all()
    for rule_id, finding in found.findings.items():
        for each in fields(finding):
            one, other = (
                getattr(back.findings[rule_id], each.name),
                getattr(finding, each.name),
            )
            assert type(one) is type(other)
            assert (
                one == other
                if isinstance(one, list)
                else np.array_equal(one, other, equal_nan=other.dtype == float)
            )
    assert (back.layers, back.parcels.facts, back.term.plans.tolist()) == (
        found.layers,
        found.parcels.facts,
        found.term.plans.tolist(),
    )
    assert read_survey(tmp_path / "x.arrow", "another key") is None


@pytest.mark.parametrize("harm", ["cut", "empty", "other", "gone"])
def test_what_cannot_be_read_is_made_again(tmp_path: Path, surveyed: list[str], harm: str) -> None:
    study = toy_study(tmp_path)
    batch.run(study, ["A"], tmp_path / "out")
    file = tmp_path / "out" / "A" / SURVEY_FILE
    if harm == "gone":
        file.unlink()
    else:
        whole = file.read_bytes()
        file.write_bytes(
            {"cut": whole[: len(whole) // 2], "empty": b"", "other": b"P" * 5_000}[harm]
        )
    softer = study.changed(groups={"students": {"weights": {"stop": 1}}})
    batch.run(softer, ["A"], tmp_path / "out")
    assert surveyed == ["A", "A"]
    batch.run(softer, ["A"], tmp_path / "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def same(one: Layouts, other: Layouts) -> bool:
    def plain(values: np.ndarray) -> np.ndarray:
        return np.asarray(shapely.to_wkb(values)) if values.dtype == object else values

    return all(
        np.array_equal(plain(getattr(one, each.name)), plain(getattr(other, each.name)))
        for each in fields(one)
    )


def test_layouts_that_are_known_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = np.array(
        [
            shapely.box(0, 0, 40, 60),
            None,
            shapely.box(0, 0, 10, 10),
            shapely.box(5, 5, 95, 85),
            shapely.box(0, 0, 40, 60),
        ]
    )
    memory = LayoutCache()
    assert same(memory.lay_out(parts[:3], PACKED), lay_out(parts[:3], PACKED))
    write_layouts(memory, "key", tmp_path / "x.arrow")
    memory = read_layouts(tmp_path / "x.arrow", "key")
    made: list[int] = []

    def counted(some: np.ndarray, parameters: object) -> Layouts:
        made.append(len(some))
        return lay_out(some, parameters)

    monkeypatch.setattr("flexruimte.kernels.layout.cache.lay_out", counted)
    assert same(memory.lay_out(parts[::-1], PACKED), lay_out(parts[::-1], PACKED))
    assert made == [1]  # the one that is new; what is there twice is one
    other = replace(PACKED, storeys=PACKED.storeys + 1)
    assert same(memory.lay_out(parts, other), lay_out(parts, other))
    assert made == [1, 4]
    assert read_layouts(tmp_path / "x.arrow", "another key").keys == []
