"""Everything PyMuPDF opens: the text layer, the layout model, figures and photographs of a page."""
