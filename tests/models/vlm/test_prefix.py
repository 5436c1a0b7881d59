from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from transformers import DynamicCache, StaticCache
from transformers.models.llama import LlamaConfig

from lucida.models.vlm.prefix import Prefix, Prefixes, computed, key_of


def prefix(size: int) -> Prefix:
    return Prefix(None, 3, (), size)


def cache(tokens: int) -> DynamicCache:
    kept = DynamicCache()
    for layer in range(2):
        kept.update(torch.ones(1, 2, tokens, 4), torch.ones(1, 2, tokens, 4), layer)
    return kept


def test_the_longest_unused_goes_first() -> None:
    kept = Prefixes(100)
    for key in "abc":
        kept.keep(key, prefix(40))
    assert kept.get("a") is None
    assert kept.get("b") is not None
    kept.keep("d", prefix(40))
    assert (kept.get("c"), kept.size) == (None, 80)
    kept.keep("e", prefix(101))
    assert kept.get("e") is None
    assert kept.get("b") is not None
    kept.clear()
    assert kept.size == 0


def test_keys_follow_pixels_and_tokens(draw: Callable[..., Any]) -> None:
    page, other = draw(), draw(seed=1)
    key = key_of([page], [1, 2, 3])
    assert key == key_of([page.copy()], [1, 2, 3])
    different = [
        key_of([other], [1, 2, 3]),
        key_of([page], [1, 23]),
        key_of([page, other], [1, 2, 3]),
        key_of([other, page], [1, 2, 3]),
        key_of([page.resize((40, 90))], [1, 2, 3]),
        key_of([page.convert("L")], [1, 2, 3]),
    ]
    assert len({key, *different}) == 7


def test_writing_to_a_copy_leaves_what_is_kept() -> None:
    class Model:
        rope_deltas: Any = 5

        def modules(self) -> list[Any]:
            return [self]

    model = Model()
    kept = computed(cache(3), 3, model)
    assert kept is not None
    assert kept.size == 2 * 2 * 2 * 3 * 4 * 4
    model.rope_deltas = 9
    taken = kept.taken()
    assert model.rope_deltas == 5
    taken.update(torch.zeros(1, 2, 1, 4), torch.zeros(1, 2, 1, 4), 0)
    assert (taken.get_seq_length(), kept.cache.get_seq_length()) == (4, 3)


def test_other_caches_are_not_kept() -> None:
    model = torch.nn.Linear(1, 1)
    config = LlamaConfig(num_hidden_layers=1, hidden_size=8, num_attention_heads=2, intermediate_size=8)
    assert computed(StaticCache(config=config, max_cache_len=9), 3, model) is None
    assert computed(None, 3, model) is None
    assert computed(cache(4), 3, model) is None  # a step more than was asked for
    assert computed(cache(3), 3, model) is not None
