-- The record. An entry is written once; nothing changes or removes it, and none is left out.
CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    recorded_ms INTEGER NOT NULL,
    type INTEGER NOT NULL CHECK (type IN (1, 2, 3, 4)),
    body BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entry)
BEGIN
    SELECT RAISE(ABORT, 'the sequence of an entry is one more than that of the last');
END;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'an entry is never changed');
END;

CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'an entry is never removed');
END;

-- There are few of these among many notices; all are looked up at every start.
CREATE INDEX entry_of_roster ON entry (sequence) WHERE type = 2;
CREATE INDEX entry_of_epoch ON entry (sequence) WHERE type = 3;
CREATE INDEX entry_of_revocation ON entry (sequence) WHERE type = 4;

-- Derived from the envelope of the same sequence, but for order_hash, which no envelope holds.
CREATE TABLE notice (
    sequence INTEGER PRIMARY KEY REFERENCES entry (sequence),
    id TEXT NOT NULL UNIQUE,
    alarm TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    document TEXT NOT NULL,
    order_hash BLOB NOT NULL CHECK (length(order_hash) = 32),
    UNIQUE (alarm, version)
) STRICT;

CREATE INDEX notice_of_status ON notice (status, sequence);

-- CAP documents, bound to their notices by hash.
CREATE TABLE document (
    hash TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoint (
    sequence INTEGER PRIMARY KEY,
    document BLOB NOT NULL,
    key BLOB NOT NULL,
    signature BLOB NOT NULL
) STRICT;
