"""How long each step takes as a shop grows, beside the same tables in hand-written SQL and in pandas (`make bench`)."""
