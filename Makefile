# Saldo: one word a command. `make` alone tells them all.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export SALDO_HOME ?= $(CURDIR)/.saldo
export UV_LINK_MODE ?= copy
export PYTHONDONTWRITEBYTECODE := 1
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup setup-browser run demo test test-pg15 rules quick lint fix types cover golden laws bench words doctor migrate shell clean

help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- set-up: everything below .venv and node_modules, nothing on the machine ----

$(VENV)/.python: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Saldo needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import uv' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-dev.lock
	@$(BIN)/python tools/link_source.py
	@touch $@

$(VENV)/.vendor: package-lock.json tools/vendor.py | $(VENV)/.python
	@$(BIN)/python tools/vendor.py
	@touch $@

$(VENV)/.words: $(wildcard locale/*/*.po) tools/words.py | $(VENV)/.python
	@$(BIN)/python tools/words.py
	@touch $@

setup: $(VENV)/.python $(VENV)/.vendor $(VENV)/.words ## install what Saldo needs, inside this folder
	@$(BIN)/python tools/root_note.py

setup-browser: ## Debian's chromium and fonts, for the tests that look at pages
	@sh tools/setup_browser.sh

# ---- using it ----

run: setup ## the desk on http://127.0.0.1:8000, with a demo partner on the first run
	@$(BIN)/saldo run --demo

demo: setup ## the story in the terminal: import, does it add up, who moved, why, invoices, money
	@$(BIN)/saldo demo

doctor: setup ## is everything here and well?
	@$(BIN)/saldo doctor

# ---- proving it ----

test: setup ## every test
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not laws"

test-pg15: setup ## every test on Debian's own PostgreSQL 15
	@sh tools/test_pg15.sh

rules: setup ## the pure floors alone, Django not importable
	@$(BIN)/python tools/rules_only.py

quick: setup ## stop at the first test that fails
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not laws and not browser" -x

laws: setup ## the long runs: a million bill pairs, every mutant, twenty kills
	@HYPOTHESIS_PROFILE=laws $(BIN)/python -m pytest -n $(WORKERS) -m laws --timeout 3600

golden: setup ## write the golden files anew; read the difference as if it were a letter to a customer
	@SALDO_GOLDEN=write $(BIN)/python -m pytest tests/golden -m "not laws"

cover: setup ## branch coverage of core and rules, which must be whole
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not laws and not browser" --cov --cov-report=term:skip-covered

bench: setup ## the figures of docs/performance.md, as ratios in one run
	@$(BIN)/python -m bench

words: setup ## compile the catalogues; fail on gaps and unequal placeholders
	@$(BIN)/python tools/words.py

# ---- keeping it clean ----

lint: setup ## style, types, the house's contract, words, spelling
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy
	@$(BIN)/codespell src tests docs tools bench README.md CHANGELOG.md
	@$(BIN)/djlint --quiet --lint src/saldo
	@$(BIN)/python tools/words.py
	@$(BIN)/python tools/migrations_made.py

fix: setup ## let the machine mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup
	@$(BIN)/mypy

migrate: setup
	@$(BIN)/saldo doctor --migrate

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage bench-out
