"""HTML, Markdown and plain text on virtual pages."""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np
import pytest

from lucida.config import ReadOptions
from lucida.errors import DamagedSourceError
from lucida.ingest.markup.decode import decode
from lucida.ingest.markup.markup import read_markup
from lucida.ingest.render import render_page
from lucida.types import Document

HTML = """<html><head><title>My page</title><style>p{color:red}</style><script>document.write("evil")</script>
<meta name="author" content="J. Doe"></head><body><h1>Prices</h1><p>All prices<br>hold &amp; stand until <b>May</b>.
<ul><li>apples</li><li><p>pears</p></li></ul><table><caption>Fruit</caption><tr><th>Item<th>Price</tr>
<tr><td>Apple<td>1.20</tr><tr><td>Pear<td>2.50</table><h2>Code</h2><pre>def f():
    return 1</pre><p>日本語</p><noscript>hidden</noscript></body></html>"""


def read(path: Path, content: str | bytes, media_type: str) -> Document:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_markup(path, media_type, ReadOptions(), lambda done, total: None)


def test_html(tmp_path: Path) -> None:
    made = read(tmp_path / "a.html", HTML, "text/html")
    assert made.title == "My page"
    assert made.metadata == {"author": "J. Doe"}
    assert made.warnings == ("The document carries JavaScript, which is never run.",)
    joined = "\n".join(passage.text for passage in made.passages)
    assert "evil" not in joined
    assert "hidden" not in joined
    assert "color" not in joined
    assert "hold & stand until May." in joined
    assert "• apples\n• pears" in joined
    assert "Fruit\nItem: Apple | Price: 1.20\nItem: Pear | Price: 2.50" in joined
    assert made.passages[-1].section == ("Prices", "Code")
    table = next(region.table for region in made.pages[0].regions if region.table)
    assert (table.rows, table.columns, table.header_rows) == (3, 2, 1)


def test_html_that_is_broken_is_still_read(tmp_path: Path) -> None:
    made = read(
        tmp_path / "a.html", "<table><td>a<td>b<tr><td><table><tr><td>inner</td></table><p>after <h3>x<li>", "text/html"
    )
    assert {"a", "b", "inner", "after", "x"} <= {word.text for word in made.pages[0].words}


def test_markdown(tmp_path: Path) -> None:
    table = "| A | B |\n|---|---|\n| 1 | 2 |\n"
    text = f"---\ntitle: A doc\nauthor: Jo\n---\n# Head\n\ntext *here* and\nmore\n\n1. one\n2. two\n\n{table}"
    made = read(tmp_path / "a.md", text, "text/markdown")
    assert made.title == "A doc"
    assert made.metadata == {"author": "Jo"}
    assert [passage.text for passage in made.passages] == ["Head\ntext here and more\n1. one\n2. two", "A: 1 | B: 2"]


def test_plain_text_keeps_its_lines_and_is_paged(tmp_path: Path) -> None:
    made = read(tmp_path / "a.txt", "\n".join(f"entry {i} is fine" for i in range(150)), "text/plain")
    assert len(made.pages) == 3
    assert "entry 3 is fine\nentry 4 is fine" in made.passages[0].text
    assert [page.number for page in made.pages] == [1, 2, 3]
    assert sum(len(page.words) for page in made.pages) == 600


def test_long_tables_repeat_their_head_on_each_page(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>item {i}<td>{i}</tr>" for i in range(130))
    made = read(tmp_path / "a.html", f"<table><tr><th>Name<th>Count</tr>{rows}</table>", "text/html")
    assert len(made.pages) == 3
    for page in made.pages:
        table = page.regions[0].table
        assert table is not None
        assert table.cells[0].text == "Name"
        assert all(0 <= edge <= 1 for cell in table.cells for edge in cell.box)
    joined = "\n".join(passage.text for passage in made.passages)
    assert all(f"Name: item {i} | Count: {i}" in joined for i in range(130))


@pytest.mark.parametrize("text", ["Grüße aus Köln, 5 €", "naïve café"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("cp1252", b""),
    ],
)
def test_encodings(text: str, encoding: str, mark: bytes) -> None:
    assert decode(mark + text.encode(encoding)) == text


def test_declared_encoding_and_lies() -> None:
    page = '<meta charset="{}"><p>Žluťoučký kůň'
    assert "Žluťoučký" in decode(page.format("iso-8859-2").encode("iso-8859-2"), declared=True)
    assert "Žluťoučký" in decode(page.format("utf-16").encode(), declared=True)
    assert "Žluťoučký" in decode(page.format("no-such-thing").encode(), declared=True)


def test_empty_files_raise(tmp_path: Path) -> None:
    for media_type in ("text/html", "text/markdown", "text/plain"):
        with pytest.raises(DamagedSourceError):
            read(tmp_path / "empty", b"", media_type)


def test_words_are_drawn_where_their_boxes_are(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    made = read(path, HTML, "text/html")
    image = np.asarray(render_page(path, "text/html", 1, dpi=100).convert("L"))
    for word in made.pages[0].words:
        left, top, right, bottom = word.box.to_px(image.shape[1], image.shape[0])
        assert (image[top:bottom, left:right] < 140).any(), word.text
