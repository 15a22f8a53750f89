"""Rectangles inside polygons: free bands, directions of rows, and room for a rectangle."""

from flexruimte.kernels.rectangles.bands import (
    MARGIN_M,
    Bands,
    Blocked,
    Edges,
    Frames,
    Intervals,
    blocked,
    edges,
    free_intervals,
    rectangles_on_map,
)
from flexruimte.kernels.rectangles.directions import long_side_degrees, row_directions
from flexruimte.kernels.rectangles.room import has_room_for_rectangle, room_for_rectangle

__all__ = [
    "MARGIN_M",
    "Bands",
    "Blocked",
    "Edges",
    "Frames",
    "Intervals",
    "blocked",
    "edges",
    "free_intervals",
    "has_room_for_rectangle",
    "long_side_degrees",
    "rectangles_on_map",
    "room_for_rectangle",
    "row_directions",
]
