"""Any image-text-to-text model in the form of transformers: SmolVLM, Idefics3, Qwen-VL, LLaVA, Gemma 3, InternVL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lucida.errors import UsageError
from lucida.models.devices import Placement, choose
from lucida.models.protocols import Message, Reply, Sight, Tool
from lucida.models.vlm import options
from lucida.models.vlm.chat import Chat, takes_tools, template_of
from lucida.models.vlm.generation import Speaker, Spoken
from lucida.models.vlm.image_budget import Budget
from lucida.models.vlm.loading import find, load_model, load_processor
from lucida.models.vlm.stopping import Deadline
from lucida.models.vlm.streaming import Streamer, parted

if TYPE_CHECKING:
    from lucida.models.protocols.vision import Ending


class HfVlm:
    """A ``VisionLanguageModel``. The processor loads when ``sight`` is first asked, the weights at the first reply.

    Args:
        spec: ``hf:OWNER/NAME``, ``hf:OWNER/NAME@REVISION`` or ``hf:FOLDER``, with options after a question mark.
        allow_download: fetch weights that are not on this machine. Without it nothing is ever downloaded.

    Raises:
        UsageError: the spec has another form, or an unknown option.
        ModelError: the weights are not here, were altered or are not in safetensors form, or there is no chat template.
    """

    def __init__(self, spec: str, *, allow_download: bool = False) -> None:
        self._options = options.read(spec)
        self.spec = spec
        self._files = find(self._options.model, allow_download=allow_download)
        self._template = template_of(self._files)
        self._eye: tuple[Any, Chat, Budget] | None = None
        self._speaker: Speaker | None = None
        self._loading = threading.RLock()

    @property
    def calls_tools(self) -> bool:
        """Whether its chat template has a place for tools."""
        return takes_tools(self._template)

    @property
    def placement(self) -> Placement:
        """Where it computes and in which number format, for reports."""
        return choose(self._options.device, self._options.dtype)

    def sight(self, width_px: int, height_px: int) -> Sight | None:
        """What would become of a picture that is shown alone; see ``VisionLanguageModel``.

        Raises:
            UsageError: a picture has no such size.
            ModelError: the processor does not load.
        """
        if min(width_px, height_px) < 1:
            raise UsageError(f"A picture of {width_px} by {height_px} pixels is none.", "Give a size above zero.")
        return self._seeing()[2].sight(width_px, height_px)

    def reply(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Tool] = (),
        most_tokens: int = 256,
        deadline: float | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Go on with a conversation; see ``VisionLanguageModel``. One reply at a time: others wait."""
        began = time.monotonic()
        if most_tokens < 1:
            raise UsageError(f"An answer of {most_tokens} tokens is none.", "Allow at least one token.")
        _, chat, budget = self._seeing()
        prompt, pictures = chat.write(messages, tools)
        speaker = self._loaded()
        until = Deadline(deadline)
        streamer = Streamer(speaker.decoder, on_text, tools=bool(tools)) if on_text else None
        spoken = speaker.speak(prompt, [budget.fitted(picture) for picture in pictures], most_tokens, until, streamer)
        text, calls = parted(speaker.decoder.text(spoken.ids), {tool.name for tool in tools})
        if streamer is not None:
            streamer.finish(text)
        return Reply(
            text=text,
            calls=calls,
            ending=_ending(spoken, until, called=bool(calls)),
            prompt_tokens=spoken.prompt_tokens,
            completion_tokens=len(spoken.ids),
            seconds=time.monotonic() - began,
            reused_tokens=spoken.reused_tokens,
        )

    def _seeing(self) -> tuple[Any, Chat, Budget]:
        with self._loading:
            if self._eye is None:
                processor = load_processor(self._files)
                chat = Chat(processor, self._template, self.spec)
                self._eye = processor, chat, Budget(processor, chat, self._options.max_pixels)
            return self._eye

    def _loaded(self) -> Speaker:
        with self._loading:
            if self._speaker is None:
                placement = self.placement
                model = load_model(self._files, placement, self._options.quantise)
                self._speaker = Speaker(model, self._seeing()[0], placement, self.spec)
            return self._speaker

    def __reduce__(self) -> tuple[type[HfVlm], tuple[str]]:
        # Weights do not cross process borders; the other side loads its own.
        return type(self), (self.spec,)


def _ending(spoken: Spoken, until: Deadline, *, called: bool) -> Ending:
    if until.reached:
        return "deadline"
    if not spoken.ended:
        return "length"
    return "tool" if called else "stop"
