"""A loaded model at work: from a prompt to the tokens of its answer, in two steps, the first of which may be known."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError, UsageError
from lucida.models.batching import out_of_memory, release
from lucida.models.devices import DEVICE_VARIABLE, Placement
from lucida.models.tensors import first_line
from lucida.models.vlm import prefix
from lucida.models.vlm.loading import context_of, failed
from lucida.models.vlm.stopping import Deadline
from lucida.models.vlm.streaming import Decoder, Streamer

if TYPE_CHECKING:
    from PIL.Image import Image

#: Inputs that are as long as the prompt.
_ALONG = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")
_IMAGE_TOKEN = ("image_token_id", "image_token_index")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of a prompt.

    Attributes:
        ids: the new tokens, the mark of the end included if it came.
        prompt_tokens: length of the prompt.
        reused_tokens: of it, those that were known.
        ended: whether the model itself said that it was done.
    """

    ids: list[int]
    prompt_tokens: int
    reused_tokens: int
    ended: bool


class Speaker:
    """Model, processor and what is remembered of pages.

    Args:
        model, processor: of transformers.
        placement: where the model computes.
        name: for sentences in errors.
    """

    def __init__(self, model: Any, processor: Any, placement: Placement, name: str) -> None:
        self._model = model
        self._processor = processor
        self._placement = placement
        self._name = name
        self._context = context_of(model.config)
        self._image_token = next(
            (getattr(model.config, key) for key in _IMAGE_TOKEN if hasattr(model.config, key)), None
        )
        self._end = _ends(model, processor.tokenizer)
        # Nothing stands beside a prompt that would need filling up; transformers wants a token for it all the same.
        model.generation_config.pad_token_id = next(iter(self._end), 0)
        self.decoder = Decoder(processor.tokenizer)
        self.prefixes = prefix.Prefixes()
        # Some models keep places of the last prompt in themselves.
        self._turn = threading.RLock()

    def speak(
        self, prompt: str, pictures: Sequence[Image], most_tokens: int, deadline: Deadline, streamer: Streamer | None
    ) -> Spoken:
        """Go on with a prompt.

        Raises:
            UsageError: prompt and pictures do not fit into the context, or a picture cannot be taken.
            ModelError: the memory does not hold the computation, or the model fails.
        """
        inputs = self._inputs(prompt, pictures)
        length = int(inputs["input_ids"].shape[1])
        room = most_tokens if self._context is None else min(most_tokens, self._context - length)
        if room < 1:
            raise UsageError(
                f"The conversation has {length} tokens, and the context of {self._name} holds {self._context}.",
                "Show fewer or smaller pictures (max_pixels in the spec), or less text.",
            )
        with self._turn:
            try:
                return self._spoken(inputs, pictures, room, deadline, streamer)
            except Exception as error:
                if streamer is not None and streamer.failure is error:
                    raise
                if not out_of_memory(error):
                    raise failed(self._name, error) from error
                self.prefixes.clear()
                release(self._placement)
                raise self._too_large(length) from error

    def _spoken(
        self,
        inputs: dict[str, Any],
        pictures: Sequence[Image],
        room: int,
        deadline: Deadline,
        streamer: Streamer | None,
    ) -> Spoken:
        length = int(inputs["input_ids"].shape[1])
        if deadline.passed():
            return Spoken([], length, 0, ended=False)
        known, reused = self._beginning(inputs, pictures)
        if deadline.passed():
            return Spoken([], length, reused, ended=False)
        given = inputs if known is None else _along(inputs, length) | {"past_key_values": known}
        found = self._model.generate(
            **given,
            max_new_tokens=room,
            eos_token_id=self._end or None,
            stopping_criteria=[deadline],
            streamer=streamer,
        )
        ids = found[0, length:].tolist()
        ended = bool(ids) and ids[-1] in self._end
        if ended or len(ids) >= room:
            deadline.reached = False
        return Spoken(ids, length, reused, ended)

    def _beginning(self, inputs: dict[str, Any], pictures: Sequence[Image]) -> tuple[Any, int]:
        """A cache of the prompt up to the end of its last picture, and how many of its tokens were known before."""
        ids = inputs["input_ids"][0]
        if not pictures or self._image_token is None or self._model.config.model_type not in prefix.TESTED:
            return None, 0
        places = (ids == self._image_token).nonzero().flatten()
        end = int(places[-1]) + 1 if len(places) else 0
        if not 0 < end < len(ids):
            return None, 0
        key = prefix.key_of(pictures, ids[:end].tolist())
        kept = self.prefixes.get(key)
        if kept is not None:
            return kept.taken(), kept.tokens
        rest = {name: value for name, value in inputs.items() if name not in _ALONG}
        out = self._model.generate(**_along(inputs, end), **rest, max_new_tokens=1, return_dict_in_generate=True)
        fresh = prefix.computed(out.past_key_values, end, self._model)
        if fresh is None:
            return None, 0
        self.prefixes.keep(key, fresh)
        return fresh.taken(), 0

    def _inputs(self, prompt: str, pictures: Sequence[Image]) -> dict[str, Any]:
        begin = self._processor.tokenizer.bos_token
        try:
            inputs = self._processor(
                text=[prompt],
                images=[list(pictures)] if pictures else None,
                return_tensors="pt",
                # Templates that begin with the mark of the beginning must not get a second one.
                add_special_tokens=not (begin and prompt.startswith(begin)),
            )
        except ValueError as error:
            raise UsageError(
                f"{self._name} does not take these pictures: {first_line(error)}.",
                "Show them in a user's turn, and none that is hundreds of times as long as wide.",
            ) from error
        except Exception as error:
            raise failed(self._name, error) from error
        number = self._placement.torch_dtype()
        moved = {name: value.to(self._placement.device) for name, value in inputs.items() if hasattr(value, "to")}
        return {name: value.to(number) if value.is_floating_point() else value for name, value in moved.items()}

    def _too_large(self, length: int) -> ModelError:
        wider = f", or set {DEVICE_VARIABLE}=cpu" if self._placement.device != "cpu" else ""
        return ModelError(
            f"The memory of {self._placement.device} ran out while {self._name} read {length} tokens.",
            f"Show fewer or smaller pictures (max_pixels in the spec), take quantise=4bit or a smaller model{wider}.",
        )


def _along(inputs: dict[str, Any], end: int) -> dict[str, Any]:
    return {name: inputs[name][:, :end] for name in _ALONG if name in inputs}


def _ends(model: Any, tokenizer: Any) -> list[int]:
    """Tokens that end a turn: the model's own, and the tokeniser's."""
    told = model.generation_config.eos_token_id
    own = told if isinstance(told, list) else [told]
    return sorted({int(number) for number in (*own, tokenizer.eos_token_id) if number is not None})
