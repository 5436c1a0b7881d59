"""Vision-language models with random weights, small enough to be made in a test, of the families that are in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers as hf
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% for part in message.content %}{% if part.type == 'image' %}PLACE{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
WITH_TOOLS = (
    "{% if tools %}<|im_start|>system\n{% for tool in tools %}{{ tool.function | tojson }}\n{% endfor %}<|im_end|>\n"
    "{% endif %}{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% for part in message.content %}{% if part.type == 'image' %}PLACE{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}{% for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>"
    "{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_TILES = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
SPECIAL = [
    "<|end|>",
    "<pad>",
    "<s>",
    "<|im_start|>",
    "<|im_end|>",
    "<image>",
    "<video>",
    "<fake_token_around_image>",
    "<global-img>",
    "<end_of_utterance>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
    "<start_of_image>",
    "<end_of_image>",
    "<image_soft_token>",
    "<img>",
    "</img>",
    "<IMG_CONTEXT>",
    "<|python_tag|>",
    "[TOOL_CALLS]",
    "[IMG]",
    "[IMG_BREAK]",
    "[IMG_END]",
    *_TILES,
]
_TOWER = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}


def tokenizer(**names: str) -> Any:
    """Takes bytes for tokens, and marks of conversations for one token each."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    model = Tokenizer(BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
    model.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = decoders.ByteLevel()
    model.add_special_tokens(SPECIAL)
    model.add_tokens(["<tool_call>", "</tool_call>"])
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=model,
        eos_token="<|end|>",
        pad_token="<pad>",
        additional_special_tokens=SPECIAL[3:],
        extra_special_tokens=names,
        model_max_length=100_000,
    )


def build(name: str, folder: Path, *, template: str | None = None, context: int = 2048) -> Path:
    """Save a model of a family with its processor."""
    torch.manual_seed(0)
    model, processor, place = _FAMILIES[name](context)
    processor.chat_template = (template or TEMPLATE).replace("PLACE", place)
    model.generation_config.eos_token_id = processor.tokenizer.convert_tokens_to_ids("<|im_end|>")
    with torch.no_grad():
        # As it is initialised, a small model hardly tells one word, or picture, from another.
        for weights in model.parameters():
            if weights.ndim > 1:
                weights.mul_(6)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _text(context: int, **more: Any) -> dict[str, Any]:
    size = 256 + len(SPECIAL) + 2
    return {
        **_TOWER,
        "vocab_size": size,
        "num_key_value_heads": 1,
        "max_position_embeddings": context,
        "bos_token_id": 256,
        "eos_token_id": 256,
        "pad_token_id": 257,
        "tie_word_embeddings": False,
        **more,
    }


def _id(token: str) -> int:
    return 256 + SPECIAL.index(token)


def _idefics3(context: int) -> tuple[Any, Any, str]:
    config = hf.Idefics3Config(
        vision_config={**_TOWER, "image_size": 32, "patch_size": 8},
        text_config={"model_type": "llama", **_text(context)},
        image_token_id=_id("<image>"),
        scale_factor=2,
        tie_word_embeddings=False,
    )
    images = hf.Idefics3ImageProcessor(size={"longest_edge": 128}, max_image_size={"longest_edge": 32})
    processor = hf.Idefics3Processor(images, tokenizer(), image_seq_len=4)
    return hf.Idefics3ForConditionalGeneration(config), processor, "<image>"


def _smolvlm(context: int) -> tuple[Any, Any, str]:
    config = hf.SmolVLMConfig(
        vision_config={**_TOWER, "image_size": 32, "patch_size": 8},
        text_config={"model_type": "llama", **_text(context)},
        image_token_id=_id("<image>"),
        scale_factor=2,
        tie_word_embeddings=False,
    )
    images = hf.SmolVLMImageProcessor(size={"longest_edge": 128}, max_image_size={"longest_edge": 32})
    video = hf.SmolVLMVideoProcessor(size={"longest_edge": 128}, max_image_size={"longest_edge": 32})
    processor = hf.SmolVLMProcessor(images, tokenizer(), video, image_seq_len=4)
    return hf.SmolVLMForConditionalGeneration(config), processor, "<image>"


