"""Supplier terms."""
