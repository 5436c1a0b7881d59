"""``lucida generate`` and ``generate image``: new pictures from words and from what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lucida.cli import generate_options as given
from lucida.cli.generate_augment import augment
from lucida.cli.generate_dataset import dataset
from lucida.cli.generate_documents import documents
from lucida.cli.generate_origin import show
from lucida.cli.generate_replay import replay
from lucida.cli.generate_show import MakingBar, report
from lucida.cli.options import AsJson, LibraryDir
from lucida.errors import ExitCode

group = typer.Typer(name="generate", help="Make pictures and datasets from what a library holds.")


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (image, dataset, documents, augment, replay, show):
        group.command()(command)
    app.add_typer(group)


@group.callback()
def _group() -> None:
    """Make pictures and datasets from what a library holds."""


def image(
    prompt: Annotated[str, typer.Argument(metavar="[PROMPT]", help="What should be there.")] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder of the run (default: below generated/ in the library)."),
    ] = None,
    like: Annotated[
        list[int] | None, typer.Option("--like", metavar="ID", help="Picture that guides, by its id; repeatable.")
    ] = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=10_000, help="How many pictures.")] = 4,
    model: given.Model = None,
    seed: given.Seed = 0,
    use: given.Uses = None,
    strength: given.Strength = 0.6,
    negative: given.Negative = "",
    width: given.Width = None,
    height: given.Height = None,
    steps: given.Steps = None,
    guidance: given.Guidance = None,
    scheduler: given.Scheduler = None,
    batch: given.Batch = 4,
    suffix: given.Suffix = "png",
    gate: given.Gates = None,
    sign: given.Sign = None,
    key: given.Key = None,
    download: given.Download = False,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Draw pictures of a prompt, like some pictures of the library, or both.

    All are kept; what the gates say of each is in the manifest and on the sheet. With --out, an interrupted run goes on
    when the same command is given again.
    """
    from lucida.library import Library

    drawn = given.recipe_of(
        seed=seed,
        negative_prompt=negative,
        strength=strength,
        batch=batch,
        width_px=width,
        height_px=height,
        num_inference_steps=steps,
        guidance_scale=guidance,
        scheduler=scheduler,
        suffix=f".{suffix}",
        gates=gate or (),
    )
    with Library.open(library, create=False) as opened, MakingBar() as told:
        made = opened.generate(
            prompt,
            like=like or (),
            n=count,
            model=model,
            out=out,
            recipe=drawn,
            use=given.uses_of(use),
            sign=given.identity_of(sign, key),
            allow_download=download,
            told=told,
        )
    report(made, as_json=as_json)
    return int(ExitCode.DONE)
