# Everything starts here: `make playground` runs raygen on this machine, `make test` proves it.

PORT ?= 3000
BROWSER ?= yes
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: playground test install check lock clean

playground: install
	$(BIN)/raygen playground --port $(PORT) $(if $(filter no,$(BROWSER)),--no-browser,)

test: install check
	@sh scripts/test $(BIN)/python

install: $(VENV)/installed

# System packages first, then the locked dependencies, then bytecode, which halves every start of Ray.
$(VENV)/installed: requirements.lock pyproject.toml scripts/system-packages
	@sh scripts/system-packages
	@test -x $(BIN)/python || { echo "Creating the virtual environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the locked dependencies (about 250 MB the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@echo "Compiling bytecode"
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib bot handlers services >/dev/null 2>&1 || true
	@touch $@

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache

lock:
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev \
		--quiet --upgrade --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache
