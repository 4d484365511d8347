"""Journals: the second floor of ``tocsin.ports.journal``, one folder each, and what can be done with any of them."""
