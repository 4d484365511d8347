-- name: head
SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1;

-- name: epoch
SELECT body FROM entry WHERE type = 3 ORDER BY sequence DESC LIMIT 1;

-- name: append_entry
INSERT INTO entry (sequence, recorded_ms, type, body, hash) VALUES (?, ?, ?, ?, ?);

-- name: append_notice
INSERT INTO notice (sequence, id, alarm, version, status, document, order_hash) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: append_document
INSERT INTO document (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING;

-- name: alarm_version
SELECT version FROM notice WHERE alarm = ? ORDER BY version DESC LIMIT 1;

-- name: entry
SELECT sequence, recorded_ms, type, body, hash FROM entry WHERE sequence = ?;

-- name: entries
SELECT sequence, recorded_ms, type, body, hash FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?;

-- name: alert
SELECT entry.sequence, recorded_ms, type, body, hash, order_hash FROM notice JOIN entry USING (sequence) WHERE id = ?;

-- name: history
SELECT entry.sequence, recorded_ms, type, body, hash FROM notice JOIN entry USING (sequence)
WHERE alarm = ? ORDER BY version;

-- name: alarms_named
SELECT alarm FROM notice WHERE version = 1 AND alarm >= ?1 AND alarm < ?1 || '~' ORDER BY alarm LIMIT ?2;

-- name: newest_alarms
SELECT entry.sequence, recorded_ms, type, body, hash FROM notice JOIN entry USING (sequence)
WHERE status = ? AND NOT EXISTS (
    SELECT 1 FROM notice AS later WHERE later.alarm = notice.alarm AND later.version = notice.version + 1
)
ORDER BY notice.sequence DESC LIMIT ?;

-- name: document
SELECT body FROM document WHERE hash = ?;

-- name: rosters
SELECT sequence, recorded_ms, type, body, hash FROM entry WHERE type = 2 ORDER BY sequence;

-- name: revocations
SELECT sequence, recorded_ms, type, body, hash FROM entry WHERE type = 4 ORDER BY sequence;

-- name: save_checkpoint
INSERT OR REPLACE INTO checkpoint (sequence, document, key, signature) VALUES (?, ?, ?, ?);

-- name: forget_checkpoints
DELETE FROM checkpoint WHERE sequence NOT IN (SELECT sequence FROM checkpoint ORDER BY sequence DESC LIMIT ?);

-- name: newest_checkpoint
SELECT sequence, document, key, signature FROM checkpoint ORDER BY sequence DESC LIMIT 1;

-- name: walk
SELECT entry.sequence, recorded_ms, type, entry.body, entry.hash,
    notice.id, notice.alarm, notice.version, notice.status, notice.document, document.body
FROM entry LEFT JOIN notice USING (sequence) LEFT JOIN document ON document.hash = notice.document
WHERE entry.sequence > ? AND entry.sequence <= ? ORDER BY entry.sequence;

-- name: known_beyond_head
SELECT head, max(known) FROM (SELECT max(sequence) AS head FROM entry), (
    SELECT max(sequence) AS known FROM notice UNION ALL SELECT max(sequence) FROM checkpoint
)
GROUP BY head HAVING max(known) > head;
