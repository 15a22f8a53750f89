"""What was found of a municipality, beside its results: used again as long as the land and the question about it are the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from flexruimte.assessment.pipeline import Memory
from flexruimte.assessment.question import Question
from flexruimte.assessment.survey import Part, Survey, look_again, survey_part
from flexruimte.batch.municipality_run import Job
from flexruimte.batch.reuse.fingerprint import digest, question_digest
from flexruimte.errors import FlexruimteError
from flexruimte.evidence.parcels import load_parcels
from flexruimte.kernels.layout_memory import LayoutMemory
from flexruimte.results.outputs import LOCATIONS_GPKG
from flexruimte.results.survey_file import (
    LAYOUTS_FILE,
    SURVEY_FILE,
    read_layouts,
    read_part,
    read_survey,
    write_layouts,
    write_part,
    write_survey,
)
from flexruimte.results.versions import software_versions
from flexruimte.results.whole_file import whole_file

__all__ = ["INPUTS_FILE", "MEMORY_FILES", "FolderMemory", "part_file"]

INPUTS_FILE: Final = ".inputs.json"
"""Of what inputs the survey was made: how they were stamped, and what was seen of them."""
WRITTEN_FILE: Final = ".written.json"
"""Which layouts are in the GeoPackage, as long as nobody has touched it."""
MEMORY_FILES: Final = (INPUTS_FILE, SURVEY_FILE, LAYOUTS_FILE, WRITTEN_FILE)
_PART: Final = ".survey-part-"


def part_file(number: int) -> str:
    """Return the name of the file with what was found of one block."""
    return f"{_PART}{number}.arrow"


class FolderMemory(Memory):
    """What was found of one municipality, in the folder with its results.

    Parameters
    ----------
    folder
        Of the municipality.
    stamps
        By input, a text that changes when the input may have changed.
    forget
        Whether to compute anew what is known.
    """

    def __init__(self, folder: Path, stamps: Mapping[str, str], *, forget: bool = False) -> None:
        self._folder, self._stamps, self._forget = folder, dict(stamps), forget
        self._laid_out = 0

    @classmethod
    def of(cls, folder: Path, job: Job) -> Self:
        """Return the memory for a municipality that is to be computed."""
        return cls(folder, job.stamps, forget=job.fresh)

    def still_holds(self, asked: Question, code: str) -> bool:
        """Whether the survey that was made answers this question, and all that it saw of its inputs is as it was.

        Inputs whose stamps have changed are read again around the parcels, and the new stamps are
        noted if nothing else has changed.
        """
        known = self._inputs()
        if self._forget or known is None or known["question"] != question_digest(asked, code):
            return False
        changed = [
            name for name, stamp in self._stamps.items() if known["stamps"].get(name) != stamp
        ]
        if changed and not _seen_as_before(asked, code, changed, known["digests"]):
            return False
        if changed:
            self._note(known["question"], known["digests"])
        return True

    def recall(self, asked: Question, code: str) -> tuple[Survey | None, LayoutMemory]:
        """Return what was found; None where that does not hold any more."""
        if self._forget:
            return None, LayoutMemory()
        layouts = read_layouts(self._folder / LAYOUTS_FILE, _software())
        self._laid_out = len(layouts.keys)
        found = None
        if self.still_holds(asked, code):
            known = self._inputs() or {}
            found = read_survey(
                self._folder / SURVEY_FILE, digest(known["question"], known["digests"])
            )
        return found, layouts

    def parts(self, asked: Question, code: str, count: int) -> dict[int, Part]:
        """Return the blocks that lie there."""
        read = {
            number: read_part(self._folder / part_file(number), self._part_key(asked, code, count))
            for number in range(count)
        }
        return {number: part for number, part in read.items() if part is not None}

    def survey_part(self, asked: Question, code: str, number: int, count: int) -> None:
        """Survey one block, and write what was found for the one who puts the blocks together; not if it lies there already."""
        key, file = self._part_key(asked, code, count), self._folder / part_file(number)
        if self._forget or read_part(file, key) is None:
            write_part(survey_part(asked, code, number), key, file)

    def _part_key(self, asked: Question, code: str, count: int) -> str:
        return digest(question_digest(asked, code), self._stamps, count)

    def remember(
        self, asked: Question, code: str, found: Survey | None, layouts: LayoutMemory
    ) -> None:
        """Write what was found."""
        if found is not None:
            said, digests = question_digest(asked, code), _digests(found)
            write_survey(found, digest(said, digests), self._folder / SURVEY_FILE)
            self._note(said, digests)
        for part in self._folder.glob(f"{_PART}*"):
            part.unlink(missing_ok=True)
        if len(layouts.keys) != self._laid_out or self._forget:
            write_layouts(layouts, _software(), self._folder / LAYOUTS_FILE)

    def has_written(self, layouts: str | None) -> bool:
        """Whether the GeoPackage is there as a run wrote it, with the layouts of this digest; None is never there."""
        if layouts is None or self._forget:
            return False
        try:
            return bool(self._read(WRITTEN_FILE) == self._written(layouts))
        except FileNotFoundError:
            return False

    def note_written(self, layouts: str | None) -> None:
        """Note which layouts were just written."""
        if layouts is not None:
            self._write(WRITTEN_FILE, self._written(layouts))

    def _written(self, layouts: str) -> dict[str, Any]:
        """Return what tells that the GeoPackage is as it was: a viewer that changes anything in it changes its time."""
        state = (self._folder / LOCATIONS_GPKG).stat()
        return {"layouts": layouts, "size": state.st_size, "mtime_ns": state.st_mtime_ns}

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self._folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        with whole_file(self._folder / name) as partial:
            partial.write_text(
                json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8"
            )

    def _inputs(self) -> dict[str, Any] | None:
        known = self._read(INPUTS_FILE)
        return (
            known
            if isinstance(known, dict) and {"question", "stamps", "digests"} <= known.keys()
            else None
        )

    def _note(self, said: str, digests: Mapping[str, str | None]) -> None:
        self._write(INPUTS_FILE, {"question": said, "stamps": self._stamps, "digests": digests})


def _digests(found: Survey) -> dict[str, str | None]:
    return {
        "parcels": found.parcels.facts.digest,
        **{key: facts.digest for key, facts in found.layers.items()},
    }


def _seen_as_before(
    asked: Question, code: str, changed: list[str], digests: Mapping[str, str | None]
) -> bool:
    try:
        parcels = load_parcels(asked.parcels, asked.municipalities, code)
        if parcels.facts.digest != digests["parcels"]:
            return False
        layers = [name for name in changed if name in asked.sources]
        return all(
            digests.get(key) == seen for key, seen in look_again(asked, parcels, layers).items()
        )
    except FlexruimteError:
        return False  # the computation will say what is wrong


def _software() -> str:
    return digest(software_versions())
