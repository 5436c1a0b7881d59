"""Finds and loads a vision-language model through transformers, under the same rules as encoders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lucida.errors import ModelError
from lucida.lazy import require
from lucida.models import downloads, hub
from lucida.models.hf_files import HfFiles, local_folder, resolve, split_spec
from lucida.models.hf_weights import TRUSTED, careful, load_weights
from lucida.models.tensors import first_line

if TYPE_CHECKING:
    from lucida.models.devices import Placement

_PURPOSE = "look at pictures and answer"
#: Where the limit of a model's context stands, by age of its configuration.
_CONTEXT = ("max_position_embeddings", "max_seq_len", "seq_length")
_UNITS = {"B": 1e9, "M": 1e6}


def find(spec: str, *, allow_download: bool) -> HfFiles:
    """The files of a spec without options.

    Raises:
        UsageError: the spec has another form.
        ModelError: they are not on this machine, were altered, or lack weights in safetensors form, a tokeniser or
            image preprocessing.
    """
    here = allow_download or hub.offline() or local_folder(spec) is not None or downloads.installed(spec)
    if here:
        return resolve(spec, allow_download=allow_download)
    raise ModelError(
        f"The weights of {spec} are not on this machine{_about(split_spec(spec)[0])}.",
        f"Download them with: lucida models get {spec}.",
    )


def load_config(files: HfFiles) -> Any:
    """The configuration, checked to be one of a model that answers to pictures and texts.

    Raises:
        ModelError: it is damaged, unknown to transformers, or of a model of another kind.
        DependencyError: transformers is absent.
    """
    transformers = require("transformers", _PURPOSE)
    with careful(files, "configuration"):
        config = transformers.AutoConfig.from_pretrained(files.folder, **TRUSTED)
    if (
        type(config)
        not in require("transformers.models.auto.modeling_auto", _PURPOSE).MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
    ):
        raise ModelError(
            f"The model {files.folder} is of the kind {files.model_type or 'unknown'}, "
            "which does not look at pictures and answer in words.",
            "Choose a vision-language model, e.g. hf:HuggingFaceTB/SmolVLM-256M-Instruct.",
        )
    return config


def load_processor(files: HfFiles) -> Any:
    """Tokeniser and image preprocessing.

    Raises:
        ModelError: one of them is missing or damaged.
        DependencyError: transformers, or a package that the processor wants, is absent.
    """
    load_config(files)
    transformers = require("transformers", _PURPOSE)
    with careful(files, "tokeniser or preprocessing"):
        processor = transformers.AutoProcessor.from_pretrained(files.folder, **TRUSTED)
    if not hasattr(processor, "image_processor") or not hasattr(processor, "tokenizer"):
        raise ModelError(
            f"The processor of {files.folder} reads no pictures, or no texts.",
            "Check that processor_config.json or preprocessor_config.json belongs to the model.",
        )
    return processor


def load_model(files: HfFiles, placement: Placement, quantise: str | None) -> Any:
    """The model where it computes, set to speak greedily.

    Args:
        files: the checkpoint.
        placement: where to, and in which number format.
        quantise: "8bit" or "4bit" (Dettmers et al., "LLM.int8()", 2022, and "QLoRA", 2023); None leaves the weights.

    Raises:
        ModelError: the weights are damaged, of another architecture, or too large for the memory.
        DependencyError: transformers or torch is absent, or what quantising wants.
    """
    transformers = require("transformers", _PURPOSE)
    options = _quantised(transformers, placement, quantise) if quantise else {}
    model = load_weights(transformers.AutoModelForImageTextToText, files, placement, **options)
    model.generation_config = _greedy(transformers, model.generation_config)
    return model


def context_of(config: Any) -> int | None:
    """How many tokens a prompt and its answer may have together; None where the configuration does not say."""
    text = config.get_text_config()
    found = next((getattr(text, name) for name in _CONTEXT if getattr(text, name, None)), None)
    return int(found) if found else None


def _quantised(transformers: Any, placement: Placement, quantise: str) -> dict[str, Any]:
    for package in ("bitsandbytes", "accelerate"):
        require(package, f"load a model in {quantise}")
    settings: dict[str, Any] = (
        {"load_in_8bit": True}
        if quantise == "8bit"
        else {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": placement.torch_dtype()}
    )
    return {
        "quantization_config": transformers.BitsAndBytesConfig(**settings),
        "device_map": {"": placement.device},
    }


def _greedy(transformers: Any, published: Any) -> Any:
    """The most likely word, always: what a checkpoint says of chance, penalties and length is left out."""
    return transformers.GenerationConfig(
        do_sample=False,
        num_beams=1,
        bos_token_id=published.bos_token_id,
        eos_token_id=published.eos_token_id,
        pad_token_id=published.pad_token_id,
    )


def _about(name: str) -> str:
    """About how much is to be fetched, where a repository's name tells its parameters: two bytes each."""
    found = re.search(r"(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([BM])(?![A-Za-z0-9])", name, re.IGNORECASE)
    return f" (by its name about {float(found[1]) * _UNITS[found[2].upper()] * 2 / 1e9:.1f} GB)" if found else ""


def failed(name: str, error: BaseException) -> ModelError:
    """What to say when a model fails in the middle of a reply."""
    return ModelError(
        f"The model {name} failed while it was answering: {first_line(error)}.",
        "Try dtype=float32 in its spec, or another model.",
    )
