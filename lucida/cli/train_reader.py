"""``lucida train reader``: the reader of running text, by the recipe of the one that is shipped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json
from lucida.cli.run_bar import RunBar
from lucida.errors import ExitCode

if TYPE_CHECKING:
    from lucida.models.protocols import RawReader
    from lucida.query.evaluation.squad import ProseQuestion
    from lucida.training.loop import Report
    from lucida.training.reader.trainer import Recipe, Trainer

#: Questions that are asked beside each checkpoint.
_GLANCE = 120
#: Layers of MiniLM; low-rank products are cheap enough for all of them.
_ALL_LAYERS = 6
_UPPER_LAYERS = 4


def reader(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run; an interrupted run goes on.")],
    data: Annotated[
        list[Path],
        typer.Option("--data", metavar="PATH", help="Questions in SQuAD's form, a file or a folder; repeatable."),
    ],
    whole: Annotated[
        list[Path] | None,
        typer.Option(
            "--whole", metavar="PATH", help="The same, of which every article is trained on, none kept; repeatable."
        ),
    ] = None,
    minutes: Annotated[float, typer.Option("--minutes", min=0.01, help="Length of the run.")] = 60.0,
    layers: Annotated[
        int | None,
        typer.Option("--layers", min=1, max=_ALL_LAYERS, help="Upper layers that learn; 4, or all with --rank."),
    ] = None,
    rank: Annotated[
        int, typer.Option("--rank", min=0, help="Learn products of this rank in place of the layers' own matrices.")
    ] = 0,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Windows per step.")] = 32,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", min=0.0, help="Of the uppermost layer, at its greatest.")
    ] = None,
    consistency: Annotated[
        float,
        typer.Option("--consistency", min=0.0, help="Weight of the agreement between two passes; 0 for one pass."),
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="Of everything random.")] = 1,
    as_json: AsJson = False,
) -> int:
    """Train the reader that finds answers in running text.

    Articles of --data are parted by their titles: most are trained on, some set the confidence, and the rest stay
    unseen for lucida evaluate reader. What is labelled is eked out by questions made of the training articles and by
    drawn texts. The result is a folder, RUN/reader, which LUCIDA_READER takes.
    """
    from dataclasses import replace

    from lucida.query.evaluation.squad import Part, read_squad
    from lucida.training.reader.trainer import Recipe

    recipe = Recipe(
        layers=layers or (_ALL_LAYERS if rank else _UPPER_LAYERS), rank=rank, batch=batch, minutes=minutes,
        consistency=consistency, seed=seed,
    )  # fmt: skip
    if learning_rate is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, peak_rate=learning_rate))
    questions, others = read_squad(data, Part.TRAINING), read_squad(data, Part.VALIDATION)
    more = read_squad(whole) if whole else []
    trainer = _trainer([*questions, *more], folder, recipe)
    _run(trainer, folder, others)
    report = _save(trainer, folder / "reader", others, _told_of(questions, more, others))
    if as_json:
        print_json({"steps": trainer.step, "reader": str(folder / "reader"), "validation": report})
    else:
        out().print(f"Trained for {trainer.step} steps. The reader: {folder / 'reader'}", soft_wrap=True)
        out().print(f"Measure it with: lucida evaluate reader --reader {folder / 'reader'} --data ...", soft_wrap=True)
    return int(ExitCode.DONE)


def _trainer(questions: list[ProseQuestion], folder: Path, recipe: Recipe) -> Trainer:
    from lucida.models import minilm_files
    from lucida.models.reader.pairs import Pairs
    from lucida.models.registry import load_text_encoder
    from lucida.training.reader.recipe import reader_trainer

    base = minilm_files.find()
    minilm_files.verify(base)
    encoder = load_text_encoder("minilm")
    cutter = Pairs(base.tokenizer)
    return reader_trainer(questions, folder, recipe, weights=base.weights, cutter=cutter, encoder=encoder)


def _run(trainer: Trainer, folder: Path, others: list[ProseQuestion]) -> None:
    from lucida.query.evaluation.prose import outcomes_of, summarise

    if trainer.step:
        err().print(f"Going on from step {trainer.step} ({trainer.progress:.0%} of the run).")
    with RunBar("Training", 1000) as advance:

        def observe(report: Report) -> None:
            losses = " ".join(f"{name} {value:.2f}" for name, value in report.losses.items())
            remark = f"step {report.step} · {report.rate:.0f} questions/s · {losses}"
            advance(round(1000 * report.progress), 1000, remark)
            row = {"step": report.step, "progress": report.progress, "rate": report.rate, **report.losses}
            _log(folder, row)

        def evaluate(run: Trainer) -> None:
            found = outcomes_of(_as_reader(run), others[:: max(1, len(others) // _GLANCE)])
            figures = summarise(found, 0.5)
            _log(folder, {"step": run.step, "span_f1": figures.span_f1.value, "separable": figures.separable})

        trainer.run(observe, evaluate)


def _as_reader(trainer: Trainer) -> RawReader:
    """The run's averaged network as a reader, uncalibrated."""
    from lucida.models import minilm_files
    from lucida.models.protocols import SpanCalibration
    from lucida.models.reader.pairs import Pairs
    from lucida.models.reader.reader import SpanReader
    from lucida.training.reader.network import TorchSpans

    return SpanReader(Pairs(minilm_files.find().tokenizer), TorchSpans(trainer.averaged), SpanCalibration())


def _told_of(questions: list[ProseQuestion], more: list[ProseQuestion], others: list[ProseQuestion]) -> dict[str, Any]:
    """What a reader's card says of its questions; articles that were trained on whole are too many to name."""
    return {
        "questions": len(questions) + len(more),
        "unanswerable": sum(not question.answerable for question in (*questions, *more)),
        "articles": sorted({question.title for question in questions}),
        "whole_articles": len({question.title for question in more}),
        "calibrated_on": sorted({question.title for question in others}),
    }


def _save(trainer: Trainer, folder: Path, others: list[ProseQuestion], told: dict[str, Any]) -> dict[str, Any]:
    """Calibrate on the validation articles, write the folder, and say what was measured on them."""
    import torch

    from lucida.models.reader.export import save_reader
    from lucida.models.reader.loading import load_reader
    from lucida.query.evaluation.prose import fit_calibration, outcomes_of, summarise
    from lucida.training.reader.network import TorchSpans

    with RunBar("Calibrating", len(others)) as advance:
        calibration = fit_calibration(_as_reader(trainer), others, advance)
    recipe = trainer.recipe
    card = {
        **told, "steps": trainer.step, "batch": recipe.batch, "layers": recipe.layers, "rank": recipe.rank,
        "seed": recipe.seed, "minutes": round(trainer.seconds / 60, 1),
    }  # fmt: skip

    def run_with(tensors: Any) -> TorchSpans:
        own = {name: torch.from_numpy(tensor).to(trainer.network.device) for name, tensor in tensors.items()}
        return TorchSpans(trainer.network.with_tensors(own), bfloat16=False)

    save_reader(
        folder,
        {name: tensor.cpu().numpy() for name, tensor in trainer.mean.items()},
        first_layer=trainer.network.first_layer,
        calibration=calibration,
        card=card,
        run_with=run_with,
    )
    made = load_reader(folder)
    with RunBar("Checking", len(others)) as advance:
        found = outcomes_of(made, others, advance)
    report = summarise(found, made.threshold).to_json()
    (folder / "validation.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def _log(folder: Path, row: dict[str, Any]) -> None:
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(row) + "\n")
