"""flexruimte whatif: what it prints, writes and refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from command_line import run
from toy_files import write_toy_study


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    assert run("run", write_toy_study(folder / "study"), "--out", folder / "out") == 0
    (folder / "soft.toml").write_text('[rules.nature]\nlevel = "soft"\n', encoding="utf-8")
    (folder / "ring.toml").write_text("[rules.nature]\ndistance_m = 10\n", encoding="utf-8")
    return folder


def test_of_a_run(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    variants = ["--variant", finished / "soft.toml", "--variant", finished / "ring.toml"]
    assert run("whatif", finished / "out", *variants) == 0
    printed = capsys.readouterr().out
    (nature,) = (line.split() for line in printed.splitlines() if line.startswith("Nature"))
    # takes; frees hectares, locations, homes, of these in the best class; softer; it has no distance
    assert nature[1:] == ["1.5", "1.5", "1", "40", "0", "0.0"]
    # of the six locations of Aadorp none leaves, and P07 enters
    assert "(+1 -0) 7" in next(line for line in printed.splitlines() if line.startswith("soft"))
    # the type that is asked takes nothing; nature takes all of P07, so its size takes nothing more
    assert "2 more rules take less, or nothing" in printed
    assert "needs a new survey" in printed
    assert "Aadorp, soft, 'all ranked': enters: P07" in printed
    assert "whatif.csv" in printed
    assert (finished / "out" / "whatif_moves.csv").exists()


def test_of_a_study_file(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = finished / "study" / "study.toml"
    asked = ["--gemeente", "Aadorp", "--rules", "term"]
    assert run("whatif", study, *asked) == 0
    printed = capsys.readouterr().out
    assert "Term" in printed
    assert "Nature" not in printed
    assert "more in" not in printed
    assert run("whatif", study, *asked, "--out", tmp_path / "tables") == 0
    rules = pd.read_csv(tmp_path / "tables" / "whatif.csv")
    assert rules["only_homes"].tolist() == [18, 18]


def test_only_variants_and_new_surveys(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--no-rules", "--new-surveys", "--variant", finished / "ring.toml"]
    assert run("whatif", finished / "out", *asked) == 0
    printed = capsys.readouterr().out
    assert "needs a new survey" not in printed
    assert "only obstacle" not in printed
    assert "leaves: P05" in printed


@pytest.mark.parametrize(("arguments", "message"), [
    (["--no-rules"], "--no-rules leaves nothing to say"),
    (["--no-rules", "--rules", "term"], "exclude each other"),
    (["--out", "x"], "tables of a run come beside its results"),
    (["--rules", "natur"], "did you mean 'nature'"),
    (["--variant", "nowhere.toml"], "variant 'nowhere.toml' cannot be read"),
    (["--gemeente", "Nergens"], "Nergens"),
])  # fmt: skip
def test_what_is_refused(
    finished: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run("whatif", finished / "out", *arguments) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_a_variant_of_a_rule_that_does_not_exist(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "natur.toml"
    path.write_text('[rules.natur]\nlevel = "soft"\n', encoding="utf-8")
    assert run("whatif", finished / "out", "--variant", path) == 2
    said = capsys.readouterr().err
    assert "variant 'natur'" in said
    assert "[rules.natur] overrides something that does not exist" in said
    assert said.count("\n") == 1


def test_the_study_has_moved(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(finished / "out", tmp_path / "out")
    assert run("whatif", tmp_path / "out") == 2
    assert "--study STUDY.toml" in capsys.readouterr().err
    study = finished / "study" / "study.toml"
    assert run("whatif", tmp_path / "out", "--study", study, "--rules", "term") == 0
    assert run("whatif", study, "--study", study) == 2
    assert "leave one of the two studies out" in capsys.readouterr().err


def test_what_is_not_made_anew_is_kept_and_told(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = finished / "study" / "study.toml"
    asked = ["--gemeente", "Aadorp", "--out", tmp_path / "tables"]
    assert run("whatif", study, *asked, "--rules", "term") == 0
    assert "not made anew" not in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "tables").glob("*.csv")] == ["whatif.csv"]
    before = (tmp_path / "tables" / "whatif.csv").read_bytes()
    assert run("whatif", study, *asked, "--no-rules", "--variant", finished / "soft.toml") == 0
    printed = capsys.readouterr().out
    assert (tmp_path / "tables" / "whatif.csv").read_bytes() == before
    (kept,) = [line for line in printed.splitlines() if "not made anew" in line]
    assert "whatif.csv" in kept
    assert "whatif_moves.csv" not in kept
    (more,) = [line for line in printed.splitlines() if line.startswith("more in")]
    assert "whatif_variants.csv" in more
    assert "whatif.csv" not in more


def test_another_order_is_told(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (finished / "term.toml").write_text("[score.weights]\nterm = 1\n", encoding="utf-8")
    asked = ["--no-rules", "--gemeente", "Aadorp", "--variant", finished / "term.toml"]
    assert run("whatif", finished / "out", *asked) == 0
    printed = capsys.readouterr().out
    assert "another rank, the largest move is" in printed
    assert "Aadorp, term: " in printed
