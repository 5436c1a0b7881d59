"""Pages without usable text: turned, straightened and read by OCR."""
