# `make playground` runs raygen on this machine; `make test` checks the code and runs all tests.

PORT ?= 3000
BROWSER ?= yes
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: playground test unit test-one install install-test check lock clean

playground: install
	$(BIN)/raygen playground --port $(PORT) $(if $(filter no,$(BROWSER)),--no-browser,)

test: install-test check
	@$(BIN)/python scripts/run_tests.py

# The tests that need no cluster, sandbox or browser.
unit: install-test
	@$(BIN)/python -m pytest -n 2 --no-loadscope-reorder -m unit tests/unit

# One test, file or folder: make test-one T=tests/unit/domain/test_modules.py
test-one: install-test
	@$(BIN)/python -m pytest $(if $(T),$(T),$(error Name a test: make test-one T=tests/unit/domain/test_modules.py))

# `install` is what `make playground` needs; `install-test` adds the tools and system packages of `make check` and `make test`.
install: $(VENV)/installed-playground
install-test: $(VENV)/installed-test

INSTALLER := scripts/install.py scripts/system-packages pyproject.toml requirements-build.lock

$(VENV)/installed-playground: requirements.lock $(INSTALLER)
	@$(PYTHON) scripts/install.py $(VENV) playground

$(VENV)/installed-test: requirements-dev.lock $(INSTALLER)
	@$(PYTHON) scripts/install.py $(VENV) test

check: install-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache

# Three locks: what raygen runs on, what installs it from a checkout, and everything that development needs.
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

lock: install-test
	$(COMPILE) --upgrade --group dev --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --upgrade --constraints requirements-dev.lock --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --constraints requirements-dev.lock --output-file requirements-build.lock --group build

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache
