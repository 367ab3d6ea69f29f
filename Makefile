# Every target sets itself up in .venv: python3 >= 3.11, git and make are all it needs.

VENUE ?= binance
ARGS ?=
HOURS ?= 1
MINUTES ?= 10
IMAGE ?= counterpoise
PYTHON ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
INSTALL := $(PIP) install --no-deps --no-compile --only-binary :all: --require-hashes
RUN_STAMP := $(VENV)/.run
DEV_STAMP := $(VENV)/.dev

export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint check simulate soak chaos bench image lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile
	@echo "with    VENUE=$(VENUE)  the venue of the demo"
	@echo "        ARGS='...'     passed on, as in: make demo ARGS='--for 60s'"

demo: $(RUN_STAMP) ## a local exchange on recorded prices, and the daemon trading on it
	@$(BIN)/counterpoise demo --venue $(VENUE) $(ARGS)

test: $(DEV_STAMP) ## the tests
	@$(BIN)/python -m pytest --numprocesses auto $(ARGS)

lint: $(DEV_STAMP) ## what can be told without running: style, types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

check: lint test ## all that CI asks of a change: lint and tests, warnings are errors

simulate: $(DEV_STAMP) ## a simulated year, crash points, mutants, days through ccxt: no invariant may break
	@PYTHONPATH=src $(BIN)/python -m simulation gate $(ARGS)

soak: $(DEV_STAMP) ## seed after seed for HOURS=n; what fails is kept and replayed from then on
	@PYTHONPATH=src $(BIN)/python -m simulation soak --hours $(HOURS) $(ARGS)

chaos: $(DEV_STAMP) ## real processes, killed, frozen and cut off for MINUTES=n
	@CHAOS_MINUTES=$(MINUTES) $(BIN)/python -m pytest --numprocesses 3 -o faulthandler_timeout=0 \
		tests/chaos tests/chaos/long_cases.py tests/chaos/long_storm.py $(ARGS)

bench: $(DEV_STAMP) ## speed and memory beside a raw request on the same loopback
	@$(BIN)/python bench/bench.py $(ARGS)

image: ## the container image
	docker build --tag $(IMAGE) .

lock: pyproject.toml ## newest versions that still fit, into the locks; give ARGS=--upgrade to move them all
	@sh tools/lock $(ARGS)

clean: ## remove what the other targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamps name what they were made from, so that a changed lock installs itself.
$(RUN_STAMP): requirements.lock requirements-build.lock pyproject.toml tools/venv
	@sh tools/venv $(VENV) $(PYTHON)
	@echo "setting up $(VENV) from requirements.lock (once, less than a minute)" >&2
	@$(INSTALL) -r requirements-build.lock
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q -j 0 -x '/ccxt/(pro/|\w+\.py)|/pip/' $(VENV)/lib # what a daemon imports
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(RUN_STAMP)
	@echo "adding the tools of requirements-dev.lock to $(VENV) (once)" >&2
	@$(INSTALL) -r requirements-dev.lock
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib
	@touch $@
