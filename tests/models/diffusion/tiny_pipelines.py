"""Pipelines with random weights, small enough to be made in a test, saved as diffusers saves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers as hf
from safetensors.torch import save_file
from tokenizers import pre_tokenizers

_LETTERS = sorted(pre_tokenizers.ByteLevel.alphabet())
_VOCABULARY = {token: number for number, token in enumerate([*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS)])}
_BEGIN, _END = len(_VOCABULARY), len(_VOCABULARY) + 1
_VOCABULARY |= {"<|startoftext|>": _BEGIN, "<|endoftext|>": _END}
_DIM = 16


def build(family: str, folder: Path, **changes: Any) -> Path:
    """Save a pipeline of a family."""
    torch.manual_seed(0)
    pipe = _FAMILIES[family](**changes)
    with torch.no_grad():
        # As it is initialised, a small decoder gives nearly one grey.
        pipe.vae.decoder.conv_out.weight.mul_(30)
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder


def clip_tokenizer() -> Any:
    """CLIP's, every letter a token."""
    return hf.CLIPTokenizer(vocab=dict(_VOCABULARY), merges=[], model_max_length=77)


def _clip_text(*, projected: bool = False, **more: Any) -> Any:
    config = hf.CLIPTextConfig(
        vocab_size=len(_VOCABULARY),
        hidden_size=_DIM,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        projection_dim=_DIM,
        bos_token_id=_BEGIN,
        eos_token_id=_END,
        pad_token_id=_END,
        **more,
    )
    return hf.CLIPTextModelWithProjection(config) if projected else hf.CLIPTextModel(config)


def clip_vision() -> Any:
    """An image encoder of CLIP for IP-Adapters."""
    config = hf.CLIPVisionConfig(
        hidden_size=_DIM,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        projection_dim=_DIM,
        image_size=32,
        patch_size=8,
    )
    return hf.CLIPVisionModelWithProjection(config)


def unet(**changes: Any) -> Any:
    """A U-Net for pictures of 32 pixels."""
    settings: dict[str, Any] = {
        "sample_size": 16,
        "in_channels": 4,
        "out_channels": 4,
        "block_out_channels": (8, 16),
        "norm_num_groups": 4,
        "layers_per_block": 1,
        "cross_attention_dim": _DIM,
        "attention_head_dim": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    }
    return diffusers.UNet2DConditionModel(**(settings | changes))


def _vae(**changes: Any) -> Any:
    settings: dict[str, Any] = {
        "block_out_channels": (8, 16),
        "norm_num_groups": 4,
        "latent_channels": 4,
        "down_block_types": ("DownEncoderBlock2D",) * 2,
        "up_block_types": ("UpDecoderBlock2D",) * 2,
        "sample_size": 32,
    }
    return diffusers.AutoencoderKL(**(settings | changes))


def _noise() -> Any:
    return diffusers.DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, steps_offset=1
    )


def _sd(*, checker: bool = False, cls: str = "StableDiffusionPipeline", scheduler: Any = None, **changes: Any) -> Any:
    parts = {
        "vae": _vae(),
        "text_encoder": _clip_text(),
        "tokenizer": clip_tokenizer(),
        "unet": unet(**changes),
        "scheduler": scheduler or _noise(),
        "safety_checker": _checker() if checker else None,
        "feature_extractor": hf.CLIPImageProcessor(size=32, crop_size=32) if checker else None,
    }
    if cls != "LatentConsistencyModelPipeline":
        parts["image_encoder"] = None
    return getattr(diffusers, cls)(**parts, requires_safety_checker=False)


def _checker() -> Any:
    """A safety checker that flags everything: every concept is near enough."""
    from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker

    config = hf.CLIPConfig(
        text_config={"hidden_size": _DIM, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24},
        vision_config={
            "hidden_size": _DIM,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "intermediate_size": 24,
            "image_size": 32,
            "patch_size": 8,
        },
        projection_dim=_DIM,
    )
    checker = StableDiffusionSafetyChecker(config)
    with torch.no_grad():
        for name in ("concept_embeds_weights", "special_care_embeds_weights"):
            getattr(checker, name).fill_(-2)
    return checker


def _lcm(**changes: Any) -> Any:
    scheduler = diffusers.LCMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    return _sd(cls="LatentConsistencyModelPipeline", scheduler=scheduler, time_cond_proj_dim=8, **changes)


def _inpaint(**changes: Any) -> Any:
    return _sd(cls="StableDiffusionInpaintPipeline", in_channels=9, **changes)


def _sdxl() -> Any:
    return diffusers.StableDiffusionXLPipeline(
        vae=_vae(),
        text_encoder=_clip_text(),
        text_encoder_2=_clip_text(projected=True),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        unet=unet(
            cross_attention_dim=2 * _DIM,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + _DIM,
            use_linear_projection=True,
        ),
        scheduler=_noise(),
        force_zeros_for_empty_prompt=True,
    )


def _t5() -> tuple[Any, Any]:
    """A text encoder that reads long texts, and its tokeniser."""
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in "abcdefghij")]
    t5 = hf.T5Config(vocab_size=len(pieces), d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4)
    return hf.T5EncoderModel(t5), hf.T5TokenizerFast(vocab=pieces, extra_ids=0)


