"""What a contract's wording makes of observed facts: exact, pure, and the only place that says so."""
