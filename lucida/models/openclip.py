"""Text and image towers of CLIP-like models, loaded by open_clip.

Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021);
Ilharco et al., "OpenCLIP" (2021).
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.openclip_files import OpenClipFiles, resolve
from lucida.models.precision import bfloat16_pays
from lucida.models.weights_hash import sha256_of
from lucida.models.windows import join, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from PIL.Image import Image

    from lucida.models.protocols import Vectors

_BATCH = 32


class OpenClip:
    """A ``TextEncoder`` and ``ImageEncoder`` in one space. The towers load at the first text or picture.

    Args:
        spec: ``openclip:MODEL/TAG`` or ``openclip:local-dir:FOLDER``.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: the spec names nothing known.
        ModelError: the weights are not here, or not in safetensors form.
        DependencyError: open_clip is absent.
    """

    def __init__(self, spec: str, *, allow_download: bool = False) -> None:
        self.spec = spec
        self._files = resolve(spec, allow_download=allow_download)
        self._towers: _Towers | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._files.config["embed_dim"])

    @property
    def fingerprint(self) -> str:
        """Hash of everything that shapes a vector: weights, architecture, preprocessing, windows."""
        traits = [sha256_of(self._files.weights), self._files.config, self._files.preprocess, "bisected windows"]
        text = json.dumps(traits, sort_keys=True, default=str)
        return "openclip-" + hashlib.sha256(text.encode()).hexdigest()[:24]

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or queries; see ``TextEncoder``."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        towers = self._loaded()
        windows = [bisect(text.encode("utf-8", "replace").decode(), towers.tokens, towers.window) for text in texts]
        flat = [window for row in windows for window in row]
        owner = np.repeat(np.arange(len(texts)), [len(row) for row in windows])
        vectors = _batched(towers.encode_texts, flat, self.dimension)
        return join(vectors, owner, np.array([towers.tokens(window) for window in flat]), len(texts))

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Encode pictures of any size and mode with the model's own preprocessing; see ``ImageEncoder``."""
        return _batched(self._loaded().encode_images, images, self.dimension)

    def _loaded(self) -> _Towers:
        if self._towers is None:
            self._towers = _Towers(self._files)
        return self._towers

    def __reduce__(self) -> tuple[type[OpenClip], tuple[str]]:
        # Weights do not cross process borders; the other side loads its own.
        return type(self), (self.spec,)


class _Towers:
    """The loaded model with its tokeniser and preprocessing."""

    def __init__(self, files: OpenClipFiles) -> None:
        self._torch: Any = require("torch", "encode pictures")
        open_clip = require("open_clip", "encode pictures")
        with _offline():
            model, self._preprocess = _load(open_clip, files)
            self._tokenizer: Any = open_clip.get_tokenizer(files.model)
        self._dtype = self._torch.bfloat16 if bfloat16_pays() else self._torch.float32
        self._model: Any = model.eval().to(self._dtype)
        #: Tokens a text may have, special ones included.
        self.window = int(self._tokenizer.context_length)

    def tokens(self, text: str) -> int:
        """Tokens of a text, special ones included, without the cut at the window."""
        if hasattr(self._tokenizer, "encode"):  # open_clip's own byte-pair encoding adds start and end later
            return len(self._tokenizer.encode(text)) + 2
        return len(self._tokenizer.tokenizer(self._tokenizer.clean_fn(text)).input_ids)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        with self._torch.inference_mode():
            return self._as_rows(self._model.encode_text(self._tokenizer(list(texts))))

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        with self._torch.inference_mode():
            pixels = self._torch.stack([self._preprocess(image) for image in images])  # (n, 3, height, width)
            return self._as_rows(self._model.encode_image(pixels.to(self._dtype)))

    def _as_rows(self, features: Any) -> Vectors:
        return unit(features.float().numpy())


def bisect(text: str, tokens: Callable[[str], int], window: int) -> list[str]:
    """Halve a text at a space (inside a word if there is none) until every part fits the window.

    Args:
        text: any string.
        tokens: counts the tokens of a string as the window counts them.
        window: tokens that fit.
    """
    if tokens(text) <= window or len(text) < 2:
        return [text]
    middle = len(text) // 2
    before, after = text.rfind(" ", 1, middle), text.find(" ", middle, len(text) - 1)
    cut = min((place for place in (before, after) if place > 0), key=lambda place: abs(place - middle), default=middle)
    return [part for half in (text[:cut], text[cut:].lstrip(" ") or " ") for part in bisect(half, tokens, window)]


def _batched(encode: Callable[[Sequence[Any]], Vectors], rows: Sequence[Any], dimension: int) -> Vectors:
    parts = [encode(rows[start : start + _BATCH]) for start in range(0, len(rows), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, dimension), dtype=np.float32)


def _load(open_clip: Any, files: OpenClipFiles) -> tuple[Any, Any]:
    """The model in float32 and its preprocessing, by open_clip's own loader."""
    traits: dict[str, Any] = {}
    if not files.in_folder:  # a file given by path brings no traits, so the tag's are handed over
        found = files.preprocess
        traits = {f"image_{name}": found.get(name) for name in ("mean", "std", "interpolation", "resize_mode")}
        traits |= {"pretrained": str(files.weights), "force_quick_gelu": bool(found.get("quick_gelu"))}
    try:
        model, preprocess = open_clip.create_model_from_pretrained(files.model, **traits)
    except Exception as error:
        raise ModelError(
            f"The model {files.weights.parent} does not load: {error}.",
            "Check that weights and configuration belong together, or download them again.",
        ) from error
    return model, preprocess


@contextmanager
def _offline() -> Iterator[None]:
    """Keep Hugging Face libraries from looking at the network: tokenisers and configurations come from the disk."""
    constants: Any = require("huggingface_hub.constants", "load a model")
    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
