"""What becomes of a picture before a model sees it: the size it is brought to, and the places that it takes.

Both follow from the processor's own settings; the model is not run, and need not be loaded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from PIL import Image

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models.protocols import Message, Sight
from lucida.models.tensors import first_line
from lucida.models.vlm.chat import Chat

#: Width and height in pixels.
Size: TypeAlias = tuple[int, int]
_ANY = (64, 64)


class Budget:
    """Knows what pictures cost.

    Args:
        processor: of transformers.
        chat: the model's way to write, which puts marks around a picture.
        max_pixels: pictures with more are shrunk first; None shrinks none.
    """

    def __init__(self, processor: Any, chat: Chat, max_pixels: int | None) -> None:
        self._processor = processor
        self._chat = chat
        self._max_pixels = max_pixels
        self._rule = _rule_of(processor)
        self._measured: dict[Size, int] = {}
        self._around: int | None = None
        if max_pixels is not None:
            _limit(processor.image_processor, max_pixels)

    def fitted(self, picture: Image.Image) -> Image.Image:
        """A picture in RGB, with no more pixels than were allowed."""
        size = _within(picture.size, self._max_pixels)
        shrunk = picture if size == picture.size else picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        return shrunk if shrunk.mode == "RGB" else shrunk.convert("RGB")

    def sight(self, width_px: int, height_px: int) -> Sight | None:
        """What becomes of a picture that is shown alone; None where the model does not take such a picture.

        LLaVA-OneVision looks at several pictures more coarsely than at one.
        """
        given = _within((width_px, height_px), self._max_pixels)
        try:
            size = self._rule(*given)
            return Sight(*size, self._tokens(given, size)) if size else None
        except ValueError:  # what the processor says to strips that are hundreds of times as long as wide
            return None

    def _tokens(self, given: Size, size: Size) -> int:
        """Tokens that a prompt is longer by."""
        told = _told(self._processor, given)
        if told is None:
            # Pictures that are brought to the same size take the same places.
            if size not in self._measured:
                self._measured[size] = self._counted(given)
            return self._measured[size]
        if self._around is None:
            self._around = self._counted(_ANY) - (_told(self._processor, _ANY) or 0)
        return told + self._around

    def _counted(self, given: Size) -> int:
        """The same, counted on a blank picture."""
        picture = Image.new("RGB", given)
        lengths = []
        for parts in ((picture, "x"), ("x",)):
            prompt, pictures = self._chat.write([Message("user", parts)])
            lengths.append(len(self._input_ids(prompt, pictures)))
        return lengths[0] - lengths[1]

    def _input_ids(self, prompt: str, pictures: list[Image.Image]) -> Sequence[int]:
        try:
            ids: Sequence[int] = self._processor(text=[prompt], images=[pictures] if pictures else None)["input_ids"][0]
        except ValueError:
            raise
        except Exception as error:
            raise ModelError(
                f"The processor of {self._chat.name} does not take a blank picture: {first_line(error)}.",
                "Check that its files belong together, or get the model again.",
            ) from error
        return ids


def _told(processor: Any, given: Size, what: str = "num_image_tokens") -> int | None:
    """By the processor's own count, which may leave out the marks around a picture; None where it does not count."""
    count = getattr(processor, "_get_num_multimodal_tokens", None)
    return None if count is None else int(count(image_sizes=[(given[1], given[0])])[what][0])


def _rule_of(processor: Any) -> Callable[[int, int], Size | None]:
    """How a family of models brings pictures to size, told by its settings."""
    images = processor.image_processor
    size = _plain(getattr(images, "size", None))
    if hasattr(images, "max_image_size") and hasattr(images, "get_number_of_image_patches"):
        return lambda width, height: _in_tiles_of_idefics(images, width, height)
    if hasattr(images, "merge_size") and type(images).__name__.startswith("Qwen2VL"):
        return lambda width, height: _in_patches_of_qwen(images, width, height)
    if hasattr(images, "image_grid_pinpoints"):
        return lambda width, height: _on_a_canvas(images.image_grid_pinpoints, width, height)
    if hasattr(images, "crop_to_patches") and hasattr(images, "max_patches"):
        return lambda width, height: _in_tiles_of_internvl(processor, width, height)
    if {"height", "width"} <= size.keys():
        return lambda _width, _height: (size["width"], size["height"])
    if "shortest_edge" in size and getattr(images, "crop_size", None):
        return lambda width, height: _by_shorter_edge(size["shortest_edge"], width, height)
    return lambda width, height: _tried(images, width, height)


