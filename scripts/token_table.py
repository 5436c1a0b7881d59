# ruff: noqa: INP001 - a script, no package
"""What a page of A4 costs the families of vision-language models: the size that they see it at, and its tokens.

    python scripts/token_table.py

Processors of transformers with the published settings of each family, counted by ``lucida.models.vlm``; no weights are
needed. The tokeniser takes bytes for tokens, so that marks around a picture may count a few tokens more than in the
real one. Beside it the height of a line of 10 points after the model's own resize: below about 10 pixels its letters
are not read.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from lucida.models.vlm.chat import Chat
from lucida.models.vlm.image_budget import Budget

#: Of A4 at 72, 100, 150, 200 and 300 dots per inch.
PAGES = {72: (595, 842), 100: (827, 1169), 150: (1240, 1754), 200: (1654, 2339), 300: (2480, 3508)}
#: Height of a page of A4 in points, and of a line.
_POINTS, _LINE = 842, 10
_GRID = [[384 * rows, 384 * columns] for rows in range(1, 7) for columns in range(1, 7)]


def main() -> None:
    """Print the table."""
    say = sys.stdout.write
    say("| model | " + " | ".join(f"{dpi} dpi" for dpi in PAGES) + " |\n|---|" + "---|" * len(PAGES) + "\n")
    for name, (family, settle) in _MODELS.items():
        _, processor, place = _tiny()._FAMILIES[family](2048)  # noqa: SLF001 - the maker of tiny models
        template = _tiny().TEMPLATE.replace("PLACE", place)
        processor.chat_template = template
        settle(processor)
        budget = Budget(processor, Chat(processor, template, name), None)
        cells = []
        for size in PAGES.values():
            sight = budget.sight(*size)
            letters = _LINE * sight.height_px / _POINTS if sight else 0
            cells.append(f"{sight.tokens:,} ({letters:.0f} px)" if sight else "")
        say(f"| {name} | " + " | ".join(cells) + " |\n")


def _smolvlm(processor: Any) -> None:
    images = processor.image_processor
    images.size, images.max_image_size = {"longest_edge": 2048}, {"longest_edge": 512}
    processor.image_seq_len = 64


def _qwen(patch: int, shortest: int, longest: int) -> Callable[[Any], None]:
    def settle(processor: Any) -> None:
        images = processor.image_processor
        images.patch_size, images.merge_size = patch, 2
        images.size = {"shortest_edge": shortest, "longest_edge": longest}

    return settle


def _internvl(processor: Any) -> None:
    images = processor.image_processor
    images.size, images.min_patches, images.max_patches = {"height": 448, "width": 448}, 1, 12
    processor.image_seq_length = 256


def _onevision(processor: Any) -> None:
    images = processor.image_processor
    images.size, images.image_grid_pinpoints = {"height": 384, "width": 384}, _GRID
    processor.patch_size, processor.num_image_tokens = 14, 729


def _gemma(processor: Any) -> None:
    processor.image_processor.size = {"height": 896, "width": 896}
    processor.image_seq_length = 256
    mark = processor.tokenizer.image_token
    few, whole = mark * 4, mark * 256
    processor.full_image_sequence = processor.full_image_sequence.replace(few, whole)


def _llava(processor: Any) -> None:
    images = processor.image_processor
    images.size, images.crop_size = {"shortest_edge": 336}, {"height": 336, "width": 336}
    processor.patch_size = 14


_MODELS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "SmolVLM-256M, 500M": ("idefics3", _smolvlm),
    "Qwen2.5-VL": ("qwen2_5_vl", _qwen(14, 3_136, 12_845_056)),
    "Qwen3-VL": ("qwen3_vl", _qwen(16, 65_536, 16_777_216)),
    "InternVL3 (`-hf`)": ("internvl", _internvl),
    "LLaVA-OneVision": ("llava_onevision", _onevision),
    "Gemma 3": ("gemma3", _gemma),
    "LLaVA 1.5": ("llava", _llava),
}
_MAKER = Path(__file__).parents[1] / "tests" / "models" / "vlm" / "tiny_vlm.py"


def _tiny() -> ModuleType:
    """The tests' maker of tiny processors."""
    if "tiny_vlm" not in sys.modules:
        spec = importlib.util.spec_from_file_location("tiny_vlm", _MAKER)
        if spec is None or spec.loader is None:
            raise SystemExit(f"{_MAKER} is not there")
        sys.modules["tiny_vlm"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["tiny_vlm"])
    return sys.modules["tiny_vlm"]


if __name__ == "__main__":
    main()
