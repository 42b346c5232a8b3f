"""The exporter's durable record: what happened to tickets, how far each source was read, and what became of each promise."""
