# Two commands matter: `make hunt LOGS=folder` and `make test`. Everything else is for working on the code.
# Needed on the machine: git, make, Python 3.11 or newer with venv, and a package index. Nothing else.

# Names to try for Python, first fit wins: `make PYTHON=/opt/python3.12/bin/python3 hunt` tries that one only.
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
# One file or folder, which may have spaces in its name: make hunt LOGS="exports/case 42"
LOGS ?= examples/logs
# More options for the command: make hunt ARGS="--format json --output findings.json"
ARGS ?=
UV ?= uv
# `make lock LOCK_ARGS=--upgrade` moves every pin to the newest release allowed by pyproject.toml.
LOCK_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check install
PACKAGE := $(PIP) --no-deps --no-build-isolation --editable .

# The path reaches the shell as data, never as text of the command.
export LOGS
# These would send the install elsewhere than to .venv, or let other code in before it.
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PYTHONHOME PYTHONPATH

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help hunt test lint types check bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

hunt: .venv/.runtime ## Judge every device code grant in LOGS (a file or folder; default: the examples)
	@$(BIN)/grantwatch hunt $(ARGS) -- "$$LOGS"

test: .venv/.dev ## Run the tests
	@$(BIN)/python -m pytest $(ARGS)

lint: .venv/.dev ## Check style, format and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/.dev ## Check types
	$(BIN)/mypy

check: test lint types ## Everything that has to pass before a commit

bench: .venv/.dev ## Measure; the method stands in benchmarks/
	@$(BIN)/python benchmarks/run.py $(ARGS)

lock: ## Resolve requirements/*.txt anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv on PATH, or UV=/path/to/uv" >&2; exit 1; }
	$(UV) pip compile $(LOCK_FLAGS) pyproject.toml requirements/build.in -o requirements/runtime.txt
	$(UV) pip compile $(LOCK_FLAGS) --extra dev -c requirements/runtime.txt \
		pyproject.toml requirements/build.in -o requirements/dev.txt

# No address and no machine stands in a lock: where packages come from is for each machine to say.
LOCK_FLAGS = --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(LOCK_ARGS)

clean: ## Remove all that make made: the environment, caches, builds
	rm -rf .venv build dist .bench .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.created:
	@set -e; for python in $(PYTHON); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "$$python cannot make environments: install its venv package (on Debian: apt-get install python3-venv)" >&2; \
			exit 1; }; \
		echo "Creating .venv with $$("$$python" --version)" >&2; \
		"$$python" -m venv --clear .venv; touch $@; exit 0; \
	done; \
	echo "Grantwatch needs Python 3.11 or newer. Tried: $(PYTHON)." >&2; \
	echo "Name one: make PYTHON=/path/to/python3 hunt" >&2; exit 1

.venv/.runtime: .venv/.created requirements/runtime.txt pyproject.toml
	@echo "Installing what Grantwatch runs on into .venv" >&2
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PACKAGE)
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	@echo "Installing what its tests and checks need into .venv" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
