"""Alertmanager's configuration, made of documents: who is told, when, and what holds what back. Pure."""
