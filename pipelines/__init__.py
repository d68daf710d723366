"""The pipeline: plain functions a step (ingest, transform, forecast, publish) and Dagster, which wires them."""
