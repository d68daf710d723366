"""A day or a week in a few sentences: the same numbers as the page of today, from the same metrics."""
