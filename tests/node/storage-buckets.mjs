// Buckets by the published client: create, show, list, change, empty, delete, and what is refused.
import assert from 'node:assert/strict';
import { storage, good, unique } from './storage-client.mjs';

const name = unique('pics');
assert.deepEqual(good(await storage.createBucket(name, { public: true, fileSizeLimit: '1MB', allowedMimeTypes: ['image/*', 'text/plain'] })), { name });

let bucket = good(await storage.getBucket(name));
assert.equal(bucket.id, name);
assert.equal(bucket.name, name);
assert.equal(bucket.public, true);
assert.equal(bucket.owner, '');
assert.equal(bucket.file_size_limit, 1_000_000);
assert.deepEqual(bucket.allowed_mime_types, ['image/*', 'text/plain']);
assert.ok(Date.parse(bucket.created_at) <= Date.parse(bucket.updated_at));

const twice = await storage.createBucket(name);
assert.equal(twice.error.status, 400);
assert.equal(twice.error.statusCode, '409');
assert.equal(twice.error.message, 'The resource already exists');

assert.ok(good(await storage.listBuckets()).some((found) => found.id === name && found.type === 'STANDARD'));
assert.deepEqual(good(await storage.listBuckets({ search: name.toUpperCase(), limit: 1, sortColumn: 'name', sortOrder: 'desc' })).map((found) => found.id), [name]);

assert.deepEqual(good(await storage.updateBucket(name, { public: false, fileSizeLimit: null, allowedMimeTypes: null })), { message: 'Successfully updated' });
bucket = good(await storage.getBucket(name));
assert.deepEqual([bucket.public, bucket.file_size_limit, bucket.allowed_mime_types], [false, null, null]);

good(await storage.from(name).upload('a/b.txt', 'text'));
const full = await storage.deleteBucket(name);
assert.equal(full.error.statusCode, '409');
assert.match(full.error.message, /not empty/);
good(await storage.emptyBucket(name));
assert.deepEqual(good(await storage.from(name).list()), []);
assert.deepEqual(good(await storage.deleteBucket(name)), { message: 'Successfully deleted' });

const gone = await storage.getBucket(name);
assert.equal(gone.error.statusCode, '404');
assert.equal(gone.error.message, 'Bucket not found');
assert.equal((await storage.createBucket('a/b')).error.message, 'Bucket name invalid');
assert.equal((await storage.createBucket(unique('analytics'), { public: false, type: 'ANALYTICS' })).error.status, 403);
