"""Replay: what policies would have cost, on real histories and on the sample chain's true demand."""
