"""One paper from its number: content, look and questions, and what is known of each page."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.generate.documents.asking import in_vain, told_apart
from lucida.generate.documents.content import Content
from lucida.generate.documents.design import Design, drawn_design
from lucida.generate.documents.kinds import KINDS
from lucida.generate.documents.painter import Painter
from lucida.generate.documents.tongues import Tongue, tongue
from lucida.generate.documents.values import Values
from lucida.generate.files import new_document
from lucida.generate.sheet import Paper as Size

if TYPE_CHECKING:
    from lucida.generate.documents.truth import PageTruth


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A drawn paper.

    Attributes:
        document: an open ``pymupdf.Document``; whoever takes it closes it.
        kind, language: what it is, and in which language.
        design: how it looks.
        pages: what is known of each page, in points.
    """

    document: Any
    kind: str
    language: str
    design: Design
    pages: Sequence[PageTruth]


def draw_paper(kind: str, language: str, rng: np.random.Generator, letters_pt: float | None = None) -> Paper:
    """Draw one paper: the same generator state gives the same paper.

    Args:
        kind: one of ``KINDS``.
        language: one of ``LANGUAGES``.
        rng: where chance comes from.
        letters_pt: size of running text in points; None for a usual one.
    """
    words = tongue(language)
    content: Content = KINDS[kind](Values(words, rng))
    design = drawn_design(content, rng, letters_pt)
    if content.narrow:
        content = _cut(content, design, words, rng)
    document = new_document()
    try:
        pages = Painter(document, content, design, words, rng).draw()
    except BaseException:
        document.close()
        raise
    pages = [replace(page, questions=tuple(told_apart(page.questions, page))) for page in pages]
    silent = in_vain(words, pages, content.absent, rng)
    pages[0] = replace(pages[0], questions=(*pages[0].questions, *silent))
    return Paper(document, kind, language, design, pages)


def _cut(content: Content, design: Design, words: Tongue, rng: np.random.Generator) -> Content:
    """The same on a strip that is as long as what stands on it: drawn once to see how far it reaches."""
    with new_document() as tried:
        painter = Painter(tried, content, design, words, deepcopy(rng))
        painter.draw()
    return replace(content, paper=Size(content.paper.width, round(painter.y + design.bottom, 1)))
