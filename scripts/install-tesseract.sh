#!/bin/sh
# Installs Tesseract with English and German, if it is not there, by the system's own package manager.
set -eu

missing=""
command -v tesseract >/dev/null 2>&1 || missing="tesseract"
if [ -z "$missing" ]; then
  languages=$(tesseract --list-langs 2>/dev/null)
  for language in eng deu osd; do
    echo "$languages" | grep -qx "$language" || missing="$missing $language"
  done
fi
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then as_root="sudo"; fi

echo "Installing Tesseract (missing: $missing) ..."
if command -v apt-get >/dev/null 2>&1; then
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    tesseract-ocr tesseract-ocr-eng tesseract-ocr-deu tesseract-ocr-osd >/dev/null
elif command -v dnf >/dev/null 2>&1; then
  $as_root dnf install -y -q tesseract tesseract-langpack-eng tesseract-langpack-deu tesseract-osd
elif command -v brew >/dev/null 2>&1; then
  brew install -q tesseract tesseract-lang
else
  echo "Please install Tesseract 5 with the languages eng, deu and osd, then run this again." >&2
  exit 1
fi
