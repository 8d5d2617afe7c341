# Askwell: `make run` starts it, `make test` tests it. Everything else is listed by `make help`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
INSTALL := $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help run setup setup-tests services test test-sqlite test-postgresql nightly check format bench lock docs

help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: setup ## Set everything up, load the demo community, start the forum
	$(BIN)/askwell run --demo

setup: $(VENV)/.runtime static/vendor/.done ## Set up what the forum needs to run

setup-tests: setup $(VENV)/.tests ## Set up what the tests need besides

test: setup-tests services test-sqlite test-postgresql ## Set everything up and run all tests

test-sqlite: ## All tests, on SQLite, in a real browser where they need one
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup tests

test-postgresql: ## All tests that touch the database, on PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --database postgresql -m "not browser" tests --ignore tests/lib

nightly: setup-tests services ## Run the tests that take an hour: a million hostile texts, a hundred kills, a thousand commits
	ASKWELL_NIGHTLY=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -k "T08 or R01 or R05" tests/lib/test_sanitizing.py tests/reliability
	ASKWELL_NIGHTLY=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --database postgresql -k R01 tests/reliability

check: setup-tests ## Format, lint, types, templates, imports
	$(BIN)/ruff format --check app tests migrations
	$(BIN)/ruff check app tests migrations
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports --no-cache

format: setup-tests ## Format the code
	$(BIN)/ruff format app tests migrations
	$(BIN)/ruff check --fix app tests migrations

bench: setup-tests ## Measure the pages beside a bare Flask application, in one run
	$(BIN)/python -m tests.bench

docs: setup ## Write docs/configure.md and docs/facts.md anew from the code
	$(BIN)/python -m app.cli.reference

lock: setup-tests ## Write the locked requirements anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade pyproject.toml -o requirements/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -c requirements/runtime.txt pyproject.toml --group dev -o requirements/tests.txt

services: ## Install the browser, PostgreSQL, Redis and strace for the tests, where they are missing
	@command -v chromium >/dev/null || { $(INSTALL) chromium; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { $(INSTALL) postgresql; }
	@command -v strace >/dev/null || { $(INSTALL) strace; }
	@command -v redis-server >/dev/null || { $(INSTALL) redis-server; }

# Debian keeps the module that makes environments in a package of its own.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Askwell needs Python 3.11 or newer; say which: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV) || { $(INSTALL) python3-venv && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Askwell needs (once) ..."
	@$(PIP) -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tests: requirements/tests.txt $(VENV)/.runtime
	@echo "Installing what the tests need (once) ..."
	@$(PIP) -r requirements/tests.txt
	@touch $@

# The scripts of the browser come by npm; where there is no npm, Python's package of Node brings one.
static/vendor/.done: package.json package-lock.json | $(VENV)/.runtime
	@echo "Fetching the browser's scripts (once) ..."
	@if command -v npm >/dev/null; then npm ci --silent; else $(PIP) -r requirements/node.txt && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent; fi
	@mkdir -p static/vendor
	@cp node_modules/htmx.org/dist/htmx.min.js static/vendor/htmx.min.js
	@cp node_modules/@github/markdown-toolbar-element/dist/index.js static/vendor/markdown-toolbar-element.js
	@touch $@
