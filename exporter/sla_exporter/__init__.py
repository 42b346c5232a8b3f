"""sla-exporter: facts of ticketing systems and probes, exposed to Prometheus."""
