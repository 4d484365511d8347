"""Public contracts and samples: what an implementation of a port is tested with. Needs pytest."""