def _qwen(kind: str, context: int) -> tuple[Any, Any, str]:
    configs = {"qwen2_vl": hf.Qwen2VLConfig, "qwen2_5_vl": hf.Qwen2_5_VLConfig, "qwen3_vl": hf.Qwen3VLConfig}
    models = {
        "qwen2_vl": hf.Qwen2VLForConditionalGeneration,
        "qwen2_5_vl": hf.Qwen2_5_VLForConditionalGeneration,
        "qwen3_vl": hf.Qwen3VLForConditionalGeneration,
    }
    processors = {
        "qwen2_vl": (hf.Qwen2VLProcessor, hf.Qwen2VLVideoProcessor),
        "qwen2_5_vl": (hf.Qwen2_5_VLProcessor, hf.Qwen2VLVideoProcessor),
        "qwen3_vl": (hf.Qwen3VLProcessor, hf.Qwen3VLVideoProcessor),
    }
    wide = {"hidden_size": 32, "out_hidden_size": 32, "intermediate_size": 48}
    eye = {"depth": 2, "num_heads": 2, "patch_size": 8, "spatial_merge_size": 2, "temporal_patch_size": 2}
    eye |= {
        "qwen2_vl": {"embed_dim": 32, "hidden_size": 32, "mlp_ratio": 2},
        "qwen2_5_vl": {**wide, "window_size": 32},
        "qwen3_vl": {**wide, "num_position_embeddings": 64, "deepstack_visual_indexes": [0, 1]},
    }[kind]
    rope = {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 10000.0}
    names = ("image_pad", "video_pad", "vision_start", "vision_end")
    keys = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
    config = configs[kind](
        text_config=_text(context, rope_parameters=rope, **({"head_dim": 16} if kind == "qwen3_vl" else {})),
        vision_config=eye,
        **{key: _id(f"<|{token}|>") for key, token in zip(keys, names, strict=True)},
        tie_word_embeddings=False,
    )
    edges = {"shortest_edge": 16 * 16 * 4, "longest_edge": 16 * 16 * 64}
    images = hf.Qwen2VLImageProcessor(patch_size=8, merge_size=2, temporal_patch_size=2, size=edges)
    whole, moving = processors[kind]
    processor = whole(images, tokenizer(), moving(patch_size=8, merge_size=2, temporal_patch_size=2))
    return models[kind](config), processor, "<|vision_start|><|image_pad|><|vision_end|>"


def _clip(edge: int = 32) -> Any:
    return hf.CLIPVisionConfig(**_TOWER, image_size=edge, patch_size=8, projection_dim=32)


def _llava(context: int) -> tuple[Any, Any, str]:
    config = hf.LlavaConfig(
        vision_config=_clip(),
        text_config=hf.LlamaConfig(**_text(context)),
        image_token_id=_id("<image>"),
        image_token_index=_id("<image>"),
        vision_feature_layer=-1,
        tie_word_embeddings=False,
    )
    images = hf.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor = hf.LlavaProcessor(
        images, tokenizer(), patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1
    )
    return hf.LlavaForConditionalGeneration(config), processor, "<image>\n"


def _fast_vlm(context: int) -> tuple[Any, Any, str]:
    config = hf.FastVlmConfig(
        # A tower that timm itself is tested with; its last map is a grid of one place for 32 pixels.
        vision_config={
            "model_type": "timm_wrapper",
            "architecture": "test_byobnet",
            "do_pooling": False,
            "hidden_size": 256,
        },
        text_config={"model_type": "qwen2", **_text(context)},
        image_token_index=_id("<image>"),
        image_seq_length=4,
        tie_word_embeddings=False,
    )
    square = {"height": 64, "width": 64}
    images = hf.CLIPImageProcessor(size=square, crop_size=square, do_center_crop=False)
    processor = hf.LlavaProcessor(images, tokenizer(), patch_size=32, vision_feature_select_strategy="full")
    return hf.FastVlmForConditionalGeneration(config), processor, "<image>\n"


_POINTS = [[32, 64], [64, 32], [64, 64], [96, 32], [32, 96]]


def _llava_next(context: int) -> tuple[Any, Any, str]:
    config = hf.LlavaNextConfig(
        vision_config=_clip(),
        text_config=hf.LlamaConfig(**_text(context)),
        image_token_index=_id("<image>"),
        image_token_id=_id("<image>"),
        image_grid_pinpoints=_POINTS,
        vision_feature_layer=-1,
        tie_word_embeddings=False,
    )
    images = hf.LlavaNextImageProcessor(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, image_grid_pinpoints=_POINTS
    )
    processor = hf.LlavaNextProcessor(
        images, tokenizer(), patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1
    )
    return hf.LlavaNextForConditionalGeneration(config), processor, "<image>\n"


