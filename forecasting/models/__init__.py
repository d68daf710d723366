"""Forecast models behind one protocol, and their combination."""
