# Everything a person, a hook or the CI does with this project. `make` alone prints the menu.

PYTHON ?= python3
BIN := .venv/bin
RUN := .venv/run.installed
DEVELOPMENT := .venv/development.installed

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# The tests start hundreds of processes: what is compiled once is kept, also where the environment says not to.
export PYTHONDONTWRITEBYTECODE =

.DELETE_ON_ERROR:
.DEFAULT_GOAL := menu
.PHONY: menu demo test lint format types contracts suite cover rest soak bench mutants lock clean

menu:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## the story of three lessons, from booking to books, in your terminal
	@$(BIN)/linguapay demo

test: lint types contracts cover rest ## all that must hold: format, lint, types, contracts, tests, documents

lint: $(DEVELOPMENT) ## formatting and all of ruff's rules, without changing a file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(DEVELOPMENT) ## put the files into form and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(DEVELOPMENT) ## mypy, strict, over sources, tests and measurements
	$(BIN)/mypy

contracts: $(DEVELOPMENT) ## who may import whom
	$(BIN)/lint-imports

# What proves the core line by line is measured; the rest, which is slower, runs unmeasured.
PROOF = tests/domain tests/use_cases tests/contracts

suite: $(DEVELOPMENT) ## all tests and the documents' blocks
	$(BIN)/pytest --numprocesses=logical

cover: $(DEVELOPMENT) ## the tests of the core; fails below 100 % branch coverage of it
	$(BIN)/pytest --numprocesses=logical $(PROOF) --cov

rest: $(DEVELOPMENT) ## all other tests: adapters, stories, faults, command line, documents, the house
	$(BIN)/pytest --numprocesses=logical $(PROOF:%=--ignore=%)

soak: $(DEVELOPMENT) ## 50,000 requests made from the description of the API; large crowds; ten million payments: hours
	LINGUAPAY_SOAK=1 $(BIN)/pytest tests/http/test_schema.py
	LINGUAPAY_SOAK=1 $(BIN)/pytest tests/crowds
	LINGUAPAY_SOAK=1 $(BIN)/pytest tests/cli/test_bulk_refunds.py
	LINGUAPAY_SOAK=1 $(BIN)/python -m bench.analytics

bench: $(DEVELOPMENT) build/rivals.installed ## measurements, as ratios within one run
	$(BIN)/python -m bench.measure
	$(BIN)/python -m bench.serving
	$(BIN)/python -m bench.slow_stripe
	$(BIN)/python -m bench.webhooks
	$(BIN)/python -m bench.payments
	$(BIN)/python -m bench.start
	$(BIN)/python -m bench.exports
	$(BIN)/python -m bench.writers
	$(BIN)/python -m bench.analytics

mutants: $(DEVELOPMENT) .venv/mutants.installed ## plant bugs in money, fees, machines and ledger; the tests must find 95 % (IN=rules: in all rules)
	$(BIN)/python -m bench.mutants $(IN)

# One rule for all locks. A stamp younger than the lock and the project file means that there is nothing to do.
.venv/%.installed: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "installing what requirements/$*.txt names ..."
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement $<
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LinguaPay needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; try: make PYTHON=python3.11")'
	@echo "making .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv

# What we are measured beside needs another version of the SDK. A machine that can't have it measures the rest.
build/rivals.installed: requirements/rivals.txt | $(BIN)/python
	@echo "installing what requirements/rivals.txt names ..."
	@{ $(BIN)/python -m venv build/rivals && build/rivals/bin/python -m pip install --quiet --require-hashes --requirement $< \
		&& touch $@; } || echo "... that can't be installed here; the rest is measured."

# The only recipe that takes the newest of anything. Python 3.11 resolves; 3.12 and 3.13 need nothing more.
COMPILE = build/lock/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-config \
	--build-deps-for=editable --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: ## resolve the dependencies anew and write the locks, with hashes
	@test -x build/lock/bin/pip-compile || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet pip-tools==7.6.2; }
	$(COMPILE) --extra=development --output-file=requirements/development.txt pyproject.toml
	$(COMPILE) --constraint=requirements/development.txt --output-file=requirements/run.txt pyproject.toml
	$(COMPILE) --constraint=requirements/development.txt --extra=mutants --output-file=requirements/mutants.txt pyproject.toml
	build/lock/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["rivals"], sep="\n")' \
		| $(filter-out --build-deps-for=%,$(COMPILE)) --output-file=requirements/rivals.txt -

clean: ## remove what the recipes made
	rm -rf .venv build dist mutants .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
