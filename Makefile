# All that a fresh Debian or Ubuntu machine needs is Python and make.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup setup-demo demo demo-check lint test test-unit test-integration test-faults test-mutation

help:
	@echo "make demo              watch slo-gen work: a shop, Prometheus, Alertmanager, a failure, an alert"
	@echo "make demo-check        the same once, unattended; exit 0 only if each step was seen"
	@echo "make test              everything that CI runs: lint, unit and integration tests"
	@echo "make test-unit         only the tests that start no server"
	@echo "make test-integration  only the tests that start real servers"
	@echo "make test-faults       counting on a live Prometheus while pods churn and it is restarted itself; 20 minutes"
	@echo "make test-mutation     change contract/ and timekeeping/ a little at a time; every change must break a test; an hour or more"
	@echo "make lint              ruff, mypy, import order"
	@echo "make setup             what all of the above begin with"

setup:
	@$(PYTHON) scripts/setup.py --tests

setup-demo:
	@$(PYTHON) scripts/setup.py

demo: setup-demo
	@$(BIN)/slo-gen demo

demo-check: setup-demo
	@$(BIN)/slo-gen demo --check

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest

test-unit: setup
	$(BIN)/pytest --ignore=tests/integration

test-integration: setup
	$(BIN)/pytest tests/integration

test-faults: setup
	CHURN_SECONDS=900 $(BIN)/pytest tests/integration/test_churn.py

test-mutation: setup
	$(BIN)/python scripts/mutation.py
