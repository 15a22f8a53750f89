"""The pages of the site in one folder: those that people wrote, and those that are made here."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from flexruimte.evidence.catalogue.reading import catalogue_schema, read_catalogue
from flexruimte.results.summary_model import Summary
from flexruimte.rules.files import load_ruleset
from flexruimte.rules.ruleset import Ruleset
from flexruimte.rules.schema import described_schema
from flexruimte.rules.study_file import StudyFile
from reference_pages.commands import command_page
from reference_pages.keys import key_page
from reference_pages.names import python_page
from reference_pages.rulesets import (
    dataset_page,
    layer_page,
    measure_page,
    parameter_page,
    ruleset_page,
    score_page,
    word_page,
)

__all__ = ["gather", "made_pages"]

ROOT: Final = Path(__file__).parents[2]
RULESET: Final = "flexwonen-nl"
OTHER_RULESETS: Final = ("pbl-2020", "flexwonen-nl-bridging", "flexwonen-nl-next-place")
_OF_THE_ROOT: Final = ("CONTRIBUTING.md", "CHANGELOG.md")
_BESIDE: Final = ("iframe-worker.js", "style.css")
_INFO: Final = re.compile(r"^(?P<fence>```+)(?P<language>[a-z]+)(?P<words>(?: [\w.-]+)+)$", re.M)


def gather(folder: Path) -> None:
    """Fill a folder with all pages and pictures of the site; what was in it goes."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "reference").mkdir(parents=True)
    shutil.copytree(ROOT / "docs" / "images", folder / "images")
    for name in _BESIDE:
        shutil.copy(ROOT / "docs" / name, folder)
    written = {path.name: path for path in sorted((ROOT / "docs").glob("*.md"))}
    written |= {name.lower(): ROOT / name for name in _OF_THE_ROOT}
    for name, path in written.items():
        text = path.read_text(encoding="utf-8")
        if path.parent == ROOT:
            text = text.replace("](docs/", "](")
        (folder / name).write_text(_for_readers(text), encoding="utf-8")
    for name, text in made_pages().items():
        (folder / "reference" / name).write_text(text, encoding="utf-8")


def made_pages() -> dict[str, str]:
    """Return the pages that are made from the program, by file name."""
    ruleset = load_ruleset(RULESET)
    pages = {
        "study.md": key_page(
            "Keys of a study file",
            "Every key that a study file can have; `flexruimte schema study` gives the same as "
            "JSON Schema, for editors. [What a study can say of its sources](../study.md) explains "
            "them together.",
            described_schema(StudyFile),
        ),
        "ruleset.md": key_page(
            "Keys of a ruleset",
            "Every key that a ruleset can have; `flexruimte schema ruleset` gives the same as JSON "
            "Schema, for editors. A ruleset that `extends` another writes only what it changes: "
            "[your own rules](../own-rules.md).",
            described_schema(Ruleset),
        ),
        "catalogue.md": key_page(
            "Keys of a catalogue",
            "Every key of a catalogue of open data; a file of your own adds to the built-in one: "
            "[a catalogue of your own](../data.md#a-catalogue-of-your-own).",
            catalogue_schema(),
        ),
        "summary.md": key_page(
            "Keys of summary.json",
            "Every key of the `summary.json` of a municipality, which says what was asked, what "
            "was found, on what evidence and what is missing; `flexruimte schema summary` gives "
            "the same as JSON Schema. Titles are in Dutch and English. "
            "[The files of a run](../outputs.md) has the files beside it.",
            described_schema(Summary),
        ),
        "parameters.md": parameter_page(ruleset),
        "measures.md": measure_page(ruleset),
        "layers.md": layer_page(ruleset),
        "scores.md": score_page(ruleset),
        "words.md": word_page(ruleset),
        "datasets.md": dataset_page(read_catalogue(), ruleset),
        "command-line.md": command_page(),
        "python.md": python_page(),
    }
    return pages | {f"{name}.md": ruleset_page(load_ruleset(name)) for name in OTHER_RULESETS}


def _for_readers(text: str) -> str:
    """Return a page without what its code blocks say to the tests, but for a file's name."""

    def said(match: re.Match[str]) -> str:
        name = next((word for word in match["words"].split() if "." in word), None)
        return match["fence"] + match["language"] + (f' title="{name}"' if name else "")

    return _INFO.sub(said, text)
