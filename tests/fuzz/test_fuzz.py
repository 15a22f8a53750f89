"""A short part of `make fuzz`: no corrupted file or study ends badly; and what is bad is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.corruptions import KINDS, Corruption
from fuzz.driver import Outcome, faults_of, judged, write_whole

SEEDS = range(2 * len(KINDS))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    folder = tmp_path_factory.mktemp("whole")
    outcome = write_whole(folder)
    assert outcome.status == 0
    assert set(outcome.statuses.values()) == {"available", "attention", "unknown", "excluded"}
    return folder / "town", outcome


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_none_ends_badly(whole: tuple[Path, Outcome], seed: int) -> None:
    assert faults_of(seed, *whole) == ""


def test_what_ends_badly_is_found() -> None:
    before = Outcome(0, "", {"P1": "excluded", "P2": "attention"})
    plain, taken = Corruption("x"), Corruption("x", takes_away=True)
    better = {"P1": "available", "P2": "unknown"}
    for corruption, outcome, touched, said in (
        (plain, Outcome(0, "", better), set(), []),
        (taken, Outcome(0, "", better), set(), ["better without a word: P1"]),
        (taken, Outcome(0, "warning: a layer", better), set(), []),
        (Corruption("x", refused=True), Outcome(0, "", {}), set(), ["was not refused"]),
        (plain, Outcome(2, "", {}), {"a.gpkg-shm"}, ["wrote a.gpkg-shm"]),
        (plain, Outcome(None, "", {}), set(), ["took more than 60 s"]),
        (plain, Outcome(-11, "", {}), set(), ["ended with -11"]),
        (plain, Outcome(1, "Traceback (most recent", {}), set(), ["said: Traceback"]),
    ):
        assert judged(corruption, outcome, before, touched) == said
