"""HTML is made of templates that escape what data says."""

from __future__ import annotations

import jinja2
import pytest

from flexruimte.views.html import render


def test_what_data_says_never_becomes_markup() -> None:
    made = render("frame", title="<i>naam</i>", height=1, page='"><img src=x onerror=alert(1)>')
    assert "<i>" not in made
    assert "<img" not in made
    assert "&lt;i&gt;naam&lt;/i&gt;" in made


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("frame")
