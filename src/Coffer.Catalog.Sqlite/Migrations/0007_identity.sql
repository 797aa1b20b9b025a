-- Public keys by which an account's tokens are verified: a JSON Web Key Set.
ALTER TABLE account ADD COLUMN key_set TEXT;
