"""Titles as they stand within a sentence."""

from __future__ import annotations

from flexruimte.results.summary_rules import LandRuleFacts, RuleFacts
from flexruimte.wording.labels import in_language
from flexruimte.wording.messages import Language, message

__all__ = ["lowered", "objection"]


def lowered(text: str) -> str:
    """Return a title as it stands within a sentence; an abbreviation keeps its capitals.

    Examples
    --------
    >>> lowered("Haalbaarheid"), lowered("BAG-panden"), lowered("")
    ('haalbaarheid', 'BAG-panden', '')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def objection(facts: RuleFacts, language: Language) -> str:
    """Return what a rule that says no holds against land.

    The title of a rule on land is what lies there; that of a rule on a measure is a wish, which as
    a reason would say the opposite.
    """
    title = in_language(facts.title, language)
    if isinstance(facts, LandRuleFacts):
        return title
    return message("report-not-met", language, wish=lowered(title))
