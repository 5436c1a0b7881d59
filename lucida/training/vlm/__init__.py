"""The embedded vision-language model's recipe: what it is taught, what it is made of, and how it learns."""
