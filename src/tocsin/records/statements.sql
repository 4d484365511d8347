-- name: audit_head
SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1;

-- name: append_audit
INSERT INTO audit (sequence, at_ms, what, who, detail, hash) VALUES (?, ?, ?, ?, ?, ?);

-- name: audit
SELECT sequence, at_ms, what, who, detail, hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?;

-- name: save_submitted
INSERT INTO submitted (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2;

-- name: submitted
SELECT body FROM submitted ORDER BY rowid;

-- name: remove_submitted
DELETE FROM submitted WHERE id = ?;

-- name: save_invitation
INSERT INTO invitation (token_hash, holder, name, expires_at) VALUES (?, ?, ?, ?);

-- name: invitation
SELECT token_hash, holder, name, expires_at FROM invitation WHERE token_hash = ? AND used = 0;

-- name: use_invitation
UPDATE invitation SET used = 1 WHERE token_hash = ? AND used = 0 RETURNING token_hash;

-- name: save_credential
INSERT INTO credential (id, public, holder, name, enrolled_ms) VALUES (?, ?, ?, ?, ?);

-- name: credential
SELECT id, public, holder, name, enrolled_ms FROM credential WHERE id = ?;

-- name: credentials
SELECT id, public, holder, name, enrolled_ms FROM credential ORDER BY rowid;
