"""Makes files that are whole, and files that are broken in every way a disk, a network or an attacker breaks them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pymupdf
from PIL import Image, ImageDraw, ImageFont

SENTENCE = "The {word} sails from the northern pier at half past two."
OWNER, READER = "harbour-master", "pilot"
HUGE_PX = 65_000


def sentence(word: str) -> str:
    return SENTENCE.format(word=word)


def pdf(word: str = "whole", pages: int = 1, **options: object) -> bytes:
    """A born-digital document with one sentence on each page."""
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page()
            page.insert_text((72, 96), f"{sentence(word)} This is leaf {number + 1}.")
        return bytes(document.tobytes(**options))


def locked_pdf(word: str) -> bytes:
    return pdf(word, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw=OWNER, user_pw=READER)


def broken_xref_pdf(word: str) -> bytes:
    """Every offset in the cross-reference table is wrong, and so is the pointer to the table."""
    data = pdf(word, use_objstms=0)
    head, _, _tail = data.rpartition(b"xref\n0 ")
    return head + b"xref\n0 2\n0000000000 65535 f \n0000099999 00000 n \ntrailer\n<< >>\nstartxref\n7\n%%EOF\n"


def plain_pdf(objects: list[str], root: int = 1) -> bytes:
    """A PDF out of the sources of its objects, numbered from 1."""
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, source in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n{source}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out.write(f"trailer << /Size {len(objects) + 1} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def looped_pdf() -> bytes:
    """The page tree's only branch has the tree's root as its child."""
    return plain_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 3 /Kids [3 0 R] >>",
            "<< /Type /Pages /Count 3 /Kids [2 0 R 3 0 R] /Parent 2 0 R >>",
        ]
    )


def carrying_pdf(word: str, canary: Path) -> bytes:
    """A document with a script that would write ``canary`` on opening, a launch action for it, and two files inside."""
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 96), sentence(word))
        document.embfile_add("payload.exe", b"MZ not run")
        document.embfile_add("prices\x1b[31m.csv", b"a,b\n1,2\n")
        script, launch = document.get_new_xref(), document.get_new_xref()
        document.update_object(script, f"<</S/JavaScript/JS(app.launchURL\\('file://{canary}'\\);)/Next {launch} 0 R>>")
        document.update_object(launch, f"<</S/Launch/F(touch {canary})>>")
        document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{script} 0 R")
        return bytes(document.tobytes())


def png(word: str = "whole", form: str = "PNG") -> bytes:
    """A picture, which needs no OCR."""
    image = Image.new("RGB", (160, 120), "navy")
    ImageDraw.Draw(image).ellipse((30, 20, 130, 100), fill="orange")
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def scan(*words: str) -> bytes:
    """A page of text as a scanner gives it."""
    image = Image.new("L", (1240, 1754), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(34)
    for number in range(14):
        draw.text((120, 160 + number * 90), f"{sentence(words[number % len(words)])} Line {number}.", 0, font)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(150, 150))
    return out.getvalue()


def huge_png() -> bytes:
    """A kilobyte that says it is 65,000 pixels wide and as high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", HUGE_PX, HUGE_PX, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 200_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def huge_image_pdf(word: str) -> bytes:
    """A page with a sentence and an image that declares 65,000 x 65,000 pixels of colour."""
    text = f"BT /F1 14 Tf 72 700 Td ({sentence(word)}) Tj ET q 400 0 0 400 72 200 cm /Im1 Do Q"
    pixels = zlib.compress(b"\0" * 200_000, 9).decode("latin-1")
    image = f"/Type /XObject /Subtype /Image /Width {HUGE_PX} /Height {HUGE_PX} /BitsPerComponent 8"
    image += " /ColorSpace /DeviceRGB"
    resources = "/Font << /F1 6 0 R >> /XObject << /Im1 5 0 R >>"
    return plain_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << {resources} >> >>",
            f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
            f"<< {image} /Filter /FlateDecode /Length {len(pixels)} >>\nstream\n{pixels}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def _zipped(parts: dict[str, bytes], *, first_stored: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(parts.items()):
            kind = zipfile.ZIP_STORED if first_stored and not number else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    return out.getvalue()


def docx(word: str, padding: int = 0) -> bytes:
    """A Word file; ``padding`` megabytes of blanks in its text make it a bomb."""
    space = "http://schemas.openxmlformats.org"
    text = sentence(word).encode() + b" " * (padding * 1_000_000)
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
            "</Relationships>".encode(),
            "word/document.xml": f'<w:document xmlns:w="{space}/wordprocessingml/2006/main">'.encode()
            + b"<w:body><w:p><w:r><w:t>"
            + text
            + b"</w:t></w:r></w:p></w:body></w:document>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships"/>'.encode(),
        }
    )


def epub(word: str, padding: int = 0) -> bytes:
    """An electronic book of one chapter; ``padding`` megabytes of blanks in it make it a bomb."""
    chapter = f"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>{sentence(word)}</p>".encode()
    return _zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<container version="1.0" '
            b'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            b'<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
            "book.opf": b'<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata '
            b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Book</dc:title></metadata><manifest><item id="c" '
            b'href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine>'
            b"</package>",
            "c.xhtml": chapter + b" " * (padding * 1_000_000) + b"</body></html>",
        },
        first_stored=True,
    )


def liar(data: bytes, part: str) -> bytes:
    """The same container with a directory that says the part unpacks to nine bytes."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        honest = struct.pack("<I", archive.getinfo(part).file_size)
    while (at := changed.find(honest)) >= 0:
        changed[at : at + 4] = struct.pack("<I", 9)
    return bytes(changed)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def program(_word: str = "") -> bytes:
    """What an executable begins like."""
    return b"\x7fELF\2\1\1" + bytes(range(256)) * 8


Maker = Callable[[str], bytes]
