"""Text from documents, fenced as data, so that a model can tell it from what it was asked.

A fence is no proof against a model that obeys whatever it reads. The proof lies elsewhere: the only tool is reading,
and no answer counts that does not stand on its page.
"""

from __future__ import annotations

import hashlib
import re

#: Signs that chat templates and fences are made of; in a document's text they would end its turn.
_SPECIAL = re.compile(
    r"<\|[^|>]{0,64}\|>|</?(?:s|image|im_start|im_end|tool_call|tool_response|system)>|\[/?INST\]", re.IGNORECASE
)


def fenced(text: str, name: str = "document") -> str:
    """The text between marks that it does not hold itself, the marks of chat templates taken out of it.

    Args:
        text: of a document, anything at all.
        name: what it is, shown in the marks.
    """
    plain = _SPECIAL.sub(" ", text)
    mark = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"[{name} {mark}]\n{plain}\n[end of {name} {mark}]"
