-- What people did. An entry is written once; nothing changes or removes it.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_follows_the_last BEFORE INSERT ON audit
WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
BEGIN
    SELECT RAISE(ABORT, 'the sequence of an entry is one more than that of the last');
END;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an audit entry is never changed');
END;

CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an audit entry is never removed');
END;

-- Drafts that wait for people; *body* is the whole draft as JSON.
CREATE TABLE submitted (
    id TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE invitation (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT;

CREATE TABLE credential (
    id BLOB PRIMARY KEY,
    public BLOB NOT NULL,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    enrolled_ms INTEGER NOT NULL
) STRICT;
