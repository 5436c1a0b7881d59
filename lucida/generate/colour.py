"""Colours as people write them: ``"#rrggbb"`` or ``"#rrggbbaa"``."""

from __future__ import annotations

from functools import lru_cache

#: A flat colour, or (top, bottom) of a vertical gradient over the shape's own height.
Fill = str | tuple[str, str]
Rgba = tuple[int, int, int, int]


@lru_cache(maxsize=4096)
def rgba(colour: str) -> Rgba:
    """Components 0..255 of ``"#rrggbb"`` or ``"#rrggbbaa"``; opaque where no alpha is given.

    Raises:
        ValueError: the text is not such a colour.
    """
    digits = colour.removeprefix("#")
    if len(digits) not in (6, 8):
        raise ValueError(f"not a colour: {colour!r}")
    red, green, blue, alpha = (int((digits + "ff")[start : start + 2], 16) for start in (0, 2, 4, 6))
    return red, green, blue, alpha


def mix(first: str, second: str, share: float) -> str:
    """The colour ``share`` (0..1) of the way from ``first`` to ``second``, alpha included."""
    pairs = zip(rgba(first), rgba(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * min(max(share, 0.0), 1.0)):02x}" for a, b in pairs)
