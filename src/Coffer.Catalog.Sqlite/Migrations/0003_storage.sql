-- Subject of the token that made the bucket.
ALTER TABLE bucket ADD COLUMN owner TEXT;

-- A bucket that was deleted keeps its row, because tombstones refer to it and its number must never be another bucket's: a write
-- that was judged before would land there. Its name becomes free: it is called '/' and its number then, which no bucket can be.
ALTER TABLE bucket ADD COLUMN deleted_ms INTEGER;

-- Header value that is answered with the bytes.
ALTER TABLE object ADD COLUMN robots_tag TEXT;
