# Everything Tillsight makes lies in this folder: .venv/ (the environment) and data/ (one workspace per data set).
SHELL := /bin/bash
.DEFAULT_GOAL := help

DATASET ?= sample
SERVE ?= 1
# The CPU build of torch is a tenth of the CUDA one. TORCH=cuda takes the index's own build instead.
TORCH ?= cpu
TORCH_INDEX_cpu := --extra-index-url https://download.pytorch.org/whl/cpu
TORCH_VERSION := $(shell sed -n 's/^torch==//p' constraints.txt)

# PYTHON=… picks the interpreter; else the first that is new enough.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
JOURNEY := $(VENV)/.complete-journey
CONSTRAINED := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt

.PHONY: help install demo test test-slow check bench bench-connectors clean

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

install: $(RUNTIME)  ## the environment alone, to connect a system of your own

demo: $(if $(filter complete-journey,$(DATASET)),$(JOURNEY),$(RUNTIME))  ## build a demo workspace and open the app (DATASET=sample|complete-journey, SERVE=0 to not open)
	@$(BIN)/tillsight demo --dataset $(DATASET) $(if $(filter 0,$(SERVE)),--no-serve,)

test: $(DEV)  ## lint, types and the tests (at most 10 minutes)
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-slow: $(DEV)  ## the long tests: kills, fuzzers, big data, a browser over the whole demo
	@$(BIN)/python -m pytest -m slow --timeout 1800 -n 2 --dist loadfile

check: $(DEV)  ## ruff, mypy, import-linter, sqlfluff
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar -q dbt_project/models dbt_project/tests

bench: $(DEV)  ## the figures of docs/benchmarks.md (LINES=1,10,50 in millions)
	@$(BIN)/python -m benchmarks $(if $(LINES),--lines $(LINES),)

bench-connectors: $(DEV)  ## how fast systems and files are read, beside what their protocol alone gives
	@$(BIN)/python -m benchmarks.connectors

clean:  ## remove the environment and the demo workspaces (never a real one)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@rm -rf data/demo-sample data/demo-complete-journey

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "Tillsight needs Python 3.11 or newer: install it, or say which one with PYTHON=/path/to/python3"; exit 1; }
	@echo "Making the environment in $(VENV)/ (about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# torch first and by pip: pip passes over an index that is out of reach, uv does not.
$(RUNTIME): pyproject.toml constraints.txt | $(BIN)/uv
	@$(BIN)/python -c 'import torch, sys; sys.exit(torch.__version__.split("+")[0] != "$(TORCH_VERSION)")' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --retries 1 $(TORCH_INDEX_$(TORCH)) torch==$(TORCH_VERSION)
	@$(CONSTRAINED) --editable .
	@touch $@

$(DEV): $(RUNTIME)
	@$(CONSTRAINED) --editable '.[dev]'
	@touch $@ $(JOURNEY)

$(JOURNEY): $(RUNTIME)
	@$(CONSTRAINED) --editable '.[complete-journey]'
	@touch $@
