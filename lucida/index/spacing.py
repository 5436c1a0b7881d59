"""Scripts without spaces, prepared for tokenizers that need them."""

from __future__ import annotations

import re

#: Kana and Han: scripts written without spaces, where a tokenizer would take a whole clause for one word.
_UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])")


def spaced(text: str | None) -> str | None:
    """Text whose kana and Han characters stand alone, so that each is a token and a word is a phrase of them."""
    return text if text is None or text.isascii() else _UNSPACED.sub(r" \1 ", text)
