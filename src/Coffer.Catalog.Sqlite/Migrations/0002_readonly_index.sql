-- Pages of READ_ONLY objects do not walk the uploads that are newer.
CREATE INDEX object_read_only ON object (account, id) WHERE state = 2;
