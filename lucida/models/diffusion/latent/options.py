"""What stands behind the question mark of the embedded generator's spec."""

from __future__ import annotations

from dataclasses import dataclass

from lucida.errors import UsageError
from lucida.models.spec_options import DTYPES, meaning, split

_OPTIONS = ("dtype", "device", "batch", "passes")


@dataclass(frozen=True, slots=True)
class Options:
    """A spec, taken apart.

    Attributes:
        dtype, device: as ``devices.choose`` takes them.
        batch: pictures that are drawn at a time; with more than 1 a picture may differ in its last bits from the same
            drawn alone.
        one_pass: whether guidance calls the denoiser once a step, with both conditions, or twice.
    """

    dtype: str | None = None
    device: str | None = None
    batch: int = 1
    one_pass: bool = True

    @classmethod
    def read(cls, spec: str) -> Options:
        """Take a spec apart.

        Raises:
            UsageError: an option is unknown, given twice or without sense.
        """
        _, given = split(spec, _OPTIONS)
        batch = given.get("batch", ["1"])[0]
        if not (batch.isascii() and batch.isdecimal() and int(batch) > 0):
            raise UsageError(f"{spec!r} has no sense: batch is {batch}.", "Write a whole number from 1.")
        passes = meaning(spec, "passes", given, {"1": "1", "2": "2"})
        device = given["device"][0] if "device" in given else None
        return cls(meaning(spec, "dtype", given, DTYPES), device, int(batch), passes != "2")