def _in_tiles_of_idefics(images: Any, width: int, height: int) -> Size:
    """Idefics3, SmolVLM: enlarged to a length, then squeezed into whole tiles."""
    _, rows, columns = images.get_number_of_image_patches(height, width, {})
    edge = _plain(images.max_image_size)["longest_edge"]
    return max(columns, 1) * edge, max(rows, 1) * edge


def _in_patches_of_qwen(images: Any, width: int, height: int) -> Size:
    """Qwen2-VL and later: its own size, rounded to patches that are merged, within a number of pixels."""
    module = require(type(images).__module__, "prepare pictures")
    size = _plain(images.size)
    rows, columns = module.smart_resize(
        height,
        width,
        factor=images.patch_size * images.merge_size,
        min_pixels=size["shortest_edge"],
        max_pixels=size["longest_edge"],
    )
    return int(columns), int(rows)


def _on_a_canvas(pinpoints: list[list[int]], width: int, height: int) -> Size:
    """LLaVA-NeXT, LLaVA-OneVision: in its own shape, as large as fits on the best of some canvases."""
    choose = require("transformers.image_processing_utils", "prepare pictures").select_best_resolution
    canvas_height, canvas_width = choose((height, width), pinpoints)
    scale = min(canvas_width / width, canvas_height / height)
    return min(math.ceil(width * scale), canvas_width), min(math.ceil(height * scale), canvas_height)


def _in_tiles_of_internvl(processor: Any, width: int, height: int) -> Size:
    """InternVL: squeezed into the grid of tiles whose shape is nearest."""
    images = processor.image_processor
    edge = _plain(images.size)
    tile = (edge["height"], edge["width"])
    if _told(processor, (width, height), "num_image_patches") == 1:
        return tile[1], tile[0]
    module = require("transformers.models.got_ocr2.image_processing_got_ocr2", "prepare pictures")
    columns, rows = module.get_optimal_tiled_canvas((height, width), tile, images.min_patches, images.max_patches)
    return columns * tile[1], rows * tile[0]


def _by_shorter_edge(edge: int, width: int, height: int) -> Size:
    """CLIP's eye: in its own shape, by the shorter edge; what stands over at the longer one is cut off."""
    longer = int(edge * max(width, height) / min(width, height))
    return (longer, edge) if width >= height else (edge, longer)


def _tried(images: Any, width: int, height: int) -> Size | None:
    """Any other family: what a blank picture becomes; None where that does not show."""
    inputs = images(images=[Image.new("RGB", (width, height))], return_tensors="pt")
    if "image_grid_thw" in inputs and hasattr(images, "patch_size"):
        _, rows, columns = (int(number) for number in inputs["image_grid_thw"][0])
        return columns * int(images.patch_size), rows * int(images.patch_size)
    pixels = inputs.get("pixel_values")
    if getattr(pixels, "ndim", 0) == 4 and pixels.shape[0] == 1:
        return int(pixels.shape[-1]), int(pixels.shape[-2])
    return None


def _limit(images: Any, max_pixels: int) -> None:
    """Keep a family that enlarges pictures from doing so beyond a number of pixels."""
    if hasattr(images, "max_image_size"):
        edge = _plain(images.max_image_size)["longest_edge"]
        tiles = max(1, math.isqrt(max_pixels) // edge)
        longest = _plain(images.size).get("longest_edge", tiles * edge)
        images.size = type(images.size)(longest_edge=min(longest, tiles * edge))
    elif hasattr(images, "max_patches") and hasattr(images, "crop_to_patches"):
        edges = _plain(images.size)
        images.max_patches = max(1, min(images.max_patches, max_pixels // (edges["height"] * edges["width"])))
        images.min_patches = min(images.min_patches, images.max_patches)


def _within(size: Size, max_pixels: int | None) -> Size:
    """A size in the same shape with no more pixels than that."""
    width, height = size
    if max_pixels is None or width * height <= max_pixels:
        return size
    scale = math.sqrt(max_pixels / (width * height))
    return max(1, int(width * scale)), max(1, int(height * scale))


def _plain(size: Any) -> dict[str, int]:
    return {str(name): int(value) for name, value in dict(size).items() if value} if size else {}
