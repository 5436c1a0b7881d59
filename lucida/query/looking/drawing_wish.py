"""Whether a question asks for a picture that is to be drawn; the question's own words decide, and no document's."""

from __future__ import annotations

import re

_START = r"(?:^|[.;:!?¿¡,]\s*)(?:(?:please|now|then|and|also|bitte|und|dann|et|puis|y|luego|por favor)[,\s]+)*"
_PICTURE = r"(?:picture|drawing|image|sketch|illustration|mock-?up|rendering)s?"
_BILD = r"(?:bild|zeichnung|skizze|illustration|entwurf)"
_WISH = re.compile(
    # English
    rf"{_START}(?:draw|sketch|illustrate|depict|visuali[sz]e|paint)\b(?!\s+(?:on|upon|from|down|attention)\b)"
    r"|\b(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:draw|sketch|illustrate|depict|visuali[sz]e|paint)\b"
    r"|\b(?:and|then)\s+(?:draw|sketch|illustrate|paint)\s+(?:me|us|it|one|what|how|such|a\s+(?:picture|sketch))\b"
    rf"|\b(?:make|create|generate|design)\s+(?:(?:me|us)\s+)?(?:\w+\s+){{0,3}}{_PICTURE}\b"
    r"|\bwhat\s+(?:would|could|might)\b.{1,160}\blooks?\s+like\b|\bhow\s+(?:would|could|might)\b.{1,160}\blooks?\b"
    # German
    rf"|{_START}(?:zeichne|skizziere|male|illustriere|entwirf)\b|{_START}(?:zeichnen|skizzieren|malen)\s+sie\b"
    r"|\b(?:kannst\s+du|könntest\s+du|können\s+sie|könnten\s+sie)\b.{0,160}\b(?:zeichnen|skizzieren|malen)\b"
    rf"|\b(?:erstelle|erzeuge|mache)\s+(?:mir\s+)?(?:\w+\s+){{0,3}}{_BILD}\b"
    r"|\bwie\s+(?:sähe|würde)\b.{1,160}\baus(?:sehen)?\b"
    # French and Spanish
    rf"|{_START}(?:dessine[rz]?|illustre[rz]?|esquisse[rz]?)\b|\bà\s+quoi\s+ressemblerai(?:t|ent)\b"
    r"|\b(?:peux-tu|pourrais-tu|pouvez-vous|pourriez-vous)\s+(?:me\s+|nous\s+)?dessiner\b"
    rf"|{_START}(?:dibuja|dibuje|ilustra|esboza)\b|\b(?:puedes|podrías|podría)\s+dibujar"
    r"|\bcómo\s+(?:se\s+vería|luciría)\b",
    re.IGNORECASE | re.DOTALL,
)


def asks_for_picture(question: str) -> bool:
    """Whether somebody wants something drawn: "draw what such a form would look like", "wie sähe ... aus?".

    Args:
        question: as it was asked, in English, German, French or Spanish.
    """
    return _WISH.search(question) is not None
