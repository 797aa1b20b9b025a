-- Devboxes, those that have ended too for a while. Their files are in the data folder.
CREATE TABLE devbox (
  n                 INTEGER PRIMARY KEY,
  id                BLOB NOT NULL UNIQUE,  -- time-ordered
  account           INTEGER NOT NULL,
  name              TEXT,
  metadata          TEXT,
  environment       TEXT,
  launch            TEXT NOT NULL,
  mounts            TEXT NOT NULL,
  status            INTEGER NOT NULL,      -- as of when it was written: past the keep-alive time it means SHUTDOWN
  transitions       TEXT NOT NULL,         -- [[status, ms, failure reason or 0], …]
  keep_alive_end_ms INTEGER NOT NULL,
  shutdown_reason   INTEGER,
  failure_reason    INTEGER,
  host_uid          INTEGER,
  ended_ms          INTEGER
);
CREATE INDEX devbox_account ON devbox (account, id);
CREATE INDEX devbox_live ON devbox (id) WHERE status < 3;
CREATE INDEX devbox_ended ON devbox (ended_ms) WHERE ended_ms IS NOT NULL;
