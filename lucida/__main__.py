"""``python -m lucida``."""

from lucida.cli import main

if __name__ == "__main__":
    main()
