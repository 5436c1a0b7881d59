"""What stands behind the question mark of a spec: ``hf:ID?dtype=bfloat16&device=cpu&max_pixels=1000000``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from lucida.errors import UsageError
from lucida.models.hf_files import split_spec

_DTYPES = {
    "auto": "auto",
    **dict.fromkeys(("fp32", "float32"), "fp32"),
    **dict.fromkeys(("bf16", "bfloat16"), "bf16"),
    **dict.fromkeys(("fp16", "float16"), "fp16"),
}
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
    model, _, rest = spec.partition("?")
    split_spec(model)
    given: dict[str, str] = {}
    for pair in filter(None, rest.split("&")):
        name, _, value = pair.partition("=")
        if name not in _NAMES:
            raise UsageError(f"{spec!r} has an unknown option {name!r}.", f"Known are: {', '.join(_NAMES)}.")
        if name in given or not value:
            what = "twice" if name in given else "without a value"
            raise UsageError(f"{spec!r} gives the option {name} {what}.", f"Write it once, as {name}=VALUE.")
        given[name] = unquote(value)
    pixels = given.get("max_pixels")
    return Options(
        model=model,
        dtype=_of(spec, "dtype", given, _DTYPES),
        device=given.get("device"),
        max_pixels=None if pixels is None else _pixels(spec, pixels),
        quantise=_of(spec, "quantise", given, dict(zip(_QUANTISED, _QUANTISED, strict=True))),
    )


def _of(spec: str, name: str, given: dict[str, str], known: dict[str, str]) -> str | None:
    value = given.get(name)
    if value is not None and value not in known:
        raise UsageError(f"{spec!r} has no sense: there is no {name} {value!r}.", f"Known are: {', '.join(known)}.")
    return None if value is None else known[value]


def _pixels(spec: str, text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < _LEAST_PIXELS:
        raise UsageError(
            f"{spec!r} has no sense: max_pixels is {text}.",
            f"Write a whole number of {_LEAST_PIXELS} or more, e.g. 1000000.",
        )
    return number
