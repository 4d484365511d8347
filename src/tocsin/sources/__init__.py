"""Where alerts come in from: one folder each, all behind ``tocsin.ports.source``."""