def _pixart() -> Any:
    encoder, tokenizer = _t5()
    return diffusers.PixArtAlphaPipeline(
        vae=_vae(),
        text_encoder=encoder,
        tokenizer=tokenizer,
        transformer=diffusers.PixArtTransformer2DModel(
            sample_size=32,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=3,
            caption_channels=32,
            cross_attention_dim=24,
            out_channels=8,
            use_additional_conditions=False,
        ),
        scheduler=diffusers.DPMSolverMultistepScheduler(),
    )


def sd3_transformer() -> Any:
    """A small transformer of Stable Diffusion 3."""
    return diffusers.SD3Transformer2DModel(
        sample_size=16,
        patch_size=2,
        in_channels=16,
        out_channels=16,
        num_layers=2,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=32,
        pooled_projection_dim=2 * _DIM,
        pos_embed_max_size=32,
    )


def _sd3() -> Any:
    return diffusers.StableDiffusion3Pipeline(
        vae=_vae(latent_channels=16, shift_factor=0.06),
        text_encoder=_clip_text(projected=True),
        text_encoder_2=_clip_text(projected=True),
        text_encoder_3=None,
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        tokenizer_3=None,
        transformer=sd3_transformer(),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
    )


def sd3_controlnet(folder: Path) -> Path:
    """A ControlNet for the tiny Stable Diffusion 3; its last layers are not zero."""
    torch.manual_seed(1)
    net = diffusers.SD3ControlNetModel.from_transformer(
        sd3_transformer(), num_extra_conditioning_channels=0, num_layers=1
    )
    with torch.no_grad():
        for block in [*net.controlnet_blocks, net.pos_embed_input.proj]:
            torch.nn.init.normal_(block.weight, std=0.5)
    net.save_pretrained(folder)
    return folder


def _flux(*, guidance_embeds: bool = False) -> Any:
    encoder, tokenizer = _t5()
    return diffusers.FluxPipeline(
        vae=_vae(
            block_out_channels=(4,),
            down_block_types=("DownEncoderBlock2D",),
            up_block_types=("UpDecoderBlock2D",),
            latent_channels=1,
            norm_num_groups=1,
            use_quant_conv=False,
            use_post_quant_conv=False,
            shift_factor=0.0609,
            scaling_factor=1.5035,
        ),
        text_encoder=_clip_text(),
        tokenizer=clip_tokenizer(),
        text_encoder_2=encoder,
        tokenizer_2=tokenizer,
        transformer=diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=4,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=_DIM,
            axes_dims_rope=(4, 4, 8),
            guidance_embeds=guidance_embeds,
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
    )


def controlnet(folder: Path, seed: int = 0) -> Path:
    """A ControlNet for the tiny Stable Diffusion; its last layers are not zero as they would be before training."""
    torch.manual_seed(seed)
    net = diffusers.ControlNetModel.from_unet(unet(), conditioning_embedding_out_channels=(8, 16))
    with torch.no_grad():
        for block in [*net.controlnet_down_blocks, net.controlnet_mid_block, net.controlnet_cond_embedding.conv_out]:
            torch.nn.init.normal_(block.weight, std=0.5)
    net.save_pretrained(folder)
    return folder


def ip_adapter(folder: Path) -> Path:
    """An IP-Adapter for the tiny Stable Diffusion, with its image encoder."""
    torch.manual_seed(2)
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * _DIM, _DIM),
        "image_proj.proj.bias": torch.randn(4 * _DIM),
        "image_proj.norm.weight": torch.ones(_DIM),
        "image_proj.norm.bias": torch.zeros(_DIM),
    }
    number = 1
    for name, processor in unet().attn_processors.items():
        if not name.endswith("attn1.processor"):
            width = 16  # the only block with attention, and the middle one, are this wide
            tensors[f"ip_adapter.{number}.to_k_ip.weight"] = torch.randn(width, _DIM)
            tensors[f"ip_adapter.{number}.to_v_ip.weight"] = torch.randn(width, _DIM)
            number += 2
        del processor
    folder.mkdir(parents=True)
    save_file(tensors, folder / "ip-adapter.safetensors")
    clip_vision().save_pretrained(folder / "image_encoder")
    return folder


def lora(folder: Path, base: Path, seed: int = 3) -> Path:
    """A LoRA for a tiny Stable Diffusion, made through peft and saved as trainers save it."""
    from diffusers.utils import convert_state_dict_to_diffusers
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    torch.manual_seed(seed)
    model = diffusers.UNet2DConditionModel.from_pretrained(base / "unet")
    model.add_adapter(LoraConfig(r=2, init_lora_weights=False, target_modules=["to_q", "to_k", "to_v"]))
    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(model))
    diffusers.StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=layers, safe_serialization=True)
    return folder


_FAMILIES = {"sd": _sd, "lcm": _lcm, "inpaint": _inpaint, "sdxl": _sdxl, "flux": _flux, "sd3": _sd3, "pixart": _pixart}
