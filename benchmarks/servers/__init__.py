"""Figures of connectors to servers: rates beside what the bare protocol gives, in one run (docs/benchmarks.md)."""
