-- Uploads that come in pieces. A row keeps its blob announced until it is finished (then it has an object and no blob) or gone.
CREATE TABLE upload (
  n                INTEGER PRIMARY KEY,
  id               BLOB NOT NULL UNIQUE,  -- 128 random bits
  account          INTEGER NOT NULL,
  uploader         BLOB NOT NULL,         -- SHA-256 of who sends it
  bucket           TEXT NOT NULL,         -- by name: what it stands for is judged when the upload is finished
  key              TEXT NOT NULL,
  media_type       TEXT,
  cache_control    TEXT,
  content_encoding TEXT,
  robots_tag       TEXT,
  metadata         TEXT,
  upsert           INTEGER NOT NULL,
  owner            TEXT,
  length_bytes     INTEGER,               -- NULL while it is not said
  offset_bytes     INTEGER NOT NULL,      -- so many bytes of the blob are durable
  blob             BLOB,
  object           BLOB,
  expires_ms       INTEGER NOT NULL
);
CREATE INDEX upload_blob ON upload (blob) WHERE blob IS NOT NULL;
CREATE INDEX upload_expiry ON upload (expires_ms);
