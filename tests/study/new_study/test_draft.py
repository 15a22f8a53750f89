"""A draft is written as a study file that reads back as what is certain, and nothing more."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexruimte.rules.study_file import read_study_file
from flexruimte.study.new_study.draft import StudyDraft, TableDraft, study_text, toml_value

PARCELS = TableDraft({"dataset": "brk_perceel", "source": "data/brk_perceel.gpkg", "id": "perceel"})
TOWNS = TableDraft({"source": "data/gemeenten.gpkg", "code": "code", "name": "naam"})
LAYERS = {
    "natura2000": TableDraft(
        {"source": "natuur.gpkg", "fields": {"nr": "NR 1"}, "constants": {"naam_n2k": 'de "Peel"'}},
        comments=["Nature. " * 30],
    ),
    "eigendom": TableDraft(
        comments=["Fill it in, and take the # away."],
        candidates=[{"source": "to_fill/eigendom.csv"}, {"source": "eigenaren.csv", "id": "ID"}],
    ),
    "rivm_lden_alle": TableDraft({"source": "lden.tif", "nodata": -9999.0, "band": 2}),
}
DRAFT = StudyDraft(
    name='Ameland, "het eiland"',
    as_of=dt.date(2026, 11, 30),
    parcels=PARCELS,
    municipalities=TOWNS,
    layers=LAYERS,
    gemeenten=["GM0060"],
    catalogue="mine.toml",
    not_assessed={"eigendom": "no open data: ask the cadastre\nfor it", "lib_luchtvaart": ""},
    head=["Written by a test."],
)


def written(draft: StudyDraft, folder: Path) -> Path:
    path = folder / "study.toml"
    path.write_text(study_text(draft), encoding="utf-8")
    return path


def test_what_is_certain_reads_back(tmp_path: Path) -> None:
    file = read_study_file(written(DRAFT, tmp_path))
    assert file.study.name == 'Ameland, "het eiland"'
    assert file.study.as_of == dt.date(2026, 11, 30)
    assert file.study.gemeenten == ["GM0060"]
    assert file.study.catalogue == "mine.toml"
    assert file.study.not_assessed == ["eigendom", "lib_luchtvaart"]
    assert file.parcels.dataset == "brk_perceel"
    assert list(file.layers) == ["natura2000", "rivm_lden_alle"]
    assert file.layers["natura2000"].fields == {"nr": "NR 1"}
    assert file.layers["natura2000"].constants == {"naam_n2k": 'de "Peel"'}
    assert (file.layers["rivm_lden_alle"].nodata, file.layers["rivm_lden_alle"].band) == (-9999, 2)


def test_an_answer_takes_single_characters_away(tmp_path: Path) -> None:
    lines = study_text(DRAFT).splitlines()
    start = lines.index("#[layers.eigendom]")
    answered = [*lines[:start], lines[start][1:], lines[start + 1][1:], *lines[start + 2 :]]
    path = tmp_path / "study.toml"
    path.write_text("\n".join(answered), encoding="utf-8")
    assert read_study_file(path).layers["eigendom"].source == "to_fill/eigendom.csv"


def test_what_is_only_asked_is_written_once_per_candidate() -> None:
    lines = study_text(DRAFT).splitlines()
    assert lines.count("#[layers.eigendom]") == 2
    assert '#source = "eigenaren.csv"' in lines


def test_a_reason_stands_above_what_is_left_out() -> None:
    lines = study_text(DRAFT).splitlines()
    assert lines[lines.index('    "eigendom",') - 1].strip().startswith("# no open data: ask")


def test_lines_fit_a_page_and_comments_stay_comments() -> None:
    text = study_text(DRAFT)
    assert max(map(len, text.splitlines())) <= 100 + 4
    hostile = StudyDraft(
        "x", dt.date(2026, 1, 1), PARCELS, TOWNS, {}, head=['a\n[study]\nname = "y"']
    )
    assert tomllib.loads(study_text(hostile))["study"]["name"] == "x"


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"]))
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False)
        | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_value_reads_back(value: object) -> None:
    assert tomllib.loads(f"value = {toml_value(value)}")["value"] == value


def test_a_value_that_toml_lacks_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml_value(None)
