"""From a file's bytes to pages, regions, passages and pictures. Knows no database and no model.

``files`` finds sources and tells what they are; ``workers`` read them ahead; ``read`` is the one door, and hands a
source to ``documents`` (everything PyMuPDF opens), ``markup`` (HTML, Markdown, text, workbooks) or ``pictures``. A
document's page goes to the reader that its measured signals ask for: the text layer in our own reading order, PyMuPDF's
layout model (entangled tables and columns), or ``scans`` (OCR, also where a text layer is garbage). All of them end in
``structure``, which turns words with boxes into lines, blocks, reading order, tables, sections and passages. ``render``
draws a page again.

This module is import-free on purpose: name the submodule you need.
"""
