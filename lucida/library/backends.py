"""The back ends that a library's settings name, each loaded when it is first needed."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from lucida.config import LibraryConfig
from lucida.errors import DependencyError, LucidaError

if TYPE_CHECKING:
    from lucida.models.protocols import OcrEngine, TextEncoder


class Backends:
    """Turns settings into models. The one place of the house that chooses them."""

    def __init__(self, config: LibraryConfig) -> None:
        self._config = config
        self._encoder: TextEncoder | None = None
        self._loading = threading.Lock()

    def encoder(self) -> TextEncoder:
        """The text encoder, loaded on first use.

        Raises:
            UsageError: the settings name one that there is not.
            ModelError, DependencyError: its weights or a package are missing or altered.
        """
        with self._loading:
            if self._encoder is None:
                from lucida.models.registry import load_text_encoder

                self._encoder = load_text_encoder(self._config.encoder)
            return self._encoder

    def load_encoder_ahead(self) -> None:
        """Load weights in the background while the index is being opened: a cold search waits for both."""
        if self._encoder is not None:
            return

        def load() -> None:
            # Whatever is wrong comes up again, with somebody to tell, when the encoder is asked for.
            with contextlib.suppress(LucidaError):
                self.encoder().encode_texts(["."])

        # Not a daemon: a process that ends in the middle of the runtime's own start would be aborted by it.
        threading.Thread(target=load, name="lucida-load-encoder").start()

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
