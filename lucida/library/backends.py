"""The back ends that a library's settings name, each loaded when it is first needed."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from lucida.config import DEFAULT_ENCODER, NO_MODEL, TEXT_ENCODER, LibraryConfig
from lucida.errors import DependencyError, LucidaError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.models.protocols import OcrEngine, Reader, SharedEncoder, TextEncoder, VisionLanguageModel


class Backends:
    """Turns settings into models. The one place of the house that chooses them.

    Two encoders are told apart: the text encoder, whose vectors every passage has, and the shared one, whose space
    holds the pictures. With ``mini`` the second's text tower is the first.
    """

    def __init__(self, config: LibraryConfig) -> None:
        self._config = config
        self._texts: dict[str, TextEncoder] = {}
        self._shared: dict[str, SharedEncoder] = {}
        self._reader: tuple[Reader | None] | None = None
        self._models: dict[str, VisionLanguageModel] = {}
        self._loading = threading.Lock()
        #: Why the default encoder of pictures could not be had; texts are searched all the same.
        self.shared_problem: LucidaError | None = None

    def encoder(self, spec: str = TEXT_ENCODER) -> TextEncoder:
        """The text encoder, loaded on first use.

        Args:
            spec: of the encoder that a library's passages belong to, where that is not the usual one.

        Raises:
            UsageError: there is none of that name.
            ModelError, DependencyError: its weights or a package are missing or altered.
        """
        with self._loading:
            if spec not in self._texts:
                from lucida.models.registry import load_text_encoder

                self._texts[spec] = load_text_encoder(spec)
            return self._texts[spec]

    def shared(self, spec: str | None = None) -> SharedEncoder | None:
        """The encoder of pictures, loaded on first use; None where the settings want texts alone.

        Args:
            spec: of the encoder that a library's pictures belong to; None for the one in the settings.

        Returns:
            None also where the default encoder is not usable here: ``shared_problem`` then says why.

        Raises:
            UsageError: there is none of that name.
            ModelError, DependencyError: the weights or packages of an encoder that was chosen are missing or altered.
        """
        spec = spec or self._config.encoder
        if spec == TEXT_ENCODER:
            return None
        with self._loading:
            tried = spec == DEFAULT_ENCODER and self.shared_problem is not None
            if spec not in self._shared and not tried:
                self._load_shared(spec)
            return self._shared.get(spec)

    def _load_shared(self, spec: str) -> None:
        from lucida.models.registry import load_shared_encoder

        try:
            self._shared[spec] = load_shared_encoder(spec)
        except (ModelError, DependencyError) as error:
            if spec != DEFAULT_ENCODER:
                raise
            self.shared_problem = error

    def reader(self) -> Reader | None:
        """The reader of running text, loaded on first use; None where this installation has none.

        Raises:
            ModelError, DependencyError: its weights or a package are missing or altered.
        """
        with self._loading:
            if self._reader is None:
                from lucida.models.reader import load_shipped

                self._reader = (load_shipped(),)
            return self._reader[0]

    def model(self, spec: str | None = None) -> VisionLanguageModel | None:
        """The model that looks at pages, its weights still unloaded; None where nobody wants one.

        Args:
            spec: of the model; None for the one in the settings, "none" for none at all.

        Raises:
            UsageError: there is none of that name.
            ModelError, DependencyError: its weights or a package are missing or altered.
        """
        spec = self._config.model if spec is None else spec
        if spec in {"", NO_MODEL}:
            return None
        with self._loading:
            if spec not in self._models:
                from lucida.models.registry import load_vlm

                self._models[spec] = load_vlm(spec)
            return self._models[spec]

    def load_encoder_ahead(self) -> None:
        """Load weights in the background while the index is being opened: a cold search waits for both."""
        if TEXT_ENCODER not in self._texts:
            _in_background("encoder", lambda: self.encoder().encode_texts(["."]))

    def load_reader_ahead(self) -> None:
        """The same for the reader, which a cold question waits for only after retrieval."""

        def load() -> None:
            reader = self.reader()
            if reader is not None:
                reader.read("?", ["."])

        if self._reader is None:
            _in_background("reader", load)

    def ocr(self, languages: tuple[str, ...]) -> OcrEngine | None:
        """The OCR engine for these languages; None where the settings want none.

        Raises:
            DependencyError: a language other than the library's own was asked for and is not installed.
        """
        from lucida.models.registry import load_ocr

        if languages != self._config.languages:
            self._check(languages)
        return load_ocr(self._config.ocr, languages)

    def _check(self, languages: tuple[str, ...]) -> None:
        """Complain about a language that was asked for once, before each scan does."""
        from lucida.models.tesseract import installed_languages, program

        if self._config.ocr != "tesseract" or not program():
            return
        missing = sorted(set(languages) - set(installed_languages()))
        if missing:
            raise DependencyError(
                f"Tesseract lacks the language {', '.join(missing)}.",
                f"Install it with: apt install tesseract-ocr-{missing[0]} (Debian, Ubuntu) or "
                "brew install tesseract-lang (macOS).",
            )


def _in_background(name: str, load: Callable[[], object]) -> None:
    def quietly() -> None:
        # Whatever is wrong comes up again, with somebody to tell, when what is loaded here is asked for.
        with contextlib.suppress(LucidaError):
            load()

    # Not a daemon: a process that ends in the middle of the runtime's own start would be aborted by it.
    threading.Thread(target=quietly, name=f"lucida-load-{name}").start()
