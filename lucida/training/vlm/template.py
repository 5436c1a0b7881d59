"""How the embedded vision-language model reads a conversation: marks, chat template, standing phrases."""

from __future__ import annotations

import json

from lucida.query.looking.reading_tool import NAME, NO_TEXT, TOO_SMALL
from lucida.query.looking.wording import SYSTEM

PAD, START, END, IMAGE = "<|pad|>", "<|im_start|>", "<|im_end|>", "<image>"
CALL, CALLED = "<tool_call>", "</tool_call>"
#: What the model's own turns begin with.
ASSISTANT = f"{START}assistant\n"

#: Of tools it is told names and parameters; what they are for it has learned.
TEMPLATE = (
    "{% if tools %}<|im_start|>tools\n"
    "{% for tool in tools %}{{ tool.function.name }}({{ tool.function.parameters.properties | join(', ') }})\n"
    "{% endfor %}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}"
    "{% if part.type == 'image' %}<image>\n{% else %}{{ part.text }}{% endif %}{% endfor %}{% endif %}"
    "{% for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _call_in_pieces() -> tuple[str, ...]:
    """A call of the reading tool without its numbers."""
    edges = ("left", "top", "right", "bottom")
    whole = json.dumps({"name": NAME, "arguments": dict.fromkeys(edges, 0)})
    return tuple(dict.fromkeys(whole.split("0")))


#: Texts that stand in every conversation of the house take one token each: the instructions alone are a hundred words.
#: Where they change, they are read in ordinary tokens.
PHRASES = (
    *(line for line in SYSTEM.split("\n") if len(line) > 1),
    TOO_SMALL,
    NO_TEXT,
    f"{NAME}(left, top, right, bottom)",
    *_call_in_pieces(),
    "NOT FOUND",
)
