# What one does with this project. Everything from an empty clone: each target first sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help run test check ci soak sabotage bench machine requirements clean

help:           ## this list
	@grep -hE '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: [^#]*##/:/' | column -t -s ':'

run: $(READY)   ## the whole product with demo data at http://127.0.0.1:5000 (PORT=... for another port)
	@DEMO=1 $(BIN)/flask --app wsgi dev

test: machine   ## all tests, on SQLite and PostgreSQL, with a browser
	@$(BIN)/python -m tests.support.run test

check: machine  ## lint, types, migrations in step with the models, requirements pinned
	@$(BIN)/python -m tests.support.run check

ci: machine     ## test and check, browser stories on PostgreSQL, races and machines at length (docs/decisions/ci-budget.md)
	@$(BIN)/python -m tests.support.run ci

soak: machine   ## races and machines for hours, a million steps
	@$(BIN)/python -m tests.support.run soak

sabotage: machine  ## breaks the product in small ways and sees that a test notices each
	@$(BIN)/python -m tests.sabotage

bench: machine  ## the table of figures
	@$(BIN)/python -m tests.bench

machine: $(READY)  ## installs browser, databases and readers for the tests, where it may; says what is missing
	@$(BIN)/python -m tests.support.machine

requirements:   ## writes requirements.txt from pyproject.toml, with all hashes
	@$(PYTHON) -m venv build/uv && build/uv/bin/pip install -q uv
	@build/uv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make requirements" -q -o requirements.txt

clean:          ## removes what the tests left
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Attune needs Python 3.11 or newer; name it: make PYTHON=python3.11 ...")'
	@echo "Installing what Attune needs into .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@
