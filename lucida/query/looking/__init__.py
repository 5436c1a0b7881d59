"""A vision-language model looks at pages, reads with OCR what it cannot, and proposes answers to be proved."""
