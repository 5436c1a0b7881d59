"""Options that the commands of ``lucida generate`` share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.errors import UsageError

if TYPE_CHECKING:
    from lucida.generate.making.credentials import Identity
    from lucida.generate.making.order import Recipe, Use

Model = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", metavar="SPEC", help="Who draws: diffusers:ID_OR_FOLDER, or mini where one was trained."
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the first picture; the next has the next.")]
Uses = Annotated[
    list[str] | None,
    typer.Option(
        "--use",
        metavar="WHAT",
        help="What guides drawings: text, vector, image or guide; repeatable (default: what the model does best).",
    ),
]
Strength = Annotated[
    float,
    typer.Option("--strength", min=0.01, max=1.0, help="With --use image: how much of the picture is given up."),
]
Negative = Annotated[str, typer.Option("--negative", metavar="WORDS", help="What should not be there.")]
Width = Annotated[int | None, typer.Option("--width", min=8, help="Width in pixels (default: the model's own).")]
Height = Annotated[int | None, typer.Option("--height", min=8, help="Height in pixels (default: the model's own).")]
Steps = Annotated[int | None, typer.Option("--steps", min=1, help="Steps of the denoiser (default: the model's own).")]
Guidance = Annotated[
    float | None, typer.Option("--guidance", min=0.0, help="Guidance scale (default: the model's own).")
]
Scheduler = Annotated[
    str | None, typer.Option("--scheduler", metavar="NAME", help="Scheduler, by its usual name (default: the model's).")
]
Batch = Annotated[int, typer.Option("--batch", min=1, help="Pictures drawn at once, with the same guidance.")]
Suffix = Annotated[str, typer.Option("--as", metavar="FORMAT", help="Files as png, jpg or webp.")]
Gates = Annotated[
    list[str] | None,
    typer.Option("--gate", metavar="NAME=BOUND", help="Bound of a gate, e.g. agreement=0.5; repeatable."),
]
Sign = Annotated[
    Path | None,
    typer.Option(
        "--sign", metavar="CERT", readable=False, help="Sign content credentials (C2PA) with these certificates, PEM."
    ),
]
Key = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", readable=False, help="The certificates' private key, PEM.")
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="imagefolder, webdataset, parquet, coco or yolo; repeatable (default: imagefolder).",
    ),
]
Splits = Annotated[str, typer.Option("--splits", metavar="SHARES", help="Shares of the splits.")]
SPLITS = "train=0.8,validation=0.1,test=0.1"
Download = Annotated[bool, typer.Option("--download", help="Fetch weights that are not on this machine.")]


def recipe_of(*, gates: Sequence[str], **settings: Any) -> Recipe:
    """The recipe that options describe.

    Raises:
        UsageError: a number or a name makes no sense.
    """
    from lucida.generate.gates.gate import Thresholds
    from lucida.generate.making.order import Recipe

    return Recipe(**settings, thresholds=Thresholds().changed(gates))


def names_in(text: str) -> tuple[str, ...]:
    """The parts of a text between commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def identity_of(sign: Path | None, key: Path | None) -> Identity | None:
    """Who signs, None where nobody is named.

    Raises:
        UsageError: only one of both is given.
    """
    from lucida.generate.making.credentials import Identity

    if sign is None and key is None:
        return None
    if sign is None or key is None:
        raise UsageError("A certificate signs with its key.", "Give both: --sign CERT --key KEY.")
    return Identity(sign, key)


def uses_of(names: Sequence[str] | None) -> tuple[Use, ...] | None:
    """What guides drawings, by name.

    Raises:
        UsageError: a name is unknown.
    """
    from lucida.generate.making.order import Use

    if not names:
        return None
    try:
        return tuple(dict.fromkeys(Use(name) for name in names))
    except ValueError as error:
        raise UsageError(f"Nothing is guided by {error.args[0].split()[0]}.", f"Choose of: {', '.join(Use)}.") from None
