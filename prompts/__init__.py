"""Prompts, one file each with its examples, loaded by name. The assistant will be their first reader."""
