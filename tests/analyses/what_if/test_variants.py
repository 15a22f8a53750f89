"""Variants, and files of them that cannot be read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flexruimte.analyses.what_if.variants import AS_IT_IS, Variant, read_variant, variants_of
from flexruimte.errors import StudyError


def written(folder: Path, text: str, name: str = "softer.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file(tmp_path: Path) -> None:
    text = (
        'name = "soft"\ntitle = "Zachte natuur"\n[study]\nas_of = 2027-01-01\n'
        'target_groups = ["starters"]\n[placement]\nrequired_years = 10\n'
        '[rules.nature]\nlevel = "soft"\n'
    )
    found = read_variant(written(tmp_path, text))
    assert (found.name, found.shown) == ("soft", "Zachte natuur")
    assert found.changes == {
        "as_of": dt.date(2027, 1, 1),
        "target_groups": ["starters"],
        "placement": {"required_years": 10},
        "rules": {"nature": {"level": "soft"}},
    }


def test_a_file_without_a_name_is_called_as_it_is(tmp_path: Path) -> None:
    found = read_variant(written(tmp_path, "[rules.nature]\nenabled = false\n"))
    assert (found.name, found.shown) == ("softer", "softer")


@pytest.mark.parametrize(("text", "message"), [
    ("", "variant 'softer' changes nothing; add a table, such as"),
    ("[rules]\n", "changes nothing"),
    ("[study]\nname = 'x'\n", r"\[study\] has no 'name' that a variant can change"),
    ("[study]\nas_off = 2027-01-01\n", "did you mean 'as_of'"),
    ("rules = 3\n", r"\[rules\] must be a table"),
    ("study = 3\n", r"\[study\] must be a table"),
    ("name = 3\n[rules.nature]\nlevel = 'soft'\n", "name is no text"),
    (f"name = '{AS_IT_IS}'\n[rules.nature]\nlevel = 'soft'\n", "give it another name"),
    ("[rules.nature\n", "is not valid TOML"),
])  # fmt: skip
def test_what_is_no_variant(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=message) as error:
        read_variant(written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read"):
        read_variant(tmp_path / "nowhere.toml")


def test_two_of_one_name(tmp_path: Path) -> None:
    path = written(tmp_path, "[rules.nature]\nlevel = 'soft'\n")
    given = Variant("softer", {"rules": {"nature": {"level": "hard"}}})
    assert [each.name for each in variants_of([path])] == ["softer"]
    with pytest.raises(StudyError, match="two variants are called 'softer'"):
        variants_of([path, given])


@pytest.mark.parametrize(
    "text",
    [
        'name = "mine"\nversion = "1"\nextends = "flexwonen-nl"\n[rules.nnn]\nlevel = "soft"\n',
        'title = { nl = "Mijn regels", en = "My rules" }\n[rules.nnn]\nlevel = "soft"\n',
    ],
)
def test_a_ruleset_is_no_variant_and_is_told_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"mine\.toml' is a ruleset; .*ruleset = \"mine\.toml\""):
        read_variant(path)