def _llava_onevision(context: int) -> tuple[Any, Any, str]:
    config = hf.LlavaOnevisionConfig(
        vision_config=hf.SiglipVisionConfig(**_TOWER, image_size=32, patch_size=8, vision_use_head=False),
        text_config=hf.Qwen2Config(**_text(context)),
        image_token_index=_id("<image>"),
        image_token_id=_id("<image>"),
        video_token_index=_id("<video>"),
        video_token_id=_id("<video>"),
        image_grid_pinpoints=_POINTS,
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        tie_word_embeddings=False,
    )
    square = {"height": 32, "width": 32}
    images = hf.LlavaOnevisionImageProcessor(size=square, image_grid_pinpoints=_POINTS)
    processor = hf.LlavaOnevisionProcessor(
        images,
        tokenizer(),
        hf.LlavaOnevisionVideoProcessor(size=square),
        num_image_tokens=16,
        patch_size=8,
        vision_feature_select_strategy="full",
    )
    processor.patch_size = 8
    return hf.LlavaOnevisionForConditionalGeneration(config), processor, "<image>\n"


def _gemma3(context: int) -> tuple[Any, Any, str]:
    config = hf.Gemma3Config(
        text_config=_text(context, head_dim=16, sliding_window=16, layer_types=["sliding_attention", "full_attention"]),
        vision_config={**_TOWER, "image_size": 32, "patch_size": 8, "vision_use_head": False},
        mm_tokens_per_image=4,
        boi_token_index=_id("<start_of_image>"),
        eoi_token_index=_id("<end_of_image>"),
        image_token_index=_id("<image_soft_token>"),
        image_token_id=_id("<image_soft_token>"),
        tie_word_embeddings=False,
    )
    words = tokenizer(image_token="<image_soft_token>", boi_token="<start_of_image>", eoi_token="<end_of_image>")
    images = hf.Gemma3ImageProcessor(size={"height": 32, "width": 32})
    return (
        hf.Gemma3ForConditionalGeneration(config),
        hf.Gemma3Processor(images, words, image_seq_length=4),
        "<start_of_image>",
    )


def _internvl(context: int) -> tuple[Any, Any, str]:
    config = hf.InternVLConfig(
        vision_config={**_TOWER, "image_size": [32, 32], "patch_size": [8, 8]},
        text_config={"model_type": "qwen2", **_text(context)},
        image_token_id=_id("<IMG_CONTEXT>"),
        downsample_ratio=0.5,
        tie_word_embeddings=False,
    )
    words = tokenizer(
        start_image_token="<img>", end_image_token="</img>", context_image_token="<IMG_CONTEXT>", video_token="<video>"
    )
    square = {"height": 32, "width": 32}
    images = hf.GotOcr2ImageProcessor(size=square, crop_to_patches=True, min_patches=1, max_patches=6)
    processor = hf.InternVLProcessor(images, words, hf.InternVLVideoProcessor(size=square), image_seq_length=4)
    return hf.InternVLForConditionalGeneration(config), processor, "<IMG_CONTEXT>\n"


def _mistral3(context: int) -> tuple[Any, Any, str]:
    config = hf.Mistral3Config(
        vision_config=hf.PixtralVisionConfig(**_TOWER, head_dim=16, image_size=128, patch_size=8),
        text_config=hf.MistralConfig(**_text(context, head_dim=16, sliding_window=None)),
        image_token_index=_id("[IMG]"),
        image_token_id=_id("[IMG]"),
        spatial_merge_size=2,
        vision_feature_layer=-1,
        tie_word_embeddings=False,
    )
    images = hf.PixtralImageProcessor(size={"longest_edge": 128}, patch_size=16)
    processor = hf.PixtralProcessor(images, tokenizer(), patch_size=8, spatial_merge_size=2)
    return hf.Mistral3ForConditionalGeneration(config), processor, "[IMG]"


_FAMILIES: dict[str, Any] = {
    "fast_vlm": _fast_vlm,
    "gemma3": _gemma3,
    "idefics3": _idefics3,
    "internvl": _internvl,
    "llava": _llava,
    "llava_next": _llava_next,
    "llava_onevision": _llava_onevision,
    "mistral3": _mistral3,
    "qwen2_5_vl": lambda context: _qwen("qwen2_5_vl", context),
    "qwen2_vl": lambda context: _qwen("qwen2_vl", context),
    "qwen3_vl": lambda context: _qwen("qwen3_vl", context),
    "smolvlm": _smolvlm,
}
NAMES = tuple(_FAMILIES)
