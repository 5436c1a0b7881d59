"""How long a prompt may be: counted with the pipeline's own tokenisers, before any weights are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.models.hf_weights import TRUSTED, careful

if TYPE_CHECKING:
    from inspect import Parameter

    from lucida.models.diffusion.files import Pipeline

#: A tokeniser without a limit gives a huge number.
_NO_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Window:
    """What one text encoder reads.

    Attributes:
        name: the tokeniser's name in the pipeline.
        tokens: how many it reads, marks of beginning and end included.
        marks: how many of them are such marks.
    """

    name: str
    tokens: int
    marks: int


class Prompts:
    """Counts tokens.

    Args:
        files: the pipeline.
        model: its name, for sentences in errors.
    """

    def __init__(self, files: Pipeline, model: str) -> None:
        self._model = model
        transformers = require("transformers", "read a prompt")
        parts = [part for name, part in files.parts.items() if name.startswith("tokenizer")]
        with careful(files, "tokeniser"):
            self._tokenizers: dict[str, Any] = {
                part.name: getattr(transformers, part.class_name).from_pretrained(part.folder, **TRUSTED)
                for part in parts
            }

    def check(self, text: str, what: str, parameters: Mapping[str, Parameter], *, cut: bool) -> dict[str, int]:
        """Hold a text against every encoder's window.

        A pipeline with several encoders is given a text that the longest of them reads whole.

        Args:
            text: a prompt.
            what: "prompt" or "negative prompt".
            parameters: of the pipeline's call.
            cut: let it be cut.

        Returns:
            By tokeniser, how many tokens are not read; empty if all are.

        Raises:
            UsageError: no encoder reads the whole of it, and it is not to be cut.
        """
        lost: dict[str, int] = {}
        windows = [self._window(name, parameters) for name in self._tokenizers]
        counts = {window.name: self._count(window.name, text) for window in windows}
        for window in windows:
            if counts[window.name] > window.tokens:
                lost[window.name] = counts[window.name] - window.tokens
        if windows and len(lost) == len(windows) and not cut:
            widest = max(windows, key=lambda window: window.tokens)
            raise UsageError(
                f"The {what} has {counts[widest.name] - widest.marks} tokens, and {self._model} reads "
                f"{widest.tokens - widest.marks}.",
                "Shorten it, or write prompt=cut into the spec to have its end cut off.",
            )
        return lost

    def _window(self, name: str, parameters: Mapping[str, Parameter]) -> Window:
        tokenizer = self._tokenizers[name]
        limits = [int(tokenizer.model_max_length)]
        long = parameters.get("max_sequence_length")
        # CLIP's window is its own; the pipeline's limit is for encoders that read longer texts.
        if long is not None and isinstance(long.default, int) and "CLIP" not in type(tokenizer).__name__:
            limits = [long.default]
        tokens = min(limits)
        return Window(name, min(tokens, _NO_LIMIT), self._count(name, ""))

    def _count(self, name: str, text: str) -> int:
        return len(self._tokenizers[name](text, verbose=False).input_ids)
