"""The public names of the library, each with what mkdocstrings makes of its docstring."""

from __future__ import annotations

import inspect

import flexruimte as fr

__all__ = ["python_page"]


def python_page() -> str:
    """Return a page with all public names: where to begin, functions, classes, errors."""
    things = {name: getattr(fr, name) for name in fr.__all__}
    errors = [name for name, thing in things.items() if _is_error(thing)]
    others = [name for name in things if name not in errors]
    others.sort(key=lambda name: (name != "Study", name != "Ranking", name))
    text = (
        "# Python interface\n\n"
        "`import flexruimte as fr` gives these names and no others. Whatever is elsewhere in the "
        "package may change without notice.\n"
    )
    for heading, names in (("", others), ("Errors", sorted(errors))):
        text += f"\n## {heading}\n" if heading else ""
        text += "".join(f"\n::: flexruimte.{name}\n" for name in names)
    return text


def _is_error(thing: object) -> bool:
    return inspect.isclass(thing) and issubclass(thing, Exception)
