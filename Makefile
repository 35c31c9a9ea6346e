# Everything happens in .venv, which the first target that needs it builds from nothing but Python.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
COUNT ?= 20000
SEED ?= 0
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# Some tests wait more than they compute: for a time limit, for a process that they killed.
WORKERS ?= $(shell expr $(JOBS) + 1)
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
KERNEL_TREE ?= ../linux-source-6.1

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser test-slow test-thorough lint fmt bench differential mutation snapshots generated docs kernel-tree survey clean soundness

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "memmodel needs Python 3.11 or newer: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m compileall -q memmodel  # pip compiles what it installs, but not what stays in place
	@touch $@

demo: $(READY) ## Explain the founding case: which two stores, and what is missing between them
	@$(BIN)/memmodel explain litmus/ring/drain-before-atomic.litmus || test $$? -eq 1  # the finding is the point

test: $(READY) ## Run the tests, but for the slow ones
	$(PYTEST)

test-browser: $(READY) ## Run the HTML report in Chromium, where there is one
ifeq ($(CHROMIUM),)
	@echo "make test-browser: no Chromium is found, so the HTML report is not tested (CHROMIUM=/path/to/it names one)"
else
	@$(BIN)/python -c "import playwright" 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[browser]'
	CHROMIUM=$(CHROMIUM) $(PYTEST) -m "browser and not slow" tests/browser
endif

test-slow: $(READY) ## Run the slow tests: minutes each; CI does after `make test`
	$(PYTEST) -m "slow and not thorough and not browser"

test-thorough: $(READY) ## Run what the slow tests only sample: an hour
	$(PYTEST) -m "thorough and not browser"
	CHROMIUM=$(CHROMIUM) $(BIN)/pytest -m "thorough and browser"  # measures time: alone

lint: $(READY) ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(READY) ## Format the code
	$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .

bench: $(READY) ## Measure checks and reviews, print growth over size, and write bench-results/
	$(BIN)/python -m bench

differential: $(READY) ## Compare both engines on COUNT generated programs (20,000 unless told; from SEED on)
	$(BIN)/python -m tests.differential --count $(COUNT) --seed $(SEED) --jobs $(JOBS)

soundness: $(READY) ## Hold the models of the architectures against the kernel's, on COUNT generated programs
	$(BIN)/python -m tests.machines --count $(COUNT) --seed $(SEED) --jobs $(JOBS)

mutation: $(READY) ## Remove each clause of the kernel's model and see some test fail
	$(BIN)/python -m tests.mutation

snapshots: $(READY) ## Rewrite the stored outputs under tests/snapshots (then read the diff)
	$(BIN)/pytest tests/reports --update-snapshots

generated: $(READY) ## Rewrite completions and manual pages from the options that the command knows
	$(BIN)/python -m tools.generated

docs: $(READY) ## Rewrite the pages under docs/reference from the code
	$(BIN)/python -m tools.reference

kernel-tree: $(READY) ## Fetch Debian's linux-source-6.1 and unpack what is read of it into KERNEL_TREE
	$(BIN)/python -m bench.kernel_tree $(KERNEL_TREE)

survey: $(READY) ## Lower every kernel function with an ordering primitive, and say which fail and why
	$(BIN)/python -m bench.survey $(KERNEL_TREE) --jobs $(JOBS)

clean: ## Remove what was built
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
