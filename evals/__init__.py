"""Evals of the assistant: questions, right answers computed from the raw files alone, and what is made of both."""
