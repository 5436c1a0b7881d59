"""Drawing: pictures, charts and documents made from nothing, and the damage that turns a page into a scan.

This room supplies material whose content is known, because it was drawn here: the folder ``examples/``, test files, and
synthetic training pages with their true text and boxes. Everything is seeded: the same arguments give the same result.
Names are resolved on first use, so that importing the package loads neither Pillow nor PyMuPDF.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lucida.generate.canvas import Canvas
    from lucida.generate.scans import rasterise, save_scan
    from lucida.generate.scenes import draw_scene, scene_caption, scene_names
    from lucida.generate.sheet import Paper, Sheet
    from lucida.generate.wear import Wear, degrade

_HOMES = {
    "Canvas": "canvas",
    "Paper": "sheet",
    "Sheet": "sheet",
    "Wear": "wear",
    "degrade": "wear",
    "draw_scene": "scenes",
    "rasterise": "scans",
    "save_scan": "scans",
    "scene_caption": "scenes",
    "scene_names": "scenes",
}

__all__ = [
    "Canvas",
    "Paper",
    "Sheet",
    "Wear",
    "degrade",
    "draw_scene",
    "rasterise",
    "save_scan",
    "scene_caption",
    "scene_names",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
