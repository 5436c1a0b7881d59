"""``lucida generate dataset``: labelled datasets, real examples first, generated ones for what lacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli import generate_options as given
from lucida.cli.generate_show import MakingBar, report
from lucida.cli.options import AsJson, LibraryDir, PathGlob
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from lucida.generate.augment.run import AugmentRequest
    from lucida.library.retrieving import Topic


def dataset(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the dataset; a run there goes on.")],
    classes: Annotated[
        str | None,
        typer.Option("--classes", metavar="WORDS", help='What pictures show, e.g. "cat,dog,car|automobile".'),
    ] = None,
    queries: Annotated[
        Path | None,
        typer.Option("--queries", metavar="FILE", help="Classes by search: label, tab and query, one a line."),
    ] = None,
    from_search: Annotated[
        list[str] | None,
        typer.Option(
            "--from-search", metavar="LABEL=FILE", help="A class from what lucida search --json printed; repeatable."
        ),
    ] = None,
    per_class: Annotated[
        int | None, typer.Option("--per-class", min=1, help="Pictures of each class, real ones included.")
    ] = None,
    until: Annotated[
        int | None, typer.Option("--until", min=1, help="Generated samples of each class that are to be accepted.")
    ] = None,
    budget: Annotated[
        int | None, typer.Option("--budget", min=1, help="Most drawings of a class (default: 4 per sample wanted).")
    ] = None,
    real: Annotated[
        bool, typer.Option("--real/--no-real", help="Whether the library's own pictures go into the dataset.")
    ] = True,
    augment: Annotated[
        int | None,
        typer.Option("--augment", min=1, help="Augmented pictures of each real one, besides; see generate augment."),
    ] = None,
    evaluation: Annotated[
        list[Path] | None,
        typer.Option(
            "--evaluation", metavar="PATH", readable=False, help="Pictures that no sample may show; repeatable."
        ),
    ] = None,
    formats: given.Formats = None,
    splits: given.Splits = given.SPLITS,
    template: Annotated[
        str, typer.Option("--template", metavar="WORDS", help="Prompt of a class; {} stands for its name.")
    ] = "a photo of {}",
    model: given.Model = None,
    seed: given.Seed = 0,
    use: given.Uses = None,
    parents: Annotated[int, typer.Option("--parents", min=1, help="Pictures that guide one drawing together.")] = 3,
    pool: Annotated[int, typer.Option("--pool", min=1, help="Most pictures that may guide a class's drawings.")] = 12,
    weight: Annotated[
        float, typer.Option("--weight", min=0.0, help="How much found pictures count beside the words (1).")
    ] = 1.0,
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
    path: PathGlob = None,
    library: LibraryDir = None,
    as_json: AsJson = False,
) -> int:
    """Make a labelled dataset: the library's own pictures first, and generated ones for what lacks.

    Every sample passes gates or is kept aside with the reason. With the dataset come a card, a sheet of examples and a
    manifest. A run that was interrupted or killed goes on when the same command is given again.
    """
    from lucida.generate.making.splits import parse_shares
    from lucida.library import Library
    from lucida.library.ordering import DatasetRequest

    recipe = given.recipe_of(
        seed=seed,
        template=template,
        negative_prompt=negative,
        item_weight=weight,
        strength=strength,
        parents=parents,
        batch=batch,
        width_px=width,
        height_px=height,
        num_inference_steps=steps,
        guidance_scale=guidance,
        scheduler=scheduler,
        suffix=f".{suffix}",
        gates=gate or (),
    )
    request = DatasetRequest(
        _topics(classes, queries, from_search or ()),
        recipe,
        use=given.uses_of(use),
        per_class=per_class,
        until=until,
        budget=budget,
        real=real,
        path=path,
        pool=pool,
        evaluation=tuple(evaluation or ()),
    )
    shares = parse_shares(splits)
    with Library.open(library, create=False) as opened, MakingBar() as told:
        made = opened.generate_dataset(
            request,
            out,
            model=model,
            formats=formats or ("imagefolder",),
            shares=shares,
            augment=_augmenting(augment, seed, suffix),
            sign=given.identity_of(sign, key),
            allow_download=download,
            told=told,
        )
    report(made, as_json=as_json)
    return int(ExitCode.SOME_FILES_FAILED if made.manifest.shortfalls() else ExitCode.DONE)


def _topics(classes: str | None, queries: Path | None, searches: Sequence[str]) -> tuple[Topic, ...]:
    from lucida.library.retrieving import Topic, topic_from_search, topics_from_queries

    named = [Topic(" ".join(word.split())) for word in (classes or "").split(",") if word.strip()]
    asked = topics_from_queries(queries) if queries is not None else []
    return (*named, *asked, *(topic_from_search(search) for search in searches))


def _augmenting(count: int | None, seed: int, suffix: str) -> AugmentRequest | None:
    from lucida.generate.augment.operations import Changes
    from lucida.generate.augment.run import AugmentRequest

    return None if count is None else AugmentRequest(Changes("gentle"), count, seed, suffix=f".{suffix}")
