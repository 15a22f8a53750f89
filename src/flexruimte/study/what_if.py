"""What if, of a study in memory: surveys are made once, then choices are tried on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flexruimte.analyses.what_if import (
    Asked,
    Evidence,
    HeldLayers,
    LayoutsHeld,
    VariantLike,
    WhatIfTables,
    compare,
    variants_of,
)
from flexruimte.assessment.asked import parts_asked
from flexruimte.assessment.pipeline import Progress, Question, land_taken_by
from flexruimte.assessment.question import survey_question
from flexruimte.assessment.survey import layers_around, survey
from flexruimte.errors import FlexruimteError
from flexruimte.evidence.parcels import Parcels
from flexruimte.kernels.joined import JoinCache
from flexruimte.kernels.threads import use_threads
from flexruimte.views.what_if_chart import draw_what_if
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["WhatIf", "asked_by", "of_study", "survey_in_memory", "what_if"]


@dataclass(frozen=True, kw_only=True)
class WhatIf(WhatIfTables):
    """What each excluding rule takes, and variants of a study side by side, for people."""

    study: str
    """Name of the study."""
    language: Language
    best_title: str = ""
    """What the best class of priority is called; empty where there are no classes."""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what the rules take, alone and as the only obstacle; needs matplotlib.

        Parameters
        ----------
        ax
            Where to draw; None makes a new figure.

        Raises
        ------
        OutputError
            When matplotlib is not installed.
        """
        return draw_what_if(self.rules_everywhere, self.study, self.language, ax)

    def __repr__(self) -> str:
        """Return a one-line description."""
        rules, names = self.rules["rule"].nunique(), self.variants["variant"].nunique() - 1
        places = self.variants["gemeente_code"].nunique()
        counted = [
            f"{count} {name if count == 1 else plural}"
            for count, name, plural in (
                (places, "municipality", "municipalities"),
                (rules, "rule", "rules"),
                (names, "variant", "variants"),
            )
        ]
        return f"<What if of '{self.study}': {', '.join(counted)}>"


def what_if(
    question: Question,
    codes: Sequence[str],
    variants: Sequence[Asked],
    rules: Sequence[str] | None,
    *,
    new_surveys: bool,
    progress: Progress,
) -> WhatIf:
    """Survey municipalities, and try choices on what was found.

    Parameters
    ----------
    question
        What the study asks.
    codes
        Of the municipalities.
    variants
        The study with other choices.
    rules
        The excluding rules that are asked for; None is all.
    new_surveys
        Whether to survey anew for variants that ask the layers something else.
    progress
        Told which step starts.
    """
    found = []
    for code in codes:
        evidence = survey_in_memory(question, code, progress)

        def anew(other: Question, code: str = code) -> Evidence:
            return survey_in_memory(other, code, progress)

        progress("what if")
        found.append(compare(question, evidence, variants, rules, anew if new_surveys else None))
    return WhatIf.of(found, **of_study(question))


def of_study(question: Question) -> dict[str, Any]:
    """Return what `WhatIf` says of the study itself."""
    best = next(iter(question.ruleset.priorities.values()), None)
    return {
        "study": question.name,
        "language": question.language,
        "best_title": "" if best is None else in_language(best.title, question.language),
    }


def survey_in_memory(
    question: Question, code: str, progress: Progress = lambda _step: None
) -> Evidence:
    """Survey a municipality, and keep in memory what choices can be tried on.

    Parameters
    ----------
    question
        What the study asks.
    code
        Of the municipality.
    progress
        Told which step starts.

    Raises
    ------
    FlexruimteError
        When the municipality has no parcels, or a layer cannot be used.
    """
    asked, held = survey_question(question, code), []

    def held_layers(asked: Question, parcels: Parcels) -> HeldLayers:
        held.append(HeldLayers(layers_around(asked, parcels)))
        return held[0]

    with use_threads(question.threads):
        found = survey(asked, code, land_taken_by(question, code), progress, held_layers)
    parts = parts_asked(asked, code)
    return Evidence(
        code=code,
        found=found,
        answers=lambda other: parts_asked(other, code).items() <= parts.items(),
        layers=held[0],
        lay_out=LayoutsHeld().lay_out,
        join=JoinCache().join,
    )


def asked_by(variants: Sequence[VariantLike], changed: Callable[..., Any]) -> list[Asked]:
    """Return variants of a study, as questions.

    Parameters
    ----------
    variants
        The variants, or paths of their files.
    changed
        `Study.changed`.

    Raises
    ------
    FlexruimteError
        When a variant cannot be read, or names something that does not exist.
    """
    asked = []
    for variant in variants_of(variants):
        try:
            question = changed(**variant.changes).question
        except FlexruimteError as error:
            raise type(error)(f"variant '{variant.name}': {error}") from None
        asked.append(Asked(variant.name, variant.shown, question))
    return asked
