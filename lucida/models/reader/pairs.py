"""Cuts a question and passages into rows of tokens: one pair for each window of a passage.

Source: Devlin et al., "BERT" (2019), whose reader takes question and passage as two segments of one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require
from lucida.models.protocols import PairWindow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

#: Tokens of a row, specials included; MiniLM has places for 512.
WINDOW = 320
#: Passage tokens that neighbouring windows share, so that an answer at the seam is seen with what stands around it.
OVERLAP = 96
#: Tokens of a question that are read.
QUESTION = 64


class Pairs:
    """A ``PairCutter`` on MiniLM's own tokeniser, which loads at the first cut.

    Args:
        tokenizer: path of ``tokenizer.json``.
        window: tokens of a row.
    """

    def __init__(self, tokenizer: Path, window: int = WINDOW) -> None:
        self._path, self._window = tokenizer, window
        self._tokenizer: Tokenizer | None = None

    def cut(self, question: str, passages: Sequence[str]) -> list[PairWindow]:
        """See ``PairCutter``; lone surrogates count as unknown characters."""
        tokenizer = self._loaded()
        asked = _clean(question)
        # Only a second text may be cut, so the question is counted as one.
        counted = tokenizer.encode("", asked, add_special_tokens=False)
        if len(counted.ids) > QUESTION:
            asked = asked[: counted.offsets[QUESTION - 1][1]]
        encodings = tokenizer.encode_batch([(asked, _clean(passage)) for passage in passages])
        return [
            _window(owner, part, fresh=number == 0)
            for owner, encoding in enumerate(encodings)
            for number, part in enumerate((encoding, *encoding.overflowing))
            if 1 in part.sequence_ids
        ]

    def _loaded(self) -> Tokenizer:
        if self._tokenizer is None:
            tokenizer: Any = require("tokenizers", "read passages").Tokenizer.from_file(str(self._path))
            tokenizer.no_padding()
            tokenizer.enable_truncation(self._window, stride=OVERLAP, strategy="only_second")
            self._tokenizer = tokenizer
        return self._tokenizer

    def __reduce__(self) -> tuple[type[Pairs], tuple[Path, int]]:
        return type(self), (self._path, self._window)


def _clean(text: str) -> str:
    # As long as before, so that offsets hold.
    return text.encode("utf-8", "replace").decode("utf-8")


def _window(owner: int, encoding: Encoding, *, fresh: bool) -> PairWindow:
    ids = np.array(encoding.ids, dtype=np.int64)
    types = np.array(encoding.type_ids, dtype=np.int64)
    sides = np.array([-1 if side is None else side for side in encoding.sequence_ids])
    offsets = np.array(encoding.offsets, dtype=np.int64)
    offsets[sides != 1] = -1
    return PairWindow(owner, ids, types, _marks(ids, sides), offsets, fresh)


def _marks(ids: NDArray[np.int64], sides: NDArray[np.int64]) -> NDArray[np.int64]:
    asked, read = sides == 0, sides == 1
    marks = np.zeros_like(ids)
    marks[asked] = 1 + np.isin(ids[asked], ids[read])
    marks[read] = 3 + np.isin(ids[read], ids[asked])
    return marks
