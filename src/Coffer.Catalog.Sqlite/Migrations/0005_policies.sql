CREATE TABLE policy (
  n       INTEGER PRIMARY KEY,    -- order of addition
  account INTEGER NOT NULL REFERENCES account (id),
  name    TEXT NOT NULL,
  json    TEXT NOT NULL,
  managed INTEGER NOT NULL,       -- 1 when the bootstrap file made it
  UNIQUE (account, name)
);

-- Refusals of policies, kept for a week so that they can be explained.
CREATE TABLE decision (
  n       INTEGER PRIMARY KEY,
  id      BLOB NOT NULL UNIQUE,
  account INTEGER NOT NULL,
  made_ms INTEGER NOT NULL,
  json    TEXT NOT NULL
);
CREATE INDEX decision_account ON decision (account, n);
CREATE INDEX decision_made ON decision (made_ms);
