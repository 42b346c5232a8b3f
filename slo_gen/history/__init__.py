"""What has been measured, as verdicts. Pure: answers of a Prometheus come in as arguments."""
