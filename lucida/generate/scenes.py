"""Pictures of simple scenes, for example libraries and synthetic training data.

All are drawn on one grid of 120 x 90 units; the seed moves clouds, changes coats and paints, turns the windmill.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from lucida.errors import UsageError
from lucida.generate import aircraft, animals, buildings, scenery, still_life, vehicles
from lucida.generate.canvas import Canvas
from lucida.generate.parts import HEIGHT, WIDTH

_PAINTERS = {
    **scenery.SCENES,
    **buildings.SCENES,
    **animals.SCENES,
    **vehicles.SCENES,
    **aircraft.SCENES,
    **still_life.SCENES,
}


def scene_names() -> tuple[str, ...]:
    """Names that ``draw_scene`` knows."""
    return tuple(_PAINTERS)


def scene_caption(name: str) -> str:
    """One English phrase of what the scene shows: the first line of its painter's docstring.

    Raises:
        UsageError: there is no scene of that name.
    """
    phrase = (_painter(name).__doc__ or name).splitlines()[0].rstrip(".")
    return phrase[0].lower() + phrase[1:]


def draw_scene(name: str, width_px: int = 640, height_px: int = 480, *, seed: int = 0) -> Image.Image:
    """Draw one scene, RGB. The same arguments give the same pixels.

    Other aspect ratios than 4:3 show the middle of the scene.

    Raises:
        UsageError: there is no scene of that name.
    """
    painter = _painter(name)
    units_per_px = min(WIDTH / width_px, HEIGHT / height_px)
    full_px = round(WIDTH / units_per_px), round(HEIGHT / units_per_px)
    canvas = Canvas(*full_px, units=WIDTH, seed=seed)
    painter(canvas)
    left, top = (full_px[0] - width_px) // 2, (full_px[1] - height_px) // 2
    return canvas.finish(grain=2.0).crop((left, top, left + width_px, top + height_px))


def _painter(name: str) -> Callable[[Canvas], None]:
    if name not in _PAINTERS:
        raise UsageError(f"There is no scene called {name!r}.", f"Choose one of: {', '.join(_PAINTERS)}.")
    return _PAINTERS[name]
