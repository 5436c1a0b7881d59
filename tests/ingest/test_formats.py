"""Every other format that PyMuPDF opens, made here byte by byte."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from lucida.config import ReadOptions
from lucida.ingest.documents.pdf import read_document
from lucida.ingest.render import render_page

_OFFICE = "application/vnd.openxmlformats-officedocument"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_REL = "http://schemas.openxmlformats.org/package/2006/relationships"


def _zip(entries: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _types(*overrides: tuple[str, str]) -> str:
    parts = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides)
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{i}" Type="{_R}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_REL}">{rows}</Relationships>'


def _docx() -> bytes:
    body = "".join(
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("Minutes of the meeting", "The zebra spoke.")
    )
    return _zip(
        {
            "[Content_Types].xml": _types(("/word/document.xml", f"{_OFFICE}.wordprocessingml.document.main+xml")),
            "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": _relations(),
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        }
    )


def _xlsx() -> bytes:
    table = (("Animal", "Count"), ("zebra", "12"), ("okapi", "7"))
    rows = "".join(
        f'<row r="{r + 1}">'
        + "".join(f'<c r="{"AB"[c]}{r + 1}" t="s"><v>{2 * r + c}</v></c>' for c in range(2))
        + "</row>"
        for r in range(3)
    )
    shared = "".join(f"<si><t>{value}</t></si>" for row in table for value in row)
    sheet = f'<?xml version="1.0"?><worksheet xmlns="{_S}"><sheetData>{rows}</sheetData></worksheet>'
    book = (
        f'<?xml version="1.0"?><workbook xmlns="{_S}" xmlns:r="{_R}"><sheets>'
        '<sheet name="Animals" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    return _zip(
        {
            "[Content_Types].xml": _types(
                ("/xl/workbook.xml", f"{_OFFICE}.spreadsheetml.sheet.main+xml"),
                ("/xl/worksheets/sheet1.xml", f"{_OFFICE}.spreadsheetml.worksheet+xml"),
            ),
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _relations(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
            "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst xmlns="{_S}">{shared}</sst>',
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _pptx() -> bytes:
    shape = (
        "<p:sp><p:nvSpPr><p:cNvPr id='2' name='t'/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>"
        "<a:p><a:r><a:t>The zebra slide</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    slide = f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}"><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:sld>'
    show = (
        f'<?xml version="1.0"?><p:presentation xmlns:p="{_P}" xmlns:r="{_R}"><p:sldIdLst>'
        '<p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>'
    )
    return _zip(
        {
            "[Content_Types].xml": _types(
                ("/ppt/presentation.xml", f"{_OFFICE}.presentationml.presentation.main+xml"),
                ("/ppt/slides/slide1.xml", f"{_OFFICE}.presentationml.slide+xml"),
            ),
            "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml")),
            "ppt/presentation.xml": show,
            "ppt/_rels/presentation.xml.rels": _relations(("slide", "slides/slide1.xml")),
            "ppt/slides/slide1.xml": slide,
        }
    )


def _epub() -> bytes:
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Book of zebras</dc:title>'
        '<dc:creator>J. Doe</dc:creator><dc:identifier id="i">1</dc:identifier></metadata><manifest>'
        '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine>'
        "</package>"
    )
    return _zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<?xml version="1.0"?><container version="1.0" '
            'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="p.opf" '
            'media-type="application/oebps-package+xml"/></rootfiles></container>',
            "p.opf": package,
            "c.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Chapter one</h1>'
            f"<p>{'The zebra walks over the plain. ' * 120}</p></body></html>",
        }
    )


def _fb2() -> bytes:
    return (
        b'<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">'
        b"<description><title-info><book-title>Tale</book-title></title-info></description><body><section>"
        b"<p>The zebra sleeps.</p></section></body></FictionBook>"
    )


def _cbz() -> bytes:
    entries: dict[str, str | bytes] = {}
    for number in (1, 2):
        buffer = io.BytesIO()
        Image.effect_noise((200, 300), 90).save(buffer, "JPEG")
        entries[f"{number:02}.jpg"] = buffer.getvalue()
    return _zip(entries)


_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect x="5" y="5" width="80" height="60" '
    b'fill="red"/><text x="100" y="50" font-size="16">The zebra drawing</text></svg>'
)


@pytest.mark.parametrize(
    ("name", "media_type", "data"),
    [
        ("a.docx", f"{_OFFICE}.wordprocessingml.document", _docx()),
        ("a.xlsx", f"{_OFFICE}.spreadsheetml.sheet", _xlsx()),
        ("a.pptx", f"{_OFFICE}.presentationml.presentation", _pptx()),
        ("a.epub", "application/epub+zip", _epub()),
        ("a.fb2", "application/x-fictionbook+xml", _fb2()),
        ("a.svg", "image/svg+xml", _SVG),
        ("a.txt", "text/plain", b"The zebra is written here.\n"),
        ("wrong-name.jpg", "application/epub+zip", _epub()),
    ],
)
def test_text_is_found_and_the_page_can_be_drawn(tmp_path: Path, name: str, media_type: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    document = read_document(path, media_type, ReadOptions(), None, lambda done, total: None)
    assert "zebra" in " ".join(passage.text for passage in document.passages)
    assert all(0 <= edge <= 1 for page in document.pages for word in page.words for edge in word.box)
    drawn = render_page(path, media_type, 1, dpi=72)
    assert drawn.mode == "RGB"
    assert min(drawn.size) > 50


def test_epub_has_metadata_pages_and_sections(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(_epub())
    document = read_document(path, "application/epub+zip", ReadOptions(), None, lambda done, total: None)
    assert document.title == "Book of zebras"
    assert len(document.pages) > 1
    assert document.passages[-1].section == ("Chapter one",)


def test_comic_without_ocr_has_pages_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.cbz"
    path.write_bytes(_cbz())
    document = read_document(path, "application/vnd.comicbook+zip", ReadOptions(), None, lambda done, total: None)
    assert len(document.pages) == 2
    assert all("no OCR engine" in page.warnings[0] for page in document.pages)
