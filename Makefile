# Pong's tasks. `make` alone lists them; each sets up what it needs.
PYTHON ?= python3
PORT ?= 8900
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help playground test again lint format mutants bench lock

help: ## list the tasks
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Pong needs Python 3.11 or newer; name one with `make PYTHON=/path/to/python3 …`.'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'This Python has no venv: install it (on Debian and Ubuntu: apt install python3-venv) and run make again.'; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/ready-%: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo 'Setting up $(VENV) ($*): once, about a minute'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/ready-install: $(VENV)/ready-dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

playground: $(VENV)/ready-playground ## a Slack, a shop and a Redis to break, at http://127.0.0.1:8900 (PORT= FRESH=1 REAL_ALERTS=1)
	@exec $(BIN)/python -m bot playground --port '$(PORT)' $(if $(FRESH),--fresh) $(if $(REAL_ALERTS),--real-alerts)

# They mostly wait, for real servers: half as many again as there are cores keep these busy.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) * 3 // 2)')

test: $(VENV)/ready-install ## all tests, several at a time (WORKERS=)
	@$(BIN)/python -m pytest --numprocesses '$(WORKERS)' --dist loadfile $(ARGS)

again: $(VENV)/ready-install ## only the tests that failed, one after the other
	@$(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(ARGS)

lint: $(VENV)/ready-install ## ruff, mypy --strict, import layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/ready-install ## rewrite the code in the house style
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

mutants: $(VENV)/ready-install ## break each invariant on purpose; the tests must notice
	@$(BIN)/python tests/mutants/run.py $(ARGS)

bench: $(VENV)/ready-install ## how quick: the page, at rest, triage, clearing, a storm; and 100,000 generated bodies
	@PYTHONPATH=. $(BIN)/python bench/page.py
	@PYTHONPATH=. $(BIN)/python bench/idle.py
	@PYTHONPATH=. $(BIN)/python bench/triage.py
	@PYTHONPATH=. $(BIN)/python bench/triage_impact.py
	@PYTHONPATH=. $(BIN)/python bench/clear.py
	@PYTHONPATH=. $(BIN)/python bench/storm.py
	@PYTHONPATH=. $(BIN)/python bench/bodies.py

lock: ## compile requirements/*.txt anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --extra playground -c requirements/run.txt -o requirements/playground.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --extra playground --group dev -c requirements/playground.txt -o requirements/dev.txt
