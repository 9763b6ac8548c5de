# henrei-analytics. GNU make 3.81 or newer, Linux and macOS.
#   make demo   invented data, loaded and reported
#   make test   every check

PYTHON ?= python3
AS_OF  ?= 2026-10-31
BIN     = .venv/bin
READY   = .venv/.ready
TESTED  = .venv/.ready-to-test
LAB     = .venv-lab/.ready

.PHONY: help venv demo test lint bench lab clean

help:
	@sed -n 's/^# *\(make .*\)/\1/p' Makefile
	@echo "also: venv lint bench lab clean"

venv: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# What only tests need (statsmodels, a browser's driver …) comes on top when it is needed.
$(TESTED): $(READY) requirements-test.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

# The demo always starts from nothing; it touches only its own files.
demo: $(READY)
	@rm -rf data/demo data/demo.duckdb* reports/demo
	$(BIN)/henrei demo --out data/demo --seed 1
	$(BIN)/henrei load data/demo --database data/demo.duckdb
	$(BIN)/henrei report --database data/demo.duckdb --as-of $(AS_OF) --out reports/demo
	@echo; echo "Open in a browser:"; find "$(CURDIR)/reports/demo" -name index.html | sort

test: $(TESTED)
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(READY)
	$(BIN)/python -m ruff check .

bench: $(READY)
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/linking.py
	$(BIN)/python benchmarks/linking_scale.py

# JupyterLab has its own environment: beside the report tools it slows every notebook down.
$(LAB): requirements-lab.lock pyproject.toml
	test -x .venv-lab/bin/python || $(PYTHON) -m venv .venv-lab
	.venv-lab/bin/python -m pip install --quiet --require-hashes -r requirements-lab.lock
	.venv-lab/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

lab: $(LAB)
	.venv-lab/bin/henrei lab

# Caches and build output only; data/, reports/ and the environments stay.
clean:
	rm -rf dist build .pytest_cache .ruff_cache .hypothesis
	find src tests benchmarks notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
