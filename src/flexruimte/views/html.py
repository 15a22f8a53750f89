"""HTML for notebooks, maps and reports, by the Jinja templates in `templates/`.

Every value is escaped.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["render"]


def render(template: str, **values: Any) -> str:
    """Return HTML.

    Parameters
    ----------
    template
        Name of a file in `templates/`, without ``.html``.
    **values
        What the template shows. Texts are escaped; a value that the template asks for and that is
        not given is an error.

    Examples
    --------
    >>> render("frame", title="<b>", height=1, page="")[:25]
    '<iframe title="&lt;b&gt;"'
    """
    return _environment().get_template(f"{template}.html").render(values)


@cache
def _environment() -> Environment:
    # Many commands write no HTML, and need not wait for Jinja.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("flexruimte.views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
