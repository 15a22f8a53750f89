"""What is at hand of a municipality: its survey, the layers behind it, layouts that were made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flexruimte.assessment.capacity import LayOut
from flexruimte.assessment.known_outcomes import KnownOutcomes
from flexruimte.assessment.pipeline import Assessment, Question, judge, land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.resurvey import LayersOfSome, survey_of
from flexruimte.assessment.survey import LayersNear, TakesLand, measure_again, with_left_free
from flexruimte.assessment.surveyed import Survey
from flexruimte.errors import StudyError
from flexruimte.evidence.layers import Layer
from flexruimte.kernels.joined import JoinLand, join_land
from flexruimte.kernels.layout import LayoutCache, LayoutParameters, Layouts, without_drawings
from flexruimte.vocabulary import Geometries, Integers

__all__ = ["Evidence", "HeldLayers", "LayoutsHeld", "NewSurveyNeeded"]


class NewSurveyNeeded(StudyError):
    """What is asked cannot be answered from what is at hand: layers would have to be read."""


class HeldLayers:
    """Layers that stay in memory once they are there.

    Parameters
    ----------
    layers
        Gives the layers around a block of parcels.
    most_parcels
        Around how many parcels at most, but always around the last block; None is all.
    """

    def __init__(self, layers: LayersNear, most_parcels: int | None = None) -> None:
        self._layers, self._most = layers, most_parcels
        self._held: dict[bytes, tuple[int, dict[str, Layer]]] = {}

    def near(self, members: Integers) -> dict[str, Layer]:
        """Return the layers around some of the parcels, by key. (k,) int"""
        key = np.asarray(members, dtype=np.int64).tobytes()
        if key not in self._held:
            found = self._layers.near(members)
            self._held[key] = len(members), found
            while self._most is not None and len(self._held) > 1 and self._parcels() > self._most:
                del self._held[next(iter(self._held))]
            return found
        return self._held[key][1]

    def _parcels(self) -> int:
        return sum(count for count, _ in self._held.values())


class LayoutsHeld:
    """Layouts that are made once for each set of parameters and piece of land.

    Parameters
    ----------
    known
        Layouts that were made before; their drawings are left out, as nobody looks at them here.
    """

    def __init__(self, known: LayoutCache | None = None) -> None:
        self._by_parameters: dict[LayoutParameters, LayoutCache] = {}
        if known is not None and known.parameters is not None and known.layouts is not None:
            self._by_parameters[known.parameters] = LayoutCache(
                known.parameters, known.keys, without_drawings(known.layouts)
            )

    def lay_out(self, parts: Geometries, parameters: LayoutParameters) -> Layouts:
        """Return what `flexruimte.kernels.layout.lay_out` does."""
        cache = self._by_parameters.setdefault(parameters, LayoutCache())
        return cache.lay_out(parts, parameters)


@dataclass(frozen=True)
class Evidence:
    """What is at hand of one municipality."""

    code: str
    found: Survey
    """What the layers say of its parcels."""
    answers: Callable[[Question], bool]
    """Whether that answers what `survey_question` returns."""
    layers: LayersNear | None
    """Gives the layers around a block of the parcels, without opening a source; None where they
    were not kept."""
    lay_out: LayOut
    join: JoinLand = join_land
    """Joins the land of parcels; best one that remembers."""

    def judged(
        self,
        question: Question,
        found: Survey,
        site_of: Integers | None = None,
        known: KnownOutcomes | None = None,
    ) -> Assessment:
        """Return parcels judged and ranked by what a survey says of them.

        Parameters
        ----------
        question
            What is asked.
        found
            What the layers say.
        site_of
            Position of the site of each parcel, where that is known. (n,) int
        known
            What is known of groups of the parcels.
        """
        return judge(
            question,
            self.code,
            found,
            self.lay_out,
            join=self.join,
            site_of=site_of,
            known=known,
        )

    def survey(self, question: Question) -> Survey:
        """Return what the survey says that a question asks, as far as it is the same.

        The buildable parts are those that were surveyed: see `measured_again`.

        Raises
        ------
        NewSurveyNeeded
            When the layers were asked something else.
        """
        asked = survey_question(question, self.code)
        if not self.answers(asked):
            raise NewSurveyNeeded("the layers were asked something else")
        return self.found.answering(asked)

    def of_some(self, question: Question, members: Integers, found: Survey | None = None) -> Survey:
        """Return a survey of some of the parcels, with the land that rules of a question take.

        Parameters
        ----------
        question
            What the study asks.
        members
            Positions of the parcels. (k,) int
        found
            What `survey` returned of the question, where that is at hand.

        Raises
        ------
        NewSurveyNeeded
            When the layers were asked something else, or were not kept.
        """
        some = survey_of(self.survey(question) if found is None else found, members)
        takes = land_taken_by(question, self.code)
        of_rule = takes(some.parcels.ids)
        same = all(
            np.array_equal(of_rule(rule_id, found, some.of_parcel), some.buildable.taken[rule_id])
            for rule_id, found in some.findings.items()
        )
        if not same:
            return self.measured_again(question, some, members, takes)
        asked = survey_question(question, self.code)
        return with_left_free(asked, some, takes, lambda: self.layers_of(members))

    def measured_again(
        self, question: Question, some: Survey, members: Integers, takes_land: TakesLand
    ) -> Survey:
        """Return a survey of some of the parcels, where other rules take their land.

        Parameters
        ----------
        question
            What the study asks.
        some
            Of these parcels.
        members
            Their positions. (k,) int
        takes_land
            Says from which parcels a rule takes the land that it covers.

        Raises
        ------
        NewSurveyNeeded
            When the layers were not kept.
        """
        asked = survey_question(question, self.code)
        return measure_again(asked, some, takes_land, self.layers_of(members))

    def layers_of(self, members: Integers) -> LayersNear:
        """Return what gives the layers around some of the parcels. (k,) int

        Raises
        ------
        NewSurveyNeeded
            When they were not kept.
        """
        if self.layers is None:
            raise NewSurveyNeeded("the layers around the parcels were not kept")
        return _Kept(LayersOfSome(self.layers, self.found, members))


@dataclass(frozen=True)
class _Kept:
    """Layers of which some may have been removed."""

    layers: LayersNear

    def near(self, members: Integers) -> dict[str, Layer]:
        try:
            return self.layers.near(members)
        except FileNotFoundError:
            raise NewSurveyNeeded("the layers around the parcels were not kept") from None
