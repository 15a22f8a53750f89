"""The files of a run: the table of outputs, and that the documentation and the files agree."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flexruimte import Ranking
from flexruimte.results.outputs import FILES, FILES_FOR_RANKING, FINDINGS, OUTPUTS, PARCELS
from flexruimte.vocabulary import THEMES, unit_of
from toy_town import toy_study

DOCUMENT = Path(__file__).parents[2] / "docs" / "outputs.md"


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    return toy_study(tmp_path_factory.mktemp("toy")).rank("A")


@pytest.fixture(scope="module")
def folder(ranking: Ranking, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    for output in OUTPUTS:
        output.write(ranking.content(), folder / output.name)
    return folder


def documented(file: str) -> dict[str, tuple[str, str]]:
    """Type and unit by column, as the documentation has them."""
    text = DOCUMENT.read_text(encoding="utf-8").split(f"## {file}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]*)\| ([^|]*)\|", text, re.MULTILINE)
    return {name: (kind.strip(), unit.strip()) for name, kind, unit in rows}


def written(path: Path) -> dict[str, str]:
    schema = pq.read_schema(path)
    types = {name: str(schema.field(name).type) for name in schema.names}
    return {
        name: kind.replace("large_", "").replace("element: ", "") for name, kind in types.items()
    }


def test_every_output_is_written_and_documented(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {output.name for output in OUTPUTS}
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in FILES if f"`OUT/<code>/{name}`" not in text] == []
    assert set(FILES_FOR_RANKING) < set(FILES)


def test_the_columns_of_findings_are_as_documented(folder: Path) -> None:
    columns = documented(FINDINGS)
    assert {name: kind for name, (kind, _) in columns.items()} == written(folder / FINDINGS)
    assert list(columns) == list(written(folder / FINDINGS))


def test_the_columns_of_parcels_are_as_documented(folder: Path, ranking: Ranking) -> None:
    ruleset, columns = ranking.assessment.ruleset, documented(PARCELS)
    patterns = {
        "suitability_<group>": [f"suitability_{group}" for group in ruleset.groups],
        "criterion_<id>": [f"criterion_{name}" for name in ruleset.criteria],
        "<measure>": list(ruleset.measures),
    }
    expected: dict[str, str] = {}
    for name, (kind, unit) in columns.items():
        if name in THEMES and name not in ("suitability", *ruleset.themes):
            continue  # a theme has a column where the ruleset has the theme
        for column in patterns.get(name, [name]):
            by_unit = "string" if unit_of(column) == "class" else "double"
            expected[column] = by_unit if kind == "by unit" else kind
            if unit not in ("by name", "0-100", "homes", ""):
                assert unit == unit_of(column), column
    assert written(folder / PARCELS) == expected
