"""Priority: the class that a location falls in before its score counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from flexruimte.errors import did_you_mean
from flexruimte.rules.parts import Number, Sourced, Text
from flexruimte.vocabulary import Level

__all__ = ["Priority", "problems_of_priorities"]


class Priority(Sourced):
    """A class of locations: those that meet its conditions and those of no class before it.

    A condition is a rule's verdict. A rule that is switched off asks nothing; one that is left out
    says nothing, and so does not pass.
    """

    title: Text
    """What it is called."""
    passes: list[str] = []
    """Each of these rules must say yes; what is not known does not pass."""
    refuses: list[str] = []
    """A "no" of any of these rules keeps out; what is not known does not."""
    refuses_levels: list[Level] = []
    """A "no" of any rule of these levels keeps out, ..."""
    but_for: list[str] = []
    """... but for these rules."""
    suitable_from: Number | None = None
    """A suitability below this for the best target group that counts, of those for which it is
    known, keeps out; where it is known for none it does not."""
    apart_m: float | None = Field(default=None, ge=0)
    """Of locations that lie this near to each other only the best by score, homes and id: the
    others fall to the next class. 0 is touching. [m]"""
    most: int | None = Field(default=None, ge=1)
    """So many locations at most, the best by score, homes and id: the others fall to the next
    class."""

    @property
    def takes_all(self) -> bool:
        """Whether every location meets its conditions."""
        asks = self.passes or self.refuses or self.refuses_levels
        return not asks and self.suitable_from is None

    def refusals(self, levels: Mapping[str, Level]) -> list[str]:
        """Return the ids of the rules whose "no" keeps out, in the order of the ruleset.

        Parameters
        ----------
        levels
            Level of each rule that counts, by id.
        """
        return [
            rule_id
            for rule_id, level in levels.items()
            if rule_id in self.refuses
            or (level in self.refuses_levels and rule_id not in self.but_for)
        ]

    def is_met_wherever(self, other: Priority) -> bool:
        """Whether a location that meets the conditions of another class always meets these."""
        suits = self.suitable_from in (None, other.suitable_from)
        excepted_by_both = not self.refuses_levels or set(other.but_for) <= set(self.but_for)
        return (
            set(self.passes) <= set(other.passes)
            and set(self.refuses) <= {*other.refuses, *other.passes}
            and set(self.refuses_levels) <= set(other.refuses_levels)
            and excepted_by_both
            and suits
        )


def problems_of_priorities(
    priorities: Mapping[str, Priority], rules: Sequence[str]
) -> Iterator[str]:
    """Yield the contradictions in classes of priority, each as one line with a remedy.

    Parameters
    ----------
    priorities
        The classes by id, the first being the best.
    rules
        Ids of all rules.
    """
    before: dict[str, Priority] = {}
    for name, priority in priorities.items():
        where = f"priorities.{name}"
        for key in ("passes", "refuses", "but_for"):
            for rule_id in getattr(priority, key):
                if rule_id not in rules:
                    yield (
                        f"[{where}] {key}: rule '{rule_id}' does not exist; "
                        f"{did_you_mean(rule_id, rules)}"
                    )
        yield from _problems_of_exceptions(where, priority)
        for better, other in before.items():
            if other.most is None and other.apart_m is None and other.is_met_wherever(priority):
                yield (
                    f"[{where}] can never be reached: what meets its conditions is in "
                    f"'{better}' already; make those of '{better}' stricter, or take one out"
                )
        before[name] = priority
    nearest = bool(before) and priority.apart_m is not None
    if before and not (priority.takes_all and priority.most is None and not nearest):
        yield (
            f"[priorities.{name}] is the last class and has conditions, which leaves a gap: a "
            "location that does not meet them has no class; add a last class without conditions"
        )


def _problems_of_exceptions(where: str, priority: Priority) -> Iterator[str]:
    for key in ("passes", "refuses"):
        both = [rule_id for rule_id in getattr(priority, key) if rule_id in priority.but_for]
        if both:
            yield (
                f"[{where}] '{both[0]}' stands in {key} and in but_for, which contradict each "
                "other; take it out of one"
            )
    if priority.but_for and not priority.refuses_levels:
        yield (
            f"[{where}] but_for excepts rules from refuses_levels, and there are none; "
            "add refuses_levels or take but_for out"
        )
