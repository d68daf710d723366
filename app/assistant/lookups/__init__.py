"""Facts about one thing: a module per group of topics, each topic a function of reading, books and speech."""
