"""From a file's bytes to pages, regions, passages and pictures. Knows no database and no model.

One document takes this way: ``pdf`` (everything PyMuPDF opens) or ``markup`` (HTML, Markdown, plain text) hands each
page to the reader that its measured ``signals`` ask for: ``native`` (the text layer, in our own reading order),
``layout`` (PyMuPDF's layout model, for tables and entangled columns) or ``ocr`` (scans, and pages whose text layer is
``garbage``). All three yield ``blocks`` in points, which ``compose`` turns into :class:`lucida.types.Page`; then
``sections`` settles title levels and running heads over the whole document, and ``passages`` cuts the text for
retrieval.

This module is import-free on purpose: name the submodule you need.
"""
