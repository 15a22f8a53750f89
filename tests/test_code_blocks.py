"""Every code block of the documentation does what it says: it is run, or read as what it is.

The first line of a block tells: ```bash and ```python are run in the folder of the sample, `toml` and a kind of file is read as
that, ```text is no code. A block that cannot run here says why, in one word of `NOT_RUN`. All blocks share one run of the sample.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from code_blocks import BLOCKS, PAGES, Block
from command_line import run
from flexruimte.analyses.targets.target_file import load_targets
from flexruimte.analyses.what_if.variants import read_variant
from flexruimte.evidence.catalogue.reading import read_catalogue
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.study_file import StudyFile
from flexruimte.study.sample import sample_study_path

NOT_RUN = {
    "internet": "asks servers elsewhere",
    "cluster": "needs a cluster",
    "storage": "needs a bucket and its keys",
    "container": "needs a container engine",
    "make": "is what runs the tests",
    "slow": "takes a minute",
}
RULESET = load_ruleset("flexwonen-nl")


def ids(blocks: list[Block]) -> list[str]:
    return [f"{block.place}-{block.language}" for block in blocks]


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


SHELL = [block for block in of("bash") if not set(block.words) & set(NOT_RUN)]
PYTHON_PAGES = sorted({block.page for block in of("python")})


def test_every_block_says_what_it_is() -> None:
    assert len(PAGES) > 20
    unknown = [
        f"{block.place}: ```{block.language} {' '.join(block.words)}".rstrip()
        for block in BLOCKS
        if not (
            (block.language == "bash" and set(block.words) <= set(NOT_RUN) and len(block.words) < 2)
            or (block.language == "toml" and block.words and block.words[0] in READERS)
            or (block.language in ("python", "json", "text") and not block.words)
        )
    ]
    assert unknown == []


def test_few_blocks_are_not_run() -> None:
    counts = Counter(word for block in of("bash") for word in block.words)
    assert counts == NOT_RUN_COUNTS
    assert len(SHELL) > sum(counts.values())


NOT_RUN_COUNTS = {
    "internet": 3,
    "cluster": 2,
    "storage": 1,
    "container": 1,
    "make": 3,
    "slow": 1,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample, with the results of a run, and the files that pages name."""
    folder = tmp_path_factory.mktemp("documentation")
    sample = sample_study_path().parent
    for path in (sample / "study.toml", sample / "regions.csv"):
        shutil.copy(path, folder / path.name)
    for name in ("data", "geodata"):
        (folder / name).symlink_to(sample / "data")
    (folder / "sample_data").symlink_to(sample)
    for block in BLOCKS:
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def after_a_run(folder: Path) -> Path:
    """The same folder, after `flexruimte run study.toml --out out`."""
    assert run("run", folder / "study.toml", "--out", folder / "out") == 0
    (folder / "demo_output").symlink_to(folder / "out")
    return folder


@pytest.fixture
def within(after_a_run: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(after_a_run)
    monkeypatch.setenv("COLUMNS", "100")
    return after_a_run


@pytest.mark.parametrize("block", SHELL, ids=ids(SHELL))
def test_commands(block: Block, within: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lines = block.text.replace("\\\n", " ").splitlines()
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[:2] == ["flexruimte", "demo"]:
            continue  # that is what `after_a_run` has done
        if words[:2] == ["flexruimte", "new"]:
            shutil.rmtree(words[2], ignore_errors=True)  # another page may have made it
        if words[:1] == ["flexruimte"]:
            status = run(*words[1:])
        else:
            command = ["bash", "-ec", line]  # nothing, for a line without words
            status = subprocess.run(command, check=False, env=with_program()).returncode
        assert status == 0, f"{block.place}: '{line}' ended with {status}: {capfd.readouterr().err}"


def with_program() -> dict[str, str]:
    """The environment, with the program of this Python before others."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.mark.parametrize("page", PYTHON_PAGES)
def test_python(page: str, within: Path, tmp_path: Path) -> None:
    """The blocks of a page go on from each other, in a process of their own, as a notebook's do."""
    lines: list[str] = []
    for block in of("python"):
        if block.page == page:
            # Each line stands where the page has it, so that an error names the line of the page.
            lines += [""] * (block.line - len(lines)) + block.text.splitlines()
    script = tmp_path / Path(page).with_suffix(".py").name
    script.write_text("\n".join(lines), encoding="utf-8")
    environment = {**with_program(), "MPLBACKEND": "Agg"}
    command = [sys.executable, str(script)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert ended.returncode == 0, f"{page}: {ended.stderr}"


def as_study(block: Block, _folder: Path) -> None:
    """A study, or tables of one: the sample study says the rest."""
    given = tomllib.loads(block.text)
    sample = tomllib.loads(sample_study_path().read_text(encoding="utf-8"))
    del sample["layers"]
    study = StudyFile.model_validate({**sample, **given})
    ruleset = load_ruleset(study.study.ruleset)
    for key, settings in study.layers.items():
        named = {*settings.fields, *settings.constants, *settings.values}
        assert named <= set(ruleset.layers[key].fields)
    assert set(study.study.not_assessed) <= {*ruleset.layers, *ruleset.rules}


def as_ruleset(block: Block, folder: Path) -> None:
    """A ruleset, or tables of one: what extends `flexwonen-nl` says the rest."""
    head = 'extends = "flexwonen-nl"\nname = "a-part"\n'
    text = block.text if "extends" in tomllib.loads(block.text) else head + block.text
    (folder / "ruleset.toml").write_text(text, encoding="utf-8")
    assert load_ruleset("ruleset.toml", folder) != RULESET


def as_catalogue(block: Block, folder: Path) -> None:
    path = folder / "catalogue.toml"
    path.write_text(block.text, encoding="utf-8")
    assert read_catalogue(path) != read_catalogue()


def as_variant(block: Block, folder: Path) -> None:
    path = folder / "variant.toml"
    path.write_text(block.text, encoding="utf-8")
    assert read_variant(path).changes


def as_targets(block: Block, folder: Path) -> None:
    path = folder / "targets.toml"
    path.write_text(block.text, encoding="utf-8")
    assert load_targets(path).targets


READERS: dict[str, Callable[[Block, Path], None]] = {
    "study": as_study,
    "ruleset": as_ruleset,
    "catalogue": as_catalogue,
    "variant": as_variant,
    "targets": as_targets,
}


@pytest.mark.parametrize("block", of("toml"), ids=ids(of("toml")))
def test_files(block: Block, tmp_path: Path) -> None:
    READERS[block.words[0]](block, tmp_path)


def test_json() -> None:
    for block in of("json"):
        json.loads(block.text)
