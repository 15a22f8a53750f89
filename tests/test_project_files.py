"""What a repository says of the project beside its code: it agrees with the package, and can be read by what reads it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import flexruimte
from reference_pages.commands import commands

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_the_version_is_written_in_one_place() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", PROJECT["version"])
    assert flexruimte.__version__ == PROJECT["version"]
    source = Path(flexruimte.__file__).read_text(encoding="utf-8")
    assert PROJECT["version"] not in source


def test_the_citation_is_of_this_version() -> None:
    """`make release` holds it against the whole schema; these are what it may not lack."""
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(CITATION)
    assert CITATION["title"] == PROJECT["name"]
    assert str(CITATION["version"]) == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"]
    assert [each["name"] for each in CITATION["authors"]] == [
        each["name"] for each in PROJECT["authors"]
    ]


def test_the_badges_say_what_the_package_says() -> None:
    def said(name: str) -> list[str]:
        text = (ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
        return re.findall(r"<text[^>]*>([^<]*)</text>", text)

    prefix = "Programming Language :: Python :: 3."
    minors = [each.removeprefix(prefix) for each in PROJECT["classifiers"] if prefix in each]
    assert said("python") == ["python", " | ".join(f"3.{minor}" for minor in minors)]
    assert said("licence") == ["licence", PROJECT["license"]]
    assert PROJECT["requires-python"] == f">=3.{minors[0]}"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_can_be_shown(path: Path) -> None:
    """What GitHub asks of a form: https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests"""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.stem == "config":
        assert set(form) <= {"blank_issues_enabled", "contact_links"}
        return
    assert form["name"]
    assert form["description"]
    assert isinstance(form["labels"], list)
    ids = [part["id"] for part in form["body"]]
    assert len(ids) == len(set(ids)) > 0
    for part in form["body"]:
        assert part["type"] in ("input", "textarea", "dropdown", "checkboxes", "markdown")
        assert set(part) <= {"type", "id", "attributes", "validations"}
        assert part["attributes"]["label"]


def test_a_wrong_number_says_where_to_look() -> None:
    (form,) = (path for path in FORMS if path.stem == "wrong-number")
    asked = {part["id"] for part in yaml.safe_load(form.read_text(encoding="utf-8"))["body"]}
    assert {"parcel", "rule", "layer", "date"} <= asked


def test_commands_that_files_beside_the_code_name_are_there() -> None:
    known = {words[0] for words in commands() if words}
    paths = [*FORMS, ROOT / ".ci" / "release", ROOT / "Makefile"]
    named = {
        word
        for path in paths
        for word in re.findall(
            r"(?<!import )flexruimte ([a-z]+)\b", path.read_text(encoding="utf-8")
        )
    }
    assert "explain" in named
    assert named <= known


def test_the_page_of_the_package_index_leads_to_nothing_that_is_not_there() -> None:
    """An index shows the page alone: what lies beside it in the repository is not there."""
    page = (ROOT / PROJECT["readme"]).read_text(encoding="utf-8")
    assert re.findall(r"!\[|<img|\]\((?!https://)", page) == []
    named = set(re.findall(r"`(\w+)/`", page))
    assert named == {"docs"}
    assert all((ROOT / name).is_dir() for name in named)


def test_how_to_report_a_fault_names_no_address() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "Report a vulnerability" in page
    assert "@" not in page
