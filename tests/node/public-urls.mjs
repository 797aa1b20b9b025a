// The addresses that another client made are those that the published one makes: address, then a JSON list of path, options and URL.
import assert from 'node:assert/strict';
import { StorageClient } from '@supabase/storage-js';

const [base, cases] = process.argv.slice(2);
const bucket = new StorageClient(base, {}).from('pics');
const made = JSON.parse(cases);
assert.ok(made.length > 5);
for (const { path, options, url } of made) {
  if (options?.download === '') options.download = true; // which this client says for the object's own name
  assert.equal(bucket.getPublicUrl(path, options).data.publicUrl, url);
}
