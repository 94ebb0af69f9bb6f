PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LABCONFIG := $(VENV)/etc/jupyter/labconfig/default_setting_overrides.json
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --fork-strategy fewest \
	--python-version 3.11 --custom-compile-command "make requirements" --quiet --upgrade

# Tests run in as many processes as there are cores, each with one thread for linear algebra.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n logical --maxprocesses 8

.DELETE_ON_ERROR:
.PHONY: help book test test-fast check lab paper-scale results check-results bench \
	requirements clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s%s\n", $$1, $$2}' Makefile

book: $(VENV)/.book ## build the book into _build/html
	$(BIN)/python tools/book.py

test: check ## lint, check types, test, build the book and test its pages
	$(PYTEST)

test-fast: check ## the same within a minute: no book, browser or Java, no slow test
	$(PYTEST) -m "not (book or browser or java or slow)"

check: $(VENV)/.dev ## lint, format and types alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(VENV)/.dev ## work live in JupyterLab; the chapters open as notebooks
	$(BIN)/jupyter lab

paper-scale: $(VENV)/.dev ## the whole paper at its true size, into results/
	$(BIN)/python -m tradedig_book paper

results: $(VENV)/.dev ## the same, with the specification curve: all that the book shows at that size
	$(BIN)/python -m tradedig_book paper --curve

check-results: $(VENV)/.dev ## fail if results/ is not what the code makes
	$(BIN)/python -m tradedig_book paper --curve --check

bench: $(VENV)/.dev ## measure speed and print one table
	$(BIN)/python benchmarks/run.py

requirements: $(BIN)/python ## pin the newest versions that pyproject.toml allows
	$(BIN)/pip install --quiet uv
	$(COMPILE) --extra book --output-file requirements.txt
	$(COMPILE) --all-extras --constraint requirements.txt --output-file requirements-dev.txt

clean: ## remove what was built, keep the environment
	rm -rf _build build

$(BIN)/python:
	@$(PYTHON) tools/book.py --check-python
	$(PYTHON) -m venv $(VENV)

$(VENV)/.book: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install -r requirements.txt -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install -r requirements-dev.txt -e .
	$(BIN)/jupytext-config --settings-file $(LABCONFIG) set-default-viewer markdown
	@touch $@ $(VENV)/.book
