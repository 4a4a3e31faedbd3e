# Few verbs; .ci/run calls `make test` and nothing else, so none of them can rot unseen.
.PHONY: help setup setup-test reports verify test check lab bench clean lock
.DEFAULT_GOAL := help

BIN := .venv/bin
JOBS := 2
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --extra setup

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

setup:  ## make .venv from requirements.lock (PYTHON=... names another Python)
	@python=$$(sh scripts/find_python.sh) && "$$python" scripts/setup_env.py

setup-test:
	@python=$$(sh scripts/find_python.sh) && "$$python" scripts/setup_env.py --test

reports: setup  ## build the demonstration study and publish its reports
	@$(BIN)/casework run studies/demo.yaml --jobs $(JOBS)

verify: setup  ## make the demonstration's tables and reports again elsewhere, and compare
	@$(BIN)/casework verify studies/demo.yaml --jobs $(JOBS)

check: setup-test  ## ruff, mypy, import-linter
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check  ## everything CI runs: check, pytest with a browser, each notebook against its stored outputs
	@browser=$$($(BIN)/python scripts/find_chromium.py --install) && echo "browser: $$browser"
	$(BIN)/casework build studies/demo.yaml
	$(BIN)/pytest -q --nbval notebooks
	$(BIN)/pytest -q -n $(JOBS)

lab: setup  ## open JupyterLab on notebooks/
	$(BIN)/jupyter lab notebooks

bench: setup  ## measure casework beside its peers (BENCH=--quick: in about three minutes)
	$(BIN)/python scripts/bench $(BENCH)

lock: setup  ## compile both locks anew from pyproject.toml
	$(UV_COMPILE) --output-file requirements.lock
	$(UV_COMPILE) --extra test --extra cluster --constraints requirements.lock --output-file requirements-test.lock

clean:  ## remove tables, reports and caches that were made here (.venv stays)
	rm -rf .casework build dist data/processed/demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find reports -mindepth 1 ! -path reports/README.md -delete
