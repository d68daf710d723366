"""Metrics as a table: fetched, averaged, shared out, held to conditions, ranked and cut. Pure beside the fetching."""
