-- Times are Unix milliseconds. States: 1 UPLOADING, 2 READ_ONLY, 3 DELETED, 4 ERROR.

-- One row about the runs of the process on this file.
CREATE TABLE run (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  starts      INTEGER NOT NULL,   -- counted up at each start; begins every blob id
  clean       INTEGER NOT NULL,   -- 1 while closed in order
  last_minted BLOB                -- highest object id of the last run that was closed in order
);
INSERT INTO run (one, starts, clean) VALUES (1, 0, 1);

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE account (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,
  jwt_secrets    TEXT,            -- JSON array
  created_ms     INTEGER NOT NULL,
  managed        INTEGER NOT NULL,
  objects_bucket INTEGER NOT NULL
);

CREATE TABLE access_key (
  n          INTEGER PRIMARY KEY,
  id         BLOB NOT NULL UNIQUE,
  account    INTEGER NOT NULL REFERENCES account (id),
  token_hash BLOB NOT NULL UNIQUE,
  "right"    INTEGER NOT NULL,
  label      TEXT,
  subject    TEXT,
  created_ms INTEGER NOT NULL,
  used_ms    INTEGER,
  revoked_ms INTEGER,
  revoked_by INTEGER,             -- a source, as below
  source     INTEGER NOT NULL
);
CREATE INDEX access_key_account ON access_key (account, created_ms);

CREATE TABLE bucket (
  id          INTEGER PRIMARY KEY,
  account     INTEGER NOT NULL REFERENCES account (id),
  name        TEXT NOT NULL UNIQUE,
  public      INTEGER NOT NULL,
  size_limit  INTEGER,
  media_types TEXT,               -- JSON array
  created_ms  INTEGER NOT NULL,
  updated_ms  INTEGER NOT NULL
);
CREATE INDEX bucket_account ON bucket (account, name);

-- One row per version of a key. A rowid table: wide rows in a clustered key table split its pages badly.
CREATE TABLE object (
  n                INTEGER PRIMARY KEY,
  id               BLOB NOT NULL UNIQUE,  -- 48 bits of milliseconds, 80 random ones: sorts by creation
  account          INTEGER NOT NULL,
  bucket           INTEGER NOT NULL REFERENCES bucket (id),
  key              TEXT NOT NULL,
  key_id           BLOB NOT NULL,
  key_created_ms   INTEGER NOT NULL,
  name             TEXT NOT NULL,
  state            INTEGER NOT NULL,
  size_bytes       INTEGER,
  etag             TEXT,
  class            INTEGER NOT NULL,
  media_type       TEXT,
  cache_control    TEXT,
  content_encoding TEXT,
  metadata         TEXT,
  owner            TEXT,
  public           INTEGER NOT NULL,
  updated_ms       INTEGER NOT NULL,      -- of a tombstone: when it was deleted
  read_ms          INTEGER,
  expires_ms       INTEGER,
  pieces           BLOB                   -- blob id and size, 24 bytes a piece; NULL when inline or without content
);

-- What lives is indexed apart from tombstones, so that a page costs the same however many of those there are.
CREATE UNIQUE INDEX object_key ON object (bucket, key) WHERE state <> 3;
-- Carries what a name search looks at, so that it reads this index alone.
CREATE INDEX object_live ON object (account, id, state, class, expires_ms, name, media_type) WHERE state <> 3;
CREATE INDEX object_public ON object (id, class, expires_ms, name, media_type) WHERE state = 2 AND public = 1;
CREATE INDEX object_uploading ON object (account, id) WHERE state = 1;
CREATE INDEX object_error ON object (account, id) WHERE state = 4;
-- Carries what the counters are corrected by until the reaper has come.
CREATE INDEX object_expiry ON object (expires_ms, account, state, public, size_bytes, id)
  WHERE state <> 3 AND expires_ms IS NOT NULL;
CREATE INDEX object_deleted ON object (account, id) WHERE state = 3;
CREATE INDEX object_purge ON object (updated_ms) WHERE state = 3;

-- Bytes of small objects, apart from the rows so that pages of a list stay dense. InlineBody.cs says how a body is laid out.
CREATE TABLE inline_content (
  object INTEGER PRIMARY KEY REFERENCES object (n),
  body   BLOB NOT NULL
);

CREATE TABLE blob (
  id         BLOB PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  refs       INTEGER NOT NULL CHECK (refs > 0)
) WITHOUT ROWID;

-- Blobs that lost their last object; nothing returns from here.
CREATE TABLE released_blob (
  id          BLOB PRIMARY KEY,
  released_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX released_blob_time ON released_blob (released_ms);

-- Request ids, so that a repeated creation makes no twin.
CREATE TABLE once_token (
  account INTEGER NOT NULL,
  token   TEXT NOT NULL,
  digest  BLOB NOT NULL,
  object  BLOB NOT NULL,
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (account, token)
) WITHOUT ROWID;
CREATE INDEX once_token_made ON once_token (made_ms);

-- Kept in the transactions that change objects. Account 0 counts the public READ_ONLY ones of all accounts once more.
CREATE TABLE counter (
  account    INTEGER NOT NULL,
  state      INTEGER NOT NULL,
  objects    INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  PRIMARY KEY (account, state)
) WITHOUT ROWID;
