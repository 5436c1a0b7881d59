# Everything a newcomer needs: `make demo` shows what Lucida does, `make test` shows that it works.
# Both set up what they need first, in .venv and, for Tesseract, with the system's package manager.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format types unit slow bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) tesseract ## Make .venv with everything in it, and install Tesseract

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Lucida needs Python 3.11 or newer. Name one with: make PYTHON=python3.12 setup"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing packages into $(VENV) (about two minutes and 6 GB the first time) ..."
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

.PHONY: tesseract
tesseract:
	@sh scripts/install-tesseract.sh

demo: setup ## Read the example folder, search it, ask it, make from it, and write demo-output/report.html
	@$(BIN)/lucida demo --out demo-output

test: setup lint types unit slow ## Lint, format check, strict types, all tests

lint: $(READY) ## Check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(READY) ## Put style and format right
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(READY) ## Check types, strictly
	@$(BIN)/mypy

unit: $(READY) tesseract ## The quick tests
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile

slow: $(READY) tesseract ## The slow tests: kills, wheels, whole runs
	$(BIN)/python -m pytest -m slow -n $(WORKERS) --dist loadfile

bench: setup ## Measure speed and memory against named peers (several minutes)
	@$(BIN)/python -m benchmarks

clean: ## Remove what the other targets made, but not .venv
	rm -rf demo-output build dist .pytest_cache .mypy_cache .ruff_cache
