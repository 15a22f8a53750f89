"""What is kept of a municipality beside its results: its survey and its layouts.

The pipeline knows nothing of it. A survey that was kept is used as long as the question and the
inputs are the same; where only other rules take their land, the buildable parts are measured again
from the layers that were kept with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from flexruimte.analyses.what_if import Evidence, HeldLayers, LayoutsHeld
from flexruimte.assessment.pipeline import land_taken_by
from flexruimte.assessment.question import Question, survey_question
from flexruimte.assessment.survey import (
    LayersNear,
    Progress,
    TakesLand,
    layers_around,
    measure_again,
    read_contents,
    survey,
    with_land_shapes,
    with_left_free,
)
from flexruimte.assessment.surveyed import Survey
from flexruimte.batch.reuse.fingerprint import (
    contents_digests,
    digest,
    layers_key,
    parcels_digest,
    survey_parts,
)
from flexruimte.batch.reuse.layers import (
    LAYERS_FOLDER,
    KeptLayers,
    RecordedLayers,
    remove_other_blocks,
)
from flexruimte.batch.reuse.survey_file import (
    LAYOUTS_FILE,
    SURVEY_FILE,
    read_layouts,
    read_survey,
    write_layouts,
    write_survey,
)
from flexruimte.errors import FlexruimteError
from flexruimte.evidence.parcels import Parcels, load_parcels
from flexruimte.kernels.joined import JoinCache
from flexruimte.kernels.layout import LayoutCache
from flexruimte.results.atomic_write import atomic_write
from flexruimte.results.versions import software_versions

__all__ = ["INPUTS_FILE", "KEPT_FILES", "KeptEvidence", "Reader", "Surveyor"]

INPUTS_FILE: Final = ".inputs.json"
"""What a survey was asked, the stamps of its inputs, and digests of what was read of them."""
KEPT_FILES: Final = (INPUTS_FILE, SURVEY_FILE, LAYOUTS_FILE)

Reader: TypeAlias = Callable[[Question, Parcels], LayersNear]
"""Gives the layers around the parcels of a municipality."""
Surveyor: TypeAlias = Callable[[Question, str, TakesLand, Progress, Reader], Survey]
"""Makes a survey, as `flexruimte.assessment.survey.survey` does."""


class KeptEvidence:
    """What is kept of one municipality, in the folder with its results.

    Parameters
    ----------
    folder
        Of the municipality.
    stamps
        By input, a text that changes when the input may have changed.
    fresh
        Whether to make everything anew.
    keep_layers
        Whether to keep the layers around the parcels too, from which buildable parts can be
        measured again.
    make_survey
        Makes a survey where none is kept; None is `flexruimte.assessment.survey.survey`.
    """

    def __init__(
        self,
        folder: Path,
        stamps: Mapping[str, str],
        *,
        fresh: bool = False,
        keep_layers: bool = True,
        make_survey: Surveyor | None = None,
    ) -> None:
        self._folder, self._stamps = folder, dict(stamps)
        self._keep_layers, self._make_survey = keep_layers, make_survey or survey
        self._inputs = None if fresh else _read_inputs(folder / INPUTS_FILE)
        self.layouts = LayoutCache() if fresh else read_layouts(folder / LAYOUTS_FILE, _software())
        self._layouts_kept = -1 if fresh else len(self.layouts.keys)

    def stands(self, question: Question, code: str) -> bool:
        """Return whether the survey that is kept answers a question, of inputs that are the same.

        Inputs whose stamps have changed are read again around the parcels, and the new stamps are
        noted if what is read is the same.

        Parameters
        ----------
        question
            What the study asks.
        code
            Of the municipality.
        """
        kept, asked = self._inputs, survey_question(question, code)
        if kept is None or not self._answers(asked, code):
            return False
        changed = [
            name for name, stamp in self._stamps.items() if kept["stamps"].get(name) != stamp
        ]
        if not changed:
            return True
        # What was read with other fields, or from farther around, cannot be compared.
        fields = _fields_read(asked)
        if any(kept["fields"].get(name) != fields.get(name) for name in changed):
            return False
        if not _reads_the_same(asked, code, changed, kept["digests"]):
            return False
        self._note(kept["asked"], kept["digests"], kept["fields"], kept["layers"])
        return True

    def _answers(self, asked: Question, code: str) -> bool:
        """Return whether the survey that is kept was asked what `survey_question` returns."""
        kept = self._inputs
        return kept is not None and survey_parts(asked, code).items() <= kept["asked"].items()

    def evidence(self, question: Question, code: str) -> Evidence | None:
        """Return what is kept, to try other choices on: nothing is read but that, or written.

        None where nothing is kept that answers the question. Whether inputs have changed since is
        not looked at.

        Parameters
        ----------
        question
            What the study asks.
        code
            Of the municipality.
        """
        asked = survey_question(question, code)
        if self._inputs is None or not self._answers(asked, code):
            return None
        parts = self._inputs["asked"], self._inputs["digests"]
        found = read_survey(self._folder / SURVEY_FILE, digest(*parts))
        if found is None:
            return None
        folder, key = self._folder / LAYERS_FOLDER, self._inputs["layers"]
        kept = KeptLayers(asked.ruleset, asked.sources, folder, key)
        return Evidence(
            code=code,
            found=found,
            answers=lambda other: self._answers(other, code),
            layers=HeldLayers(kept, question.block),
            lay_out=LayoutsHeld(self.layouts).lay_out,
            join=JoinCache().join,
        )

    def survey(
        self, question: Question, code: str, progress: Progress = lambda _step: None
    ) -> Survey:
        """Return the survey that is kept where it stands; else make one and keep it.

        Parameters
        ----------
        question
            What the study asks.
        code
            Of the municipality.
        progress
            Told which step starts.
        """
        asked, takes_land = survey_question(question, code), land_taken_by(question, code)
        progress("recalling")
        found = self._kept(question, asked, code, takes_land, progress)
        if found is not None:
            return found
        key = layers_key(asked, code, self._stamps)
        found = self._make_survey(
            asked, code, takes_land, progress, partial(self._layers_around, key)
        )
        remove_other_blocks(self._folder / LAYERS_FOLDER, found.blocks)
        read = contents_digests(found.layers, found.contents)
        read["parcels"] = parcels_digest(found.parcels)
        self._keep(found, survey_parts(asked, code), read, _fields_read(asked), key)
        return found

    def _layers_around(self, key: str, question: Question, parcels: Parcels) -> LayersNear:
        layers = layers_around(question, parcels)
        if not self._keep_layers:
            return layers
        return RecordedLayers(layers, self._folder / LAYERS_FOLDER, key)

    def keep_layouts(self) -> None:
        """Write the layouts, where some were made."""
        if len(self.layouts.keys) != self._layouts_kept:
            write_layouts(self.layouts, _software(), self._folder / LAYOUTS_FILE)

    def _kept(
        self,
        question: Question,
        asked: Question,
        code: str,
        takes_land: TakesLand,
        progress: Progress,
    ) -> Survey | None:
        if not self.stands(question, code) or self._inputs is None:
            return None
        parts, digests = self._inputs["asked"], self._inputs["digests"]
        found = read_survey(self._folder / SURVEY_FILE, digest(parts, digests))
        if found is None:
            return None
        found = found.answering(asked)
        kept_layers = partial(self._measuring, asked, progress)
        try:
            if _takes_the_same(found, takes_land):
                again = with_left_free(asked, found, takes_land, kept_layers)
            else:
                again = measure_again(asked, found, takes_land, kept_layers())
            again = with_land_shapes(asked, again, kept_layers)
        except FileNotFoundError:  # the layers were removed, or never kept
            return None
        if again is found:
            return found
        found, key = again, self._inputs["layers"]
        # What rules find that take part no more stays known.
        known = {name: part for name, part in parts.items() if name.startswith("rule ")}
        self._keep(found, known | survey_parts(asked, code), digests, self._inputs["fields"], key)
        return found

    def _measuring(self, asked: Question, progress: Progress) -> LayersNear:
        """Return what gives the layers that were kept, for what is measured again."""
        progress("measures")
        key = "" if self._inputs is None else self._inputs["layers"]
        return KeptLayers(asked.ruleset, asked.sources, self._folder / LAYERS_FOLDER, key)

    def _keep(
        self,
        found: Survey,
        parts: Mapping[str, str],
        digests: Mapping[str, str],
        fields: Mapping[str, Any],
        layers: str,
    ) -> None:
        write_survey(found, digest(parts, digests), self._folder / SURVEY_FILE)
        self._note(parts, digests, fields, layers)

    def _note(
        self,
        parts: Mapping[str, str],
        digests: Mapping[str, str],
        fields: Mapping[str, Any],
        layers: str,
    ) -> None:
        self._inputs = {
            "asked": dict(parts),
            "stamps": self._stamps,
            "digests": dict(digests),
            "fields": dict(fields),
            "layers": layers,
        }
        with atomic_write(self._folder / INPUTS_FILE) as partial:
            text = json.dumps(self._inputs, indent=1, sort_keys=True)
            partial.write_text(text + "\n", encoding="utf-8")


def _read_inputs(path: Path) -> dict[str, Any] | None:
    try:
        inputs = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = (
        isinstance(inputs, dict)
        and {"asked", "stamps", "digests", "fields", "layers"} <= inputs.keys()
    )
    return inputs if whole else None


def _takes_the_same(found: Survey, takes_land: TakesLand) -> bool:
    takes = takes_land(found.parcels.ids)
    return all(
        np.array_equal(takes(rule_id, finding, found.of_parcel), found.buildable.taken[rule_id])
        for rule_id, finding in found.findings.items()
    )


def _fields_read(asked: Question) -> dict[str, Any]:
    """Return which fields of each layer are read, and how far around the parcels."""
    ruleset = asked.ruleset
    return {
        key: [sorted(ruleset.fields_in_use(key)), ruleset.reach_m(key)] for key in asked.sources
    }


def _reads_the_same(
    asked: Question, code: str, changed: list[str], digests: Mapping[str, str]
) -> bool:
    """Return whether inputs are around the parcels as they were, by reading some of them again."""
    try:
        parcels = load_parcels(asked.parcels, asked.municipalities, code)
        if parcels_digest(parcels) != digests["parcels"]:
            return False
        keys = [name for name in changed if name in asked.sources]
        if not keys:
            return True
        only = replace(asked, sources={key: asked.sources[key] for key in keys})
        found = contents_digests(*read_contents(only, parcels))
        return all(digests.get(key) == found[key] for key in keys)
    except FlexruimteError:
        return False  # the computation will say what is wrong


def _software() -> str:
    return digest(software_versions())
