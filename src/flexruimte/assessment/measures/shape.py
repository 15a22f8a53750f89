"""Measures of a shape itself, whatever lies on it."""

from __future__ import annotations

from flexruimte.assessment.measures.inputs import MeasureInputs
from flexruimte.kernels import overlap
from flexruimte.rules.measures import StripWidthMeasure
from flexruimte.vocabulary import Floats

__all__ = ["strip_width"]


def strip_width(_measure: StripWidthMeasure, inputs: MeasureInputs) -> Floats:
    """Return how wide each shape is when it is taken for a strip. (n,) float64 [m]"""
    return overlap.strip_width(inputs.overlay.shapes)
