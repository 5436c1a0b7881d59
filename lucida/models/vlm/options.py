"""What stands behind the question mark of a spec: ``hf:ID?dtype=bfloat16&device=cpu&max_pixels=1000000``."""

from __future__ import annotations

from dataclasses import dataclass

from lucida.errors import UsageError
from lucida.models.hf_files import split_spec
from lucida.models.spec_options import DTYPES, meaning, split

_QUANTISED = ("8bit", "4bit")
_NAMES = ("dtype", "device", "max_pixels", "quantise")
#: Smaller pictures than this show nothing.
_LEAST_PIXELS = 32 * 32


@dataclass(frozen=True, slots=True)
class Options:
    """A spec, taken apart.

    Attributes:
        model: the spec without its options, ``hf:ID_OR_FOLDER``.
        dtype, device: as ``devices.choose`` takes them; None is its own choice.
        max_pixels: pictures with more are shrunk before they are shown.
        quantise: "8bit", "4bit" or None.
    """

    model: str
    dtype: str | None = None
    device: str | None = None
    max_pixels: int | None = None
    quantise: str | None = None


def read(spec: str) -> Options:
    """Take a spec apart.

    Raises:
        UsageError: it has another form, or an option that is unknown, given twice or without sense.
    """
    model, given = split(spec, _NAMES)
    split_spec(model)
    pixels = given.get("max_pixels")
    return Options(
        model=model,
        dtype=meaning(spec, "dtype", given, DTYPES),
        device=given["device"][0] if "device" in given else None,
        max_pixels=None if pixels is None else _pixels(spec, pixels[0]),
        quantise=meaning(spec, "quantise", given, dict(zip(_QUANTISED, _QUANTISED, strict=True))),
    )


def _pixels(spec: str, text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < _LEAST_PIXELS:
        raise UsageError(
            f"{spec!r} has no sense: max_pixels is {text}.",
            f"Write a whole number of {_LEAST_PIXELS} or more, e.g. 1000000.",
        )
    return number
