"""HTML to elements with the standard library's tolerant parser. Scripts and styles are dropped, nothing is fetched."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from html.parser import HTMLParser

from lucida.ingest.markup.elements import Element, MarkedText, TableCell
from lucida.types import RegionKind

_DROPPED = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "canvas"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figure footer form header hr html
    legend main nav ol p section summary tbody tfoot thead ul""".split()  # noqa: SIM905 - a list of literals reads worse
)
_MAX_SPAN = 50
_DATES = frozenset({"date", "dc.date", "dcterms.created", "article:published_time"})


def parse_html(text: str) -> MarkedText:
    """Read headings, paragraphs, lists, tables and captions. Never raises, whatever the markup."""
    parser = _Reader()
    parser.feed(text)
    parser.close()
    return parser.finish()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made = MarkedText()
        self._words: list[str] = []
        self._kind, self._level = RegionKind.TEXT, 0
        self._dropped: list[str] = []
        self._lists: list[int | None] = []
        self._mark = ""
        self._in_title = False
        self._pre = 0
        self._tables: list[list[list[TableCell]]] = []
        self._cell: TableCell | None = None

    def finish(self) -> MarkedText:
        while self._tables:
            self._close_table()
        self._flush()
        return self.made

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _DROPPED:
            if tag == "script" and "never run" not in " ".join(self.made.warnings):
                self.made.warnings.append("The document carries JavaScript, which is never run.")
            self._dropped.append(tag)
        if self._dropped:
            return
        if tag == "title":
            self._in_title = True
        elif tag == "meta":
            self._meta(values)
        elif tag == "br":
            self._words.append("\n")
        elif tag == "img" and values.get("alt", "").strip():
            self._words.append(f" {values['alt'].strip()} ")
        elif tag in {"table", "tr", "td", "th", "caption"}:
            self._open_table_part(tag, values)
        else:
            self._open_block(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.pop()
            return
        if tag == "title":
            self._in_title = False
        elif tag in {"td", "th"}:
            self._close_cell()
        elif tag == "table":
            self._close_table()
        elif tag in _HEADINGS or tag in _BLOCKS or tag in {"li", "figcaption", "caption", "pre"}:
            self._flush()
            if tag == "pre":
                self._pre = max(0, self._pre - 1)
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if self._in_title:
            self.made.title = " ".join(f"{self.made.title} {data}".split())[:500]
        else:
            self._words.append(data if self._pre else data.replace("\n", " "))

    def _meta(self, values: dict[str, str]) -> None:
        name = (values.get("name") or values.get("property") or "").lower()
        content = " ".join(values.get("content", "").split())[:500]
        if name in {"author", "description", "keywords", "generator"} and content:
            self.made.metadata[name] = content
        elif name in _DATES and content:
            with suppress(ValueError):
                self.made.created = datetime.fromisoformat(content).replace(tzinfo=None)

    def _open_block(self, tag: str) -> None:
        if tag in _HEADINGS:
            self._flush()
            self._kind, self._level = RegionKind.TITLE, _HEADINGS[tag]
        elif tag in {"ul", "ol"}:
            self._flush()
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._flush()
            self._kind = RegionKind.LIST
            self._mark = self._next_mark()
        elif tag == "figcaption":
            self._flush()
            self._kind = RegionKind.CAPTION
        elif tag == "pre":
            self._flush()
            self._pre += 1
        elif tag in _BLOCKS:
            self._flush(keep_mark=tag == "p")

    def _next_mark(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "•"
        self._lists[-1] = number + 1
        return f"{number}."

    def _open_table_part(self, tag: str, values: dict[str, str]) -> None:
        if tag == "table":
            if self._tables:
                # A table inside a table means that the outer one only arranges the page.
                self._close_cell()
                self._pour_out(self._tables[-1])
            self._flush()
            self._tables.append([])
        elif tag == "caption":
            self._flush()
            self._kind = RegionKind.CAPTION
        elif tag == "tr" and self._tables:
            self._close_cell()
            self._tables[-1].append([])
        elif tag in {"td", "th"} and self._tables:
            self._close_cell()
            self._flush()
            if not self._tables[-1]:
                self._tables[-1].append([])
            spans = [_span(values.get(name, "")) for name in ("rowspan", "colspan")]
            self._cell = TableCell("", spans[0], spans[1], tag == "th")

    def _close_cell(self) -> None:
        if self._cell is None or not self._tables:
            return
        self._cell.text = " ".join("".join(self._words).split())
        self._words = []
        self._tables[-1][-1].append(self._cell)
        self._cell = None

    def _close_table(self) -> None:
        if not self._tables:
            return
        self._close_cell()
        self._flush()
        rows = [row for row in self._tables.pop() if any(cell.text for cell in row)]
        if len(rows) > 1 and max(sum(cell.column_span for cell in row) for row in rows) > 1:
            self.made.elements.append(Element(RegionKind.TABLE, rows=rows))
        else:
            self._pour_out(rows)

    def _pour_out(self, rows: list[list[TableCell]]) -> None:
        """Turn cells into paragraphs."""
        for row in rows:
            self.made.elements.extend(Element(RegionKind.TEXT, cell.text) for cell in row if cell.text)
        rows.clear()

    def _flush(self, *, keep_mark: bool = False) -> None:
        """End the current paragraph."""
        raw = "".join(self._words)
        if self._cell is not None:
            self._words.append(" ")
            return
        self._words = []
        text = raw.strip("\n").expandtabs(4) if self._pre else _folded(raw)
        if text.strip():
            body = f"{self._mark} {text}" if self._mark else text
            indent = 2 * (len(self._lists) - 1) if self._lists else 0
            element = Element(self._kind, body, self._level, indent=max(indent, 0), verbatim=self._pre > 0)
            self.made.elements.append(element)
            self._mark = ""
        if not keep_mark or not self._mark:
            self._kind, self._level, self._mark = RegionKind.TEXT, 0, ""


def _folded(raw: str) -> str:
    return "\n".join(line for part in raw.split("\n") if (line := " ".join(part.split())))


def _span(value: str) -> int:
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1
