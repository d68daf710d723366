"""Demo data as files in the template of the files connector: the sample chain, and Complete Journey."""
