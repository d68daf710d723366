"""Synthetic series as shops have them: daily, weekly and monthly."""
