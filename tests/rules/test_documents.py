"""One reader for named TOML documents: names, files that extend others, and errors in one line."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from flexruimte.analyses.costs import load_cost_figures
from flexruimte.analyses.targets import load_targets
from flexruimte.errors import RulesetError, StudyError
from flexruimte.rules.documents import Library, read_toml, validate
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.overrides import override
from flexruimte.rules.parts import Model, Text
from flexruimte.rules.regulations import Plans


@pytest.fixture
def library(tmp_path: Path) -> Library:
    built_in = tmp_path / "built_in"
    built_in.mkdir()
    (built_in / "list-b.toml").write_text("[things.b]\ntitle = 'B'\nvalue = 1\n")
    (built_in / "list-a.toml").write_text("extends = 'list-b'\n[things.b]\nvalue = 2\n")
    (built_in / "other.toml").write_text("")
    return Library("list", built_in, partial(override, entries=("things",)), prefix="list-")


def test_names_are_those_of_one_kind(library: Library) -> None:
    assert library.names() == ["list-a", "list-b"]


def test_a_file_extends_a_built_in_document_and_a_file_beside_it(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "one.toml").write_text("extends = 'list-a'\nextra = true\n")
    (folder / "two.toml").write_text("extends = 'one.toml'\n[things.c]\ntitle = 'C'\n")
    # two.toml is named from another folder than its own; what it extends lies beside it.
    assert library.read("mine/two.toml", tmp_path) == {
        "things": {"b": {"title": "B", "value": 2}, "c": {"title": "C"}},
        "extra": True,
    }


def test_a_circle_is_refused(library: Library, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("extends = 'y.toml'")
    (tmp_path / "y.toml").write_text("extends = 'x.toml'")
    with pytest.raises(RulesetError, match=r"list 'x.toml' extends itself: .*x.toml -> .*y.toml"):
        library.read("x.toml", tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"list 'it.toml' cannot be read \(No such file.*built-in name: list-a, list-b$"),
        (b"a = 1\nb = \n", r"list 'it.toml' is not valid TOML: .*line 2"),
        (b"a = '\xff'", r"list 'it.toml' is not valid TOML: it is no text in UTF-8 \(byte 5 does"),
        (b"a = 226-01-01\n", r"the line is: a = 226-01-01; write a date as 2026-01-01$"),
        (b"a = 1\nb = 2\na = 3\n", r"; a stands there for the second time: keep one$"),
    ],
)
def test_a_file_that_cannot_be_read(
    library: Library, tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "it.toml").write_bytes(content)
    with pytest.raises(RulesetError, match=message):
        library.read("it.toml", tmp_path)


@pytest.mark.parametrize("load", [load_ruleset, load_cost_figures, load_targets])
def test_all_documents_are_read_by_the_same_rules(load, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = 'x'\n[title\n")
    with pytest.raises(RulesetError, match=r"'broken.toml' is not valid TOML: .*line 2"):
        load("broken.toml", tmp_path)
    with pytest.raises(RulesetError, match=r"'none.toml' cannot be read.*built-in name: "):
        load("none.toml", tmp_path)


def test_the_class_of_an_error_is_the_caller_s(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"study x cannot be read \(it is a folder\); do this"):
        read_toml(tmp_path, "study x", "do this", StudyError)
    with pytest.raises(StudyError, match=r"x: \[nl\] is missing; add it"):
        validate(Text, {"en": "noise"}, "x", StudyError)


def test_a_misspelt_key_is_named_with_its_path_and_the_nearest_one() -> None:
    plans = {
        "source": "s",
        "basis": "law",
        "layer": "plans",
        "status_field": "status",
        "hard": ["permit"],
        "soft": [],
        "phases": [{"field": "a", "strat_year": 2026, "start_year": 2026, "end_year": 2027}],
    }
    with pytest.raises(
        RulesetError,
        match=r"x: \[phases\.0\.strat_year\] unknown key; did you mean 'start_year'\?$",
    ):
        validate(Plans, plans, "x")


def test_a_costs_file_may_change_one_figure_of_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        "extends = 'costs-nl'\nname = 'mine'\n[[figures.build_cost_per_home.rows]]\n"
        "value = 90000\nsource = 'our own tender'\nbasis = 'practice'\n"
    )
    mine, shipped = load_cost_figures("mine.toml", tmp_path), load_cost_figures("costs-nl")
    changed = mine.figures["build_cost_per_home"]
    assert [row.value for row in changed.rows] == [90_000]
    assert changed.title == shipped.figures["build_cost_per_home"].title
    others = {key: figure for key, figure in mine.figures.items() if figure is not changed}
    assert others == {key: shipped.figures[key] for key in others}
    assert len(others) == len(shipped.figures) - 1


def test_a_targets_file_may_change_one_target_and_says_so_in_its_source(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        "extends = 'targets-minister-2021'\n[targets.mra]\nhomes = 1"
    )
    mra = load_targets("mine.toml", tmp_path).targets["mra"]
    assert (mra.homes, mra.basis.value) == (1, "assumption")
    assert mra.source.startswith("homes changed by targets 'mine.toml', without a source; before: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"language": "de"}, "[language] is 'de'; write 'nl' or 'en'"),
        ({"share": 3}, "[share] is 3; write a number of at most 1"),
        ({"share": -0.5}, "[share] is -0.5; write a number of at least 0"),
        ({"share": "ten"}, "[share] is 'ten'; write a number"),
        ({"years": "ten"}, "[years] is 'ten'; write a whole number"),
        ({"years": 1.5}, "[years] is 1.5; write a whole number"),
        ({"day": "gisteren"}, "[day] is 'gisteren'; write a date without quotes, as in 2026-01-01"),
        ({"on": "misschien"}, "[on] is 'misschien'; write true or false"),
        ({"name": 5}, "[name] is 5; write a text, in quotes"),
        ({"names": "a"}, "[names] is 'a'; write a list, as in [1, 2]"),
        ({"fields": "a"}, "[fields] is 'a'; write a table"),
        ({"title": "a"}, "[title] is 'a'; write a table"),
    ],
)
def test_a_value_that_does_not_do_is_shown_with_what_to_write(
    given: dict[str, object], said: str
) -> None:
    class Everything(Model):
        language: Literal["nl", "en"] = "nl"
        share: float = Field(default=0, ge=0, le=1)
        years: int = 1
        day: dt.date | None = None
        on: bool = False
        name: str = ""
        names: list[str] = Field(default_factory=list)
        fields: dict[str, str] = Field(default_factory=dict)
        title: Text | None = None

    with pytest.raises(StudyError) as caught:
        validate(Everything, given, "x.toml", StudyError)
    assert str(caught.value) == f"x.toml: {said}"
