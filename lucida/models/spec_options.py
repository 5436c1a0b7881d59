"""What stands behind the question mark of a spec, ``hf:ID?dtype=bfloat16&device=cpu``, whatever the back end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import unquote

from lucida.errors import UsageError

#: Number formats by the names that people write.
DTYPES = {
    "auto": "auto",
    **dict.fromkeys(("fp32", "float32"), "fp32"),
    **dict.fromkeys(("bf16", "bfloat16"), "bf16"),
    **dict.fromkeys(("fp16", "float16"), "fp16"),
}


def split(spec: str, names: Iterable[str], repeated: Collection[str] = ()) -> tuple[str, dict[str, list[str]]]:
    """The spec without its options, and the options.

    Args:
        spec: what was written.
        names: options that there are.
        repeated: those of them that may be given more than once.

    Returns:
        What stands before the question mark, and the values of each option that was given, in order.

    Raises:
        UsageError: an option is unknown, given twice or without a value.
    """
    model, _, rest = spec.partition("?")
    given: dict[str, list[str]] = {}
    for pair in filter(None, rest.split("&")):
        name, _, value = pair.partition("=")
        if name not in names:
            raise UsageError(f"{spec!r} has an unknown option {name!r}.", f"Known are: {', '.join(names)}.")
        if not value or (name in given and name not in repeated):
            what = "twice" if name in given else "without a value"
            raise UsageError(f"{spec!r} gives the option {name} {what}.", f"Write it once, as {name}=VALUE.")
        given.setdefault(name, []).append(unquote(value))
    return model, given


def meaning(spec: str, name: str, given: Mapping[str, list[str]], known: Mapping[str, str]) -> str | None:
    """What a value of an option stands for; None where the option was not given.

    Raises:
        UsageError: there is no such value.
    """
    if name not in given:
        return None
    value = given[name][0]
    if value not in known:
        raise UsageError(f"{spec!r} has no sense: there is no {name} {value!r}.", f"Known are: {', '.join(known)}.")
    return known[value]
