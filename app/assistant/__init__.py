"""The assistant: a question in, an answer from the metrics out. It computes nothing that `metrics` does not."""
