"""Marks of origin inside picture files: XMP that says a model drew this.

The property is IPTC's ``Iptc4xmpExt:DigitalSourceType``, the value its term ``trainedAlgorithmicMedia`` (IPTC Photo
Metadata Standard 2023.1, "Digital Source Type"): what search engines and editors look for.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from lucida.errors import UsageError

if TYPE_CHECKING:
    from PIL.Image import Image

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype"
TRAINED = f"{_TERMS}/trainedAlgorithmicMedia"
#: A photograph, changed by rules and not by a model.
ENHANCED = f"{_TERMS}/algorithmicallyEnhanced"
#: Made by rules alone, after no model and no picture.
COMPUTED = f"{_TERMS}/algorithmicMedia"
#: Of parts that were there before and parts that were made.
COMPOSED = f"{_TERMS}/compositeSynthetic"
SUFFIXES = (".png", ".jpg", ".webp")
_PNG_KEY = "XML:com.adobe.xmp"
_SOURCE_TYPE = re.compile(rb'DigitalSourceType="([^"]+)"')


def xmp_packet(tool: str, kind: str = TRAINED) -> bytes:
    """The XMP packet of a picture that was made.

    Args:
        tool: what made it: program and model.
        kind: its digital source type.
    """
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'Iptc4xmpExt:DigitalSourceType="{kind}" xmp:CreatorTool={quoteattr(tool)}/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def encoded(image: Image, suffix: str, tool: str, kind: str | None = TRAINED) -> bytes:
    """A picture that was made as a file, marked: the same pixels and tool give the same bytes.

    Args:
        image: RGB.
        suffix: ``.png`` (lossless), ``.jpg`` or ``.webp``.
        tool: see ``xmp_packet``.
        kind: its digital source type; None leaves it without a mark, as what a camera took.

    Raises:
        UsageError: there is no such format.
    """
    from PIL.PngImagePlugin import PngInfo

    packet, buffer = b"" if kind is None else xmp_packet(tool, kind), io.BytesIO()
    if suffix == ".png":
        facts = PngInfo()
        if packet:
            facts.add_itxt(_PNG_KEY, packet.decode(), zip=False)
        image.save(buffer, "PNG", pnginfo=facts)
    elif suffix == ".jpg":
        image.save(buffer, "JPEG", quality=95, xmp=packet or None)
    elif suffix == ".webp":
        image.save(buffer, "WEBP", quality=95, xmp=packet)
    else:
        raise UsageError(f"Samples cannot be written as {suffix!r}.", f"Choose of: {', '.join(SUFFIXES)}.")
    return buffer.getvalue()


def source_type(path: Path) -> str | None:
    """The digital source type that a PNG, JPEG or WebP file declares; None where it declares none."""
    from PIL import Image as Pillow

    with Pillow.open(path) as image:
        packet = image.info.get("xmp") or image.info.get(_PNG_KEY) or b""
    found = _SOURCE_TYPE.search(packet.encode() if isinstance(packet, str) else packet)
    return found[1].decode() if found else None
