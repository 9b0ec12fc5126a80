# `make demo` and `make test` do all the set-up that they need: a virtual environment in .venv with
# the program, the API descriptions and the development tools, at the versions of constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEMO_RUN ?= runs/demo
EXTRAS ?= apis,llm,parquet,ray,templates,dev
# What trains models is a large download, which only tests want; `make test TRAIN=` does without it, and
# skips those tests.
TRAIN ?= train
TRAINED := $(VENV)/.trained

.PHONY: help install demo test check lint types imports bench clean

help:
	@echo "make demo    run everything on a slice of real API descriptions, into $(DEMO_RUN)"
	@echo "make test    run the tests"
	@echo "make check   style, types, import law and tests: what CI runs"
	@echo "make bench   run the benchmarks"
	@echo "make clean   remove the environment and all caches; runs are kept"

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

$(TRAINED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[$(TRAIN)]'
	@touch $@

demo: $(INSTALLED)
	$(BIN)/agentscaler demo --run $(DEMO_RUN)

test: $(if $(TRAIN),$(TRAINED),$(INSTALLED))
	$(BIN)/python -m pytest -n auto

check: lint types imports test

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

imports: $(INSTALLED)
	$(BIN)/lint-imports --no-logo

bench: $(INSTALLED)
	@for script in benchmarks/*.py; do echo "$$script"; $(BIN)/python "$$script"; done

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
