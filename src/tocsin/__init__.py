"""Tocsin: an open public-warning server. The map of the house is ``ARCHITECTURE.md``."""
