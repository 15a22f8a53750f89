"""What a ruleset calls its parts, for what is printed in the language of a study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from flexruimte.assessment.pipeline import Question
from flexruimte.assessment.sites import OWNER
from flexruimte.errors import printable
from flexruimte.results.funnel import UNKNOWN_OWNER
from flexruimte.rules.measures import AttributeMeasure
from flexruimte.rules.parts import Text
from flexruimte.rules.ruleset import Ruleset
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message

__all__ = ["Titles"]


class _Titled(Protocol):
    """A part of a ruleset with a title."""

    @property
    def title(self) -> Text:
        """What it is called."""


@dataclass(frozen=True)
class Titles:
    """The titles of the parts of a ruleset in one language; the id of what it does not have."""

    ruleset: Ruleset
    language: Language

    @classmethod
    def of(cls, question: Question) -> Titles:
        """Return the titles in the language of a study."""
        return cls(question.ruleset, question.language)

    def priority(self, name: str) -> str:
        """Return what a class of priority is called."""
        return self._title(name, self.ruleset.priorities)

    def layer_or_rule(self, name: str) -> str:
        """Return what a layer or a rule is called."""
        known: dict[str, _Titled] = {**self.ruleset.rules, **self.ruleset.layers}
        return self._title(name, known)

    def layers_and_rules(self, names: Iterable[str]) -> list[str]:
        """Return what layers and rules are called."""
        return [self.layer_or_rule(name) for name in names]

    def group(self, name: str) -> str:
        """Return what a target group is called."""
        return self._title(name, self.ruleset.groups)

    def owner(self, name: str) -> str:
        """Return what a kind of owner is called."""
        if name == UNKNOWN_OWNER:
            return message("unknown", self.language)
        measure = self.ruleset.measures.get(OWNER)
        if not isinstance(measure, AttributeMeasure):
            return printable(name)
        titles = self.ruleset.layers[measure.layer].field(measure.field).titles
        return printable(in_language(titles.get(name), self.language) or name)

    def _title(self, name: str, parts: Mapping[str, _Titled]) -> str:
        text = in_language(parts[name].title, self.language) if name in parts else ""
        return printable(text or name)
