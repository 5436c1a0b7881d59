"""Pictures that a looking model has drawn for a question: runs like any other, in folders of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import ModelError, UsageError
from lucida.generate.making.files import write_whole
from lucida.generate.making.manifest import NAME
from lucida.library.generating import generator_named, next_folder
from lucida.library.shelf import standing_for
from lucida.query.looking.drawing_tool import Pencil
from lucida.query.looking.drawing_wish import asks_for_picture
from lucida.types import Drawing
from lucida.types.paths import json_path

if TYPE_CHECKING:
    from lucida.generate.making.job import Making
    from lucida.index import Index, PageRow
    from lucida.library.making import MakingLibrary
    from lucida.models.protocols import VisionLanguageModel
    from lucida.models.protocols.drawing import Generator


@dataclass(frozen=True, slots=True)
class Sketchbook:
    """Where pictures for a question go, and who draws them.

    Attributes:
        folder: each picture gets a numbered folder in it, which no library reads.
        generator: spec of a generator; None for the embedded one.
        told: hears how a drawing goes.
    """

    folder: Path
    generator: str | None = None
    told: Callable[[Making], None] = lambda _making: None


def pencil_for(
    library: MakingLibrary, index: Index, book: Sketchbook, question: str, model: VisionLanguageModel | None
) -> Pencil:
    """What draws for a question, where that asks for a picture.

    Args:
        library: records what is drawn.
        index: of the library, for reading.
        book: where it goes.
        question: as it was asked; it alone decides whether anything may be drawn.
        model: writes the prompts.

    Raises:
        UsageError: no model looks at pages, or there is no such generator.
        ModelError, DependencyError: there is no generator, or a package that it needs is missing.
    """
    if model is None:
        raise UsageError(
            "No model is named that could have a picture drawn.", "Name one that calls tools with --model."
        )
    if not asks_for_picture(question):
        return Pencil(None, "the question asks for no picture")
    if not model.calls_tools:
        return Pencil(None, f"{model.spec} cannot call tools")
    generator = generator_named(book.generator)
    return Pencil(_Hand(library, index, book, question, generator, model.spec).draw)


class _Hand:
    """Draws one picture after the other, each a run of its own."""

    def __init__(
        self, library: MakingLibrary, index: Index, book: Sketchbook, question: str, generator: Generator, writer: str
    ) -> None:
        self._library, self._index, self._book = library, index, book
        self._question, self._generator, self._writer = question, generator, writer

    def draw(self, prompt: str, page: PageRow, like: bool) -> Drawing:
        """See ``drawing_tool.Draw``.

        Raises:
            LucidaError: nothing may be made from the page, or it cannot be drawn.
        """
        said = self._index.terms().get(page.source_id)
        if said is not None and said.no_derivatives:
            raise UsageError(
                f"Nothing may be made from {json_path(page.source)}: it is marked no-derivatives.",
                "Ask of other documents with --path, or change the mark with: lucida mark SOURCE --derivatives.",
            )
        item = standing_for(self._index, page)
        guiding = [item.id] if like and item is not None and item.kind == "picture" else []
        made = self._library.generate(
            prompt,
            like=guiding,
            n=1,
            model=self._generator,
            out=next_folder(self._book.folder.expanduser().absolute()),
            told=self._book.told,
            after=[] if guiding or item is None else [item.id],
            notes=self._notes(page),
        )
        # A picture that was made up must never come back as evidence: no library that reads this folder takes it in.
        write_whole(made.folder, {made.folder / ".lucidaignore": b"*\n"})
        row = next(iter(made.manifest.samples()), None)
        if row is None:
            raise ModelError(f"{self._generator.spec} drew nothing.", "Choose another generator.")
        doubts = tuple(reason["says"] for reason in row["reasons"])
        place = str(made.folder / row["path"]), str(made.folder / NAME)
        return Drawing(place[0], prompt, self._generator.spec, page.source, page.number, place[1], doubts)

    def _notes(self, page: PageRow) -> tuple[str, ...]:
        where = f"page {page.number} of {json_path(page.source)}"
        return (f"{self._writer} wrote the prompt, looking at {where}, for the question: {self._question}",)
