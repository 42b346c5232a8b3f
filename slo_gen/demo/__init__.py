"""A small company on one machine: an instrumented shop, Prometheus, Alertmanager, and a failure to watch."""
