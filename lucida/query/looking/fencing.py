"""Text from documents, fenced as data, so that a model can tell it from what it was asked.

A fence is no proof against a model that obeys whatever it reads. The proof lies elsewhere: the only tool is reading,
and no answer counts that does not stand on its page.
"""

from __future__ import annotations

import hashlib
import re

#: Signs that chat templates are made of; in a document's text they would end its turn. The bars may be full width.
_SPECIAL = re.compile(
    r"<[|\uff5c][^|>\uff5c]{0,120}[|\uff5c]>"
    r"|</?(?:s|bos|eos|pad|unk|image|img|video|think|im_start|im_end|tool_calls?|tool_response|tools?|function[^>]{0,64}"
    r"|system|assistant|user|(?:start|end)_of_(?:turn|utterance|text|image)|image_soft_token|fake_token_around_image"
    r"|global-img|row_\d+_col_\d+)>"
    r"|</?\|?(?:begin|end)[_\u2581]of[_\u2581]\w{1,20}\|?>|<</?SYS>>|\[/?(?:INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|IMG)\]",
    re.IGNORECASE,
)
#: What a fence itself is made of.
_FENCE = re.compile(r"\[\s*(?=(?:end\s+of\s+)?document\b)", re.IGNORECASE)


def fenced(text: str, name: str = "document") -> str:
    """The text between marks that it does not hold itself, the marks of chat templates and of fences taken out of it.

    Args:
        text: of a document, anything at all.
        name: what it is, shown in the marks.
    """
    plain = text
    while (cleared := _FENCE.sub("(", _SPECIAL.sub(" ", plain))) != plain:
        plain = cleared  # taking one mark out may put another together
    mark = _mark(plain)
    return f"[{name} {mark}]\n{plain}\n[end of {name} {mark}]"


def _mark(text: str) -> str:
    """Eight digits that depend on the whole text and do not stand in it, though somebody tried to make them."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    while digest.hexdigest()[:8] in text:
        digest.update(b"again")
    return digest.hexdigest()[:8]
