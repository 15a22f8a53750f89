"""The rows of law of a ruleset as a table: for the terminal, and for the documentation."""

from __future__ import annotations

from flexruimte.rules.parts import Test
from flexruimte.rules.regulations import Regime
from flexruimte.rules.ruleset import Ruleset
from flexruimte.wording.labels import in_language, label
from flexruimte.wording.messages import Language, message
from flexruimte.wording.quantities import date_text, quantity_text

__all__ = ["regime_rows"]


def regime_rows(ruleset: Ruleset, language: Language) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of the table of law.

    The columns are id, title, when it holds, where, the longest stay, what it lifts, what follows
    or has to be verified, basis and source.
    """
    names = ("regime", "title", "period", "where", "longest", "lifts", "note", "basis", "source")
    head = [label("column", name, language) for name in names]
    rows = [
        [
            regime_id,
            in_language(regime.title, language),
            _period(regime, language),
            _where(regime, language),
            quantity_text(regime.longest_years, "year", language)
            if regime.longest_years is not None
            else message("regime-no-maximum", language),
            ", ".join(regime.lifts),
            in_language(regime.note, language),
            label("basis", regime.basis, language),
            regime.source,
        ]
        for regime_id, regime in ruleset.regimes.items()
    ]
    return head, rows


def _period(regime: Regime, language: Language) -> str:
    """Return when a row holds, and by which day."""
    start, end = date_text(regime.start, language), date_text(regime.end, language)
    if start and end:
        text = message("regime-between", language, start=start, end=end)
    elif start:
        text = message("regime-from", language, start=start)
    else:
        text = message("regime-until" if end else "regime-always", language, end=end)
    by_realisation = regime.counted_from == "realisation"
    return message("regime-by-realisation", language, period=text) if by_realisation else text


def _where(regime: Regime, language: Language) -> str:
    """Return on which parcels, and for which choice of the study, a row holds."""
    tests = [_test_text(test, language) for test in regime.when]
    choices = [f"{name} = {value}" for name, value in regime.only_for.items()]
    return ", ".join([*tests, *choices])


def _test_text(test: Test, language: Language) -> str:
    parts = [
        message(message_id, language, classes=", ".join(map(str, listing)))
        for message_id, listing in (("test-in", test.in_), ("test-not-in", test.not_in))
        if isinstance(listing, list)
    ]
    parts += [
        message(message_id, language, value=f"{value}")
        for message_id, value in (("test-at-least", test.at_least), ("test-at-most", test.at_most))
        if value is not None
    ]
    return f"{test.measure} {', '.join(parts)}"
