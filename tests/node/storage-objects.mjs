// Objects by the published client: each form of upload and download, lists, info, move, copy, remove.
import assert from 'node:assert/strict';
import { readFile, writeFile, rm } from 'node:fs/promises';
import { storage, good, newBucket } from './storage-client.mjs';

const name = await newBucket();
const bucket = storage.from(name);

// Every kind of body that the client takes.
const bodies = {
  'text.txt': 'Hello, wörld! 🎉',
  'buffer.bin': Buffer.from('buffer'),
  'array.bin': new Uint8Array([1, 2, 3]).buffer,
  'blob.txt': new Blob(['blob'], { type: 'text/plain' }),
  'file.txt': new File(['file'], 'name of the file.txt', { type: 'text/csv' }),
  'params.txt': new URLSearchParams({ a: 'b' }),
  'stream.bin': new Blob(['streamed']).stream(),
};
for (const [key, body] of Object.entries(bodies)) {
  const stored = good(await bucket.upload(key, body, { contentType: 'text/plain', duplex: 'half' }));
  assert.equal(stored.path, key);
  assert.equal(stored.fullPath, `${name}/${key}`);
  assert.match(stored.id, /^[0-9a-f-]{36}$/);
}
const form = new FormData();
form.append('file', new Blob(['from a form'], { type: 'text/plain' }), 'f.txt');
good(await bucket.upload('form.txt', form));
assert.equal(await good(await bucket.download('form.txt')).text(), 'from a form');
assert.equal(await good(await bucket.download('text.txt')).text(), bodies['text.txt']);
assert.equal(await good(await bucket.download('file.txt')).text(), 'file');
assert.deepEqual(new Uint8Array(await good(await bucket.download('array.bin')).arrayBuffer()), new Uint8Array([1, 2, 3]));
assert.equal(await new Response(good(await bucket.download('stream.bin').asStream())).text(), 'streamed');

// Options travel both as form fields and as headers.
const options = { cacheControl: '77', contentType: 'image/png', metadata: { hello: 'world', nested: { n: 1 } }, upsert: true };
for (const body of [new Blob(['x'], { type: 'text/plain' }), Buffer.from('x')]) {
  good(await bucket.upload('deep/er/options.png', body, options));
  const info = good(await bucket.info('deep/er/options.png'));
  assert.equal(info.contentType, body instanceof Blob ? 'text/plain' : 'image/png');
  assert.equal(info.cacheControl, 'max-age=77');
  assert.deepEqual(info.metadata, options.metadata);
  assert.equal(info.size, 1);
  assert.equal(info.name, 'deep/er/options.png');
  assert.equal(info.bucketId, name);
}

// Only an upsert replaces; the id stays, the version does not.
const before = good(await bucket.info('text.txt'));
const taken = await bucket.upload('text.txt', 'other');
assert.equal(taken.error.statusCode, '409');
assert.equal(await good(await bucket.download('text.txt')).text(), bodies['text.txt']);
good(await bucket.update('text.txt', 'updated', { contentType: 'text/plain' }));
good(await bucket.upload('text.txt', 'replaced', { upsert: true }));
const after = good(await bucket.info('text.txt'));
assert.equal(after.id, before.id);
assert.notEqual(after.version, before.version);
assert.equal(after.createdAt, before.createdAt);
assert.equal(await good(await bucket.download('text.txt')).text(), 'replaced');

assert.equal(good(await bucket.exists('text.txt')), true);
assert.equal((await bucket.exists('nothing.txt')).data, false);
const missing = await bucket.info('nothing.txt');
assert.deepEqual([missing.error.status, missing.error.statusCode, missing.error.message], [400, '404', 'Object not found']);

// Lists of both versions.
const listed = good(await bucket.list('', { limit: 100, sortBy: { column: 'name', order: 'asc' } }));
assert.equal(listed.find((found) => found.name === 'deep').id, null);
assert.equal(listed.find((found) => found.name === 'text.txt').metadata.mimetype, 'text/plain;charset=UTF-8'); // the client's own default
assert.deepEqual(good(await bucket.list('deep/er')).map((found) => found.name), ['options.png']);
assert.deepEqual(good(await bucket.list('', { search: 'TEXT' })).map((found) => found.name), ['text.txt']);
assert.deepEqual(good(await bucket.list('', { limit: 2, offset: 1 })).map((found) => found.name), listed.slice(1, 3).map((found) => found.name));
const keys = [];
for (let cursor; ;) {
  const page = good(await bucket.listV2({ limit: 2, cursor }));
  keys.push(...page.objects.map((found) => found.name));
  if (!page.hasNext) break;
  cursor = page.nextCursor;
}
assert.deepEqual(keys, ['array.bin', 'blob.txt', 'buffer.bin', 'deep/er/options.png', 'file.txt', 'form.txt', 'params.txt', 'stream.bin', 'text.txt']);
const top = good(await bucket.listV2({ with_delimiter: true, prefix: 'de' }));
assert.deepEqual(top.folders.map((folder) => folder.name), ['deep/']);
assert.deepEqual(top.objects, []);
assert.equal((await bucket.listV2({ cursor: 'made up' })).error.message, 'Invalid Parameter continuation token');

// Move and copy, also into another bucket.
const other = await newBucket();
assert.deepEqual(good(await bucket.move('form.txt', 'moved/form.txt')), { message: 'Successfully moved' });
assert.equal((await bucket.download('form.txt')).error !== null, true);
assert.equal((await bucket.move('text.txt', 'moved/form.txt')).error.statusCode, '409');
assert.deepEqual(good(await bucket.copy('deep/er/options.png', 'copied.png')), { path: `${name}/copied.png` });
assert.deepEqual(good(await bucket.info('copied.png')).metadata, options.metadata);
good(await bucket.copy('text.txt', 'in-other.txt', { destinationBucket: other }));
good(await bucket.move('moved/form.txt', 'form.txt', { destinationBucket: other }));
assert.deepEqual(good(await storage.from(other).list()).map((found) => found.name), ['form.txt', 'in-other.txt']);
assert.equal((await bucket.copy('nothing.txt', 'x.txt')).error.statusCode, '404');
assert.equal((await bucket.copy('text.txt', 'x.txt', { destinationBucket: 'no-such-bucket' })).error.statusCode, '404');

// What is removed is answered; what was not there is not.
const removed = good(await bucket.remove(['copied.png', 'nothing.txt', 'buffer.bin']));
assert.deepEqual(removed.map((row) => row.name), ['copied.png', 'buffer.bin']);
assert.deepEqual(removed[0].user_metadata, options.metadata);
assert.equal(removed[0].bucket_id, name);
assert.equal((await bucket.exists('copied.png')).data, false);

// The client folds slashes when it uploads, and only then.
good(await bucket.upload('folded///slashes.txt', 'folded'));
assert.equal(await good(await bucket.download('folded/slashes.txt')).text(), 'folded');
for (const key of ["it's (a) & b$=@;:+,!*.txt", 'a b.txt', 'what?.txt']) {
  good(await bucket.upload(key.replaceAll('?', '%3F'), 'odd'));
  assert.equal(await good(await bucket.download(key.replaceAll('?', '%3F'))).text(), 'odd');
  assert.ok(good(await bucket.listV2({ prefix: key })).objects.some((found) => found.name === key), key);
}
assert.equal((await bucket.upload('smile-😀.txt', 'x')).error.message, 'Invalid key: smile-😀.txt');
