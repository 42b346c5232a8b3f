# All that a fresh Debian or Ubuntu machine needs is Python and make.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup setup-demo demo demo-check lint test test-unit test-integration test-faults test-rt test-mutation

help:
	@echo "make demo              watch slo-gen work: a shop, Prometheus, Alertmanager, a failure, an alert"
	@echo "make demo-check        the same once, unattended; exit 0 only if each step was seen"
	@echo "make test              everything that CI runs: lint, unit and integration tests"
	@echo "make test-unit         only the tests that start no server"
	@echo "make test-integration  only the tests that start real servers"
	@echo "make test-faults       counting while pods churn and Prometheus is restarted; the exporter killed 200 times, and worse; half an hour"
	@echo "make test-rt           the exporter with a real Request Tracker, which is installed first; 4 minutes"
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
	$(BIN)/python scripts/side_by_side.py

test-unit: setup
	$(BIN)/python scripts/side_by_side.py --without-servers

test-integration: setup
	$(BIN)/pytest tests/integration

test-faults: setup
	CHURN_SECONDS=900 $(BIN)/pytest tests/integration/test_churn.py
	KILLS=200 $(BIN)/pytest tests/integration/test_exporter_killed.py tests/faults
	ALL_FAULTS=1 $(BIN)/pytest tests/integration/test_exporter_faults.py tests/integration/test_secrets.py
	PROBE_INTERVALS=1,5,30 $(BIN)/pytest tests/integration/test_probed_nginx.py

test-rt:
	@$(PYTHON) scripts/setup.py --tests --request-tracker
	$(BIN)/pytest tests/rt

test-mutation: setup
	$(BIN)/python scripts/mutation.py
