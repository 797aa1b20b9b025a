-- What a bucket's lists walk. Letter case of ASCII is ignored in folders, so the order of bytes (object_key) does not serve them.
-- Carries expiry and times, so that a list by time reads this index alone.
CREATE INDEX object_name ON object (bucket, key COLLATE NOCASE, key, expires_ms, key_created_ms, updated_ms) WHERE state = 2;

-- Everything up to the last slash: the key without the characters at its end that are no slash.
ALTER TABLE object ADD COLUMN folder TEXT GENERATED ALWAYS AS (rtrim(key, replace(key, '/', ''))) VIRTUAL;

-- What lies directly in a folder, by creation; and which folders there are, however much lies in them.
CREATE INDEX object_folder ON object (bucket, folder COLLATE NOCASE, key_created_ms, key COLLATE NOCASE, expires_ms) WHERE state = 2;
