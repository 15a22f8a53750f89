"""Blocks that are surveyed apart, and handed over as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flexruimte.assessment.pipeline import land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.survey import survey
from flexruimte.assessment.surveyed import join_blocks
from flexruimte.batch.executors.blocks import BlockSurveyor, block_file
from flexruimte.batch.municipality_run import Job, MunicipalityRun
from flexruimte.batch.reuse.survey_file import read_block
from flexruimte.evidence.parcels import load_parcels
from flexruimte.results.store import store_of
from toy_town import toy_study


def job(fingerprint: str = "f") -> Job:
    entry = MunicipalityRun("A", "Adorp", "A", "running", fingerprint, "2026-01-01T00:00:00")
    return Job(entry, {"natuur": "1"}, stands=False, fresh=False)


def test_blocks_are_surveyed_apart_and_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = replace(toy_study(tmp_path).question, block=5, threads=1)
    asked, takes_land = survey_question(question, "A"), land_taken_by(question, "A")
    whole = survey(replace(asked, block=100), "A", takes_land)
    place = store_of(tmp_path / "out")
    surveyor = BlockSurveyor(job(), place)
    for number in (2, 0, 1):
        surveyor.survey_block(asked, number, takes_land)
    files = [tmp_path / "out" / "A" / block_file(number) for number in range(3)]
    assert all(read_block(file, "another key") is None for file in files)

    def fail(*_: object) -> None:
        raise AssertionError("a block was surveyed again")

    monkeypatch.setattr("flexruimte.batch.executors.blocks.survey_block", fail)
    surveyor.survey_block(asked, 1, takes_land)  # which is there
    for other in (BlockSurveyor(job("g"), place), BlockSurveyor(replace(job(), fresh=True), place)):
        with pytest.raises(AssertionError, match="surveyed again"):
            other.survey_block(asked, 1, takes_land)
    blocks = [read_block(file, surveyor.key) for file in files]
    found = join_blocks(
        load_parcels(asked.parcels, asked.municipalities, "A"),
        [block for block in blocks if block is not None],
    )
    pd.testing.assert_frame_equal(found.measures, whole.measures, check_exact=True)
    assert found.layers == whole.layers
    assert [len(members) for members in found.blocks] == [4, 4, 4]
    assert sorted(np.concatenate(found.blocks)) == list(range(12))
    for what, plans in whole.term.unread.items():
        assert found.term.unread[what].tolist() == plans.tolist()
