"""The embedded vision-language model in the form of transformers: the eye of ``mini``, a projector, a language model.

The form is FastVLM's (Vasu et al., "FastVLM: Efficient Vision Encoding for Vision Language Models", 2025): any tower of
timm, its last feature map place by place, two linear layers, a Qwen2. So the folder needs no code of ours to be loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import UsageError
from lucida.lazy import require
from lucida.training.vlm.template import END, IMAGE, PAD, TEMPLATE

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

_PURPOSE = "train a vision-language model"
#: By how much the eye makes a picture smaller, in each direction.
STRIDE = 32
_TRUNK, _HEAD = "visual.trunk.", "visual.head.proj.weight"
#: Of all weights' names, those of the eye.
EYE = "model.vision_tower."


@dataclass(frozen=True, slots=True)
class Eye:
    """An image tower in the form in which ``mini`` is kept.

    Attributes:
        architecture: timm's name of it.
        weights: the safetensors file, with tensors ``visual.trunk.*``.
        mean, std: of each colour, in 0..1.
    """

    architecture: str
    weights: Path
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def head(self) -> NDArray[np.float32]:
        """From its features, averaged over the places, to the encoder's space: float32 (d, channels).

        Raises:
            UsageError: it has none.
        """
        tensors = require("safetensors.torch", _PURPOSE).load_file(self.weights)
        if _HEAD not in tensors:
            raise UsageError(f"The tower {self.weights} leads to no space of words.", "Give the tower of mini.")
        return np.asarray(tensors[_HEAD].float().numpy())


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the model is.

    Attributes:
        side: of the pictures that it looks at, in pixels; the eye gives one token for each square of 32. It knows
            pictures as large as those that it learned from: at twice the side it names hardly any.
        width, layers, heads, key_heads, inner: of the language model (Qwen2).
        context: tokens that a conversation may have.
        vocabulary: tokens that it knows, at most.
    """

    side: int = 128
    width: int = 256
    layers: int = 6
    heads: int = 4
    key_heads: int = 2
    inner: int = 640
    context: int = 4096
    vocabulary: int = 4096

    @property
    def places(self) -> int:
        """Tokens that a picture takes."""
        return (self.side // STRIDE) ** 2


def build_model(shape: Shape, tokenizer: Any, eye: Eye) -> Any:
    """A model with the eye's weights in place and the rest as it is initialised; torch's seed rules it.

    Raises:
        UsageError: the folder's tower is none of timm, or keeps no grid of places.
        DependencyError: torch, timm or transformers is absent.
    """
    transformers, torch = require("transformers", _PURPOSE), require("torch", _PURPOSE)
    tensors = require("safetensors.torch", _PURPOSE).load_file(eye.weights)
    trunk = {n.removeprefix(_TRUNK): t.float() for n, t in tensors.items() if n.startswith(_TRUNK)}
    with quiet():
        channels = _channels(eye.architecture, trunk, shape.side, torch)
        model = transformers.FastVlmForConditionalGeneration(_config(transformers, shape, tokenizer, eye, channels))
    model.model.vision_tower.timm_model.load_state_dict(trunk)
    model.model.vision_tower.requires_grad_(requires_grad=False)
    model.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids(END)
    model.generation_config.pad_token_id = tokenizer.convert_tokens_to_ids(PAD)
    return model


def build_processor(shape: Shape, tokenizer: Any, eye: Eye) -> Any:
    """What brings pictures to size, as the eye learned to see them, and conversations to tokens."""
    transformers = require("transformers", _PURPOSE)
    square = {"height": shape.side, "width": shape.side}
    with quiet():
        images = transformers.CLIPImageProcessor(
            size=square,
            crop_size=square,
            do_center_crop=False,
            image_mean=list(eye.mean),
            image_std=list(eye.std),
        )
        return transformers.LlavaProcessor(
            images,
            tokenizer,
            patch_size=STRIDE,
            vision_feature_select_strategy="full",
            image_token=IMAGE,
            chat_template=TEMPLATE,
        )


def save_folder(folder: Path, model: Any, processor: Any, tensors: Mapping[str, torch.Tensor], card: Any) -> None:
    """Write a folder that ``hf:`` loads, in float16.

    Args:
        folder: made if need be.
        model: gives configuration and eye.
        processor: of it.
        tensors: what learned, by name, in the place of the model's own.
        card: JSON, written to ``training.json``.
    """
    learned = dict(tensors)
    halves = {name: learned.get(name, tensor).half() if tensor.is_floating_point() else tensor
              for name, tensor in model.state_dict().items() if name != "lm_head.weight"}  # fmt: skip
    with quiet():
        before = next(iter(model.parameters())).dtype
        model.config.dtype = "float16"
        model.config.save_pretrained(folder)
        model.config.dtype = before
        model.generation_config.save_pretrained(folder)
        processor.save_pretrained(folder)
    whole = {name: tensor.cpu().contiguous() for name, tensor in halves.items()}
    require("safetensors.torch", _PURPOSE).save_file(whole, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "training.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


@contextmanager
def quiet() -> Iterator[None]:
    """Transformers without chatter and progress bars."""
    logging = require("transformers.utils.logging", _PURPOSE)
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def _config(transformers: Any, shape: Shape, tokenizer: Any, eye: Eye, channels: int) -> Any:
    return transformers.FastVlmConfig(
        vision_config={
            "model_type": "timm_wrapper",
            "architecture": eye.architecture,
            "do_pooling": False,
            "hidden_size": channels,
        },
        text_config={
            "model_type": "qwen2",
            "vocab_size": len(tokenizer),
            "hidden_size": shape.width,
            "intermediate_size": shape.inner,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.key_heads,
            "max_position_embeddings": shape.context,
            "tie_word_embeddings": True,
            "bos_token_id": None,
            "eos_token_id": tokenizer.convert_tokens_to_ids(END),
            "pad_token_id": tokenizer.convert_tokens_to_ids(PAD),
        },
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
        image_seq_length=shape.places,
        tie_word_embeddings=True,
    )


def _channels(name: str, trunk: Mapping[str, torch.Tensor], side: int, torch: Any) -> int:
    """How many numbers the eye says of each place; its weights and its grid are checked on the way."""
    timm = require("timm", _PURPOSE)
    try:
        tower = timm.create_model(name, pretrained=False, num_classes=0).eval()
        tower.load_state_dict(dict(trunk))
        with torch.inference_mode():
            grid = tower.forward_features(torch.zeros(1, 3, side, side))
    except RuntimeError as error:
        raise UsageError(f"The tower {name!r} is none that can be looked through.", "Give a tower of mini.") from error
    if grid.ndim != 4 or tuple(grid.shape[2:]) != (side // STRIDE, side // STRIDE):
        raise UsageError(
            f"The tower {name!r} gives no grid of places, one for {STRIDE} pixels.",
            "Give the tower of mini, or one that lucida train encoder made.",
        )
    return int(grid.shape[1])
