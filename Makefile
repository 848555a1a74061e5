.DEFAULT_GOAL := help
.PHONY: help run test faults bench screenshots lint format schemas dashboards secrets lock clean

PYTHON ?= python3
BIN := .venv/bin

help: ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/local ## start everything: Kafka, the store, the four services, a sample plan; Ctrl-C stops it
	@exec $(BIN)/python -m deploy.local

test: .venv/dev ## run every test, on servers of their own
	$(BIN)/python -m pytest $(ARGS)

faults: .venv/dev ## break a running system in every way and look whether it holds; SEEDS=20 for the long form (ARGS="NAME ...")
	$(BIN)/python -m tests.faults $(ARGS)
	$(if $(SEEDS),FAULTS=long $(BIN)/python -m pytest tests/faults tests/faults/sending.py)

bench: .venv/dev ## measure: plan-tracking over a floor, ingest over a naive handler (ROUNDS=5)
	$(BIN)/python -m tests.bench

screenshots: .venv/dev ## take the README's pictures of the stack that `make run` runs (ARGS="--data .local")
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

lint: .venv/dev ## check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev ## put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schemas: .venv/dev ## write schemas/published and the data dictionary anew
	$(BIN)/python -m schemas.publish
	$(BIN)/python -m services.plan_tracking dictionary > docs/data-dictionary.md

dashboards: .venv/dev ## write deploy/grafana/dashboards anew
	$(BIN)/python -m deploy.grafana

secrets: ## make the secrets that docker-compose.yml needs, once
	@$(PYTHON) -m deploy.make_secrets

lock: ## write the three lock files anew (needs uv)
	uv pip compile $(LOCK) -o requirements.txt
	uv pip compile $(LOCK) --extra local -c requirements.txt -o requirements-local.txt
	uv pip compile $(LOCK) --extra local --extra dev -c requirements-local.txt -o requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--prerelease if-necessary-or-explicit pyproject.toml

clean: ## remove the environment, the local data and the caches
	rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Milepost needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv

.venv/local: requirements-local.txt | .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-local.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.txt
	@touch $@
