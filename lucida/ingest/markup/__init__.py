"""HTML, Markdown and plain text, laid out on virtual pages."""
