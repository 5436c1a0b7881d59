"""``lucida evaluate``: how good an encoder, a search and answers are, in the measures of the field."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.evaluate_dataset import dataset
from lucida.cli.evaluate_generator import generator
from lucida.cli.evaluate_qa import qa
from lucida.cli.evaluate_reader import reader
from lucida.cli.evaluate_retrieval import retrieval
from lucida.cli.evaluate_vlm import vlm
from lucida.cli.options import AsJson
from lucida.cli.output import err, out, print_json
from lucida.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from lucida.models.protocols import SharedEncoder, Vectors
    from lucida.query.evaluation.encoder import Settings
    from lucida.query.evaluation.labelled import PictureSet
    from lucida.query.evaluation.report import EncoderReport
    from lucida.query.evaluation.wordnet import GeneralWord

#: Pictures held against the pages where kinds are told apart.
_KIND_PICTURES = 2_000
#: Seconds between two lines of progress.
_INTERVAL = 10.0

group = typer.Typer(
    name="evaluate",
    help="Measure an encoder, a search, answers or a dataset, with intervals.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    group.command()(retrieval)
    group.command()(qa)
    group.command()(encoder)
    group.command()(reader)
    group.command()(vlm)
    group.command()(dataset)
    group.command()(generator)
    app.add_typer(group)


Seed = Annotated[int, typer.Option("--seed", help="Of the resampling behind the intervals.")]


def encoder(
    data: Annotated[
        list[Path],
        typer.Option(
            "--data",
            metavar="PATH",
            help="Pictures with classes or captions; may be given several times: a folder of parquet files or one of "
            "them, a folder per class, a WebDataset tar, a packed set.",
        ),
    ],
    spec: Annotated[
        str, typer.Option("--encoder", "-e", metavar="SPEC", help="A model's spec, or a folder that open_clip loads.")
    ] = "mini",
    split: Annotated[
        str | None,
        typer.Option("--split", help="Only parquet files whose names begin so; val or test where there is one."),
    ] = None,
    style: Annotated[
        str | None, typer.Option("--style", help="Of packed sets, only this style or family of styles.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="MARK", help="Of packed sets, leave out concepts with this mark, e.g. flag."),
    ] = None,
    pages: Annotated[
        Path | None,
        typer.Option("--pages", metavar="PATH", help="Pages of documents, to be told from the pictures of --data."),
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option("--words", metavar="FILE", help="General words with the ids of the classes that they cover."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Take at most so many pictures of each set, at random.")
    ] = None,
    card: Annotated[
        Path | None, typer.Option("--card", metavar="FILE", help="Write the measured part of a model card here.")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Measure an encoder of texts and pictures.

    On pictures with classes: zero-shot accuracy, general words, nearest neighbours. On pictures with captions: recall
    of the picture by its words. With --pages: whether pages and pictures are told apart.
    """
    from lucida.query.evaluation.encoder import Settings

    model = load_encoder(spec)
    reading = _Reading(split, style, tuple(without or ()), limit)
    report = _measured(model, data, pages, words, reading, Settings(seed=seed, observer=_Progress()))
    if card is not None:
        _write_card(card, report)
    if as_json:
        print_json(report.to_json())
    else:
        _print_report(report)
    return int(ExitCode.DONE)


def load_encoder(spec: str) -> SharedEncoder:
    """The encoder that a spec names; the path of a folder is taken for one that open_clip loads."""
    from lucida.models.registry import load_shared_encoder

    if (Path(spec).expanduser() / "open_clip_config.json").is_file():
        spec = f"openclip:local-dir:{spec}"
    return load_shared_encoder(spec)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What to take of each set; see the options of the same names."""

    split: str | None
    style: str | None
    without: tuple[str, ...]
    limit: int | None

    def load(self, path: Path, only: str | None = None) -> PictureSet:
        from lucida.query.evaluation.labelled import load

        found = load(path, split=self.split, style=self.style, without=self.without, only=only)
        err().print(f"{found.name}: {len(found):,} pictures, {len(found.names):,} names.")
        return found.first(self.limit) if self.limit else found

    def load_pages(self, path: Path) -> PictureSet:
        """Pages are taken whatever their style; where a set marks what is a page, its charts and the like are not."""
        return replace(self, split=None, style=None, without=()).load(path, only="page")


def _measured(
    model: SharedEncoder,
    data: list[Path],
    pages: Path | None,
    words: Path | None,
    reading: _Reading,
    settings: Settings,
) -> EncoderReport:
    from lucida.query.evaluation.encoder import measure_captioned, measure_kinds, measure_labelled
    from lucida.query.evaluation.report import EncoderReport

    report = EncoderReport(model.spec, model.fingerprint, model.dimension)
    pictures: Vectors | None = None
    for path in data:
        found = reading.load(path)
        if found.captioned:
            report = report.plus(measure_captioned(model, found, settings))
        else:
            more, vectors = measure_labelled(model, found, _general_words(found, words), settings)
            report, pictures = report.plus(more), vectors if pictures is None else pictures
    if pages is not None:
        if pictures is None:
            raise UsageError("There are no pictures to tell pages from.", "Give pictures with classes by --data.")
        report = report.plus(measure_kinds(model, reading.load_pages(pages), pictures[:_KIND_PICTURES], settings))
    return report


def _general_words(found: PictureSet, table: Path | None) -> list[GeneralWord]:
    """From the table, else from WordNet where the classes bear its ids and its files are here."""
    from lucida.query.evaluation import wordnet
    from lucida.query.evaluation.words import read_words

    if table is not None:
        return read_words(table, found.ids)
    if not all(map(wordnet.is_synset_id, found.ids)):
        return []
    if not wordnet.FOLDER.is_dir():
        err().print(
            "General words are left out: WordNet is not here (apt install wordnet-base), nor a table (--words)."
        )
        return []
    return wordnet.general_words(found.ids, wordnet.read_nouns())


def _write_card(path: Path, report: EncoderReport) -> None:
    """With names in place of whole paths: a card travels, and folders do not."""
    from lucida.query.evaluation.card import card_fragment

    words = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
    try:
        path.write_text(card_fragment(report, shlex.join(["lucida", *words])), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The card {path} cannot be written: {error.strerror}.", "Check the path.") from error
    err().print(f"Wrote {path}.")


class _Progress:
    """A line now and then with pictures done and pictures per second."""

    def __init__(self) -> None:
        self._printed = time.monotonic()

    def __call__(self, done: int, total: int, rate: float) -> None:
        now = time.monotonic()
        if now - self._printed >= _INTERVAL or done == total:
            self._printed = now
            err().print(f"{done:,} of {total:,} pictures, {rate:.0f}/s")


def _print_report(report: EncoderReport) -> None:
    from rich.table import Table

    table = Table("measure", "on", "value", "95 % interval", "chance", box=None, pad_edge=False)
    for row in report.measures:
        at = row.estimate
        interval = f"{at.low:.3f} to {at.high:.3f}"
        table.add_row(row.what, row.data, f"{at.value:.3f}", interval, f"{row.chance:.3f}")
    out().print(table)
