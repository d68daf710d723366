"""The operational store: what cannot be rebuilt from the sources. Run log, decisions, terms, audit.

SQLite in the workspace by default, PostgreSQL where `TILLSIGHT_OPERATIONAL_URL` says so. Its tables change by numbered
migrations only.
"""
