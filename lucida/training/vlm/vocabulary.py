"""The embedded vision-language model's tokenizer: pairs of bytes that are frequent in what it is taught.

Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016), on bytes. Two things serve
copying, which a small model does by looking for the same token again: digits stand alone, and a word at the beginning
of a line is the same token as one behind a space.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lucida.lazy import require
from lucida.training.vlm.template import CALL, CALLED, END, IMAGE, PAD, PHRASES, START

#: Tokens in all.
SIZE = 4096
_CONTEXT = 4096


def train_tokenizer(texts: Iterable[str], size: int = SIZE) -> Any:
    """A tokenizer of transformers, learned from texts.

    Args:
        texts: what it is to read and write.
        size: tokens in all; fewer where the texts are few.

    Raises:
        DependencyError: tokenizers or transformers is absent.
    """
    tokenizers = require("tokenizers", "train a tokenizer")
    inner = tokenizers.Tokenizer(tokenizers.models.BPE())
    new_line = tokenizers.Regex(r"\n(?=\S)")
    inner.normalizer = tokenizers.normalizers.Replace(new_line, "\n ")
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Digits(individual_digits=True),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    inner.decoder = tokenizers.decoders.Sequence(
        [tokenizers.decoders.ByteLevel(), tokenizers.decoders.Replace("\n ", "\n")]
    )
    learner = tokenizers.trainers.BpeTrainer(
        vocab_size=size - len(PHRASES) - 2,
        special_tokens=[PAD, START, END, IMAGE],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(texts, learner)
    plain = [tokenizers.AddedToken(text, special=False, normalized=False) for text in (CALL, CALLED, *PHRASES)]
    inner.add_tokens(plain)
    return _wrapped(inner)


def read_tokenizer(path: Path) -> Any:
    """A tokenizer that ``train_tokenizer`` made, from its ``tokenizer.json``."""
    return _wrapped(require("tokenizers", "train a tokenizer").Tokenizer.from_file(str(path)))


def _wrapped(inner: Any) -> Any:
    fast = require("transformers", "train a vision-language model").PreTrainedTokenizerFast
    return fast(
        tokenizer_object=inner,
        eos_token=END,
        pad_token=PAD,
        extra_special_tokens={"image_token": IMAGE},
        model_max_length=_CONTEXT,
        clean_up_tokenization_spaces=False,
    )
