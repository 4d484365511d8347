"""The witness: follows a server from elsewhere, verifies all of its log, and says what does not agree.

It decides in ``record``, ``listener`` and ``watch``, which open nothing and wait for nothing; ``following``,
``keeping`` and ``answering`` do.
"""
