// The published tus client: pause, a killed process, several files at once, deferred length, signed links, ends and refusals.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as tus from 'tus-js-client';
import { base, good, key, newBucket, storage } from './storage-client.mjs';

const MiB = 1024 * 1024;
const bucket = await newBucket();
const bytesOf = async (name) => Buffer.from(await good(await storage.from(bucket).download(name)).arrayBuffer());

function make(content, name, options = {}) {
  let upload;
  const finished = new Promise((onSuccess, onError) => {
    upload = new tus.Upload(content, {
      endpoint: `${base}/upload/resumable`,
      headers: { authorization: `Bearer ${key}` },
      retryDelays: [0, 200, 500],
      metadata: { bucketName: bucket, objectName: name, contentType: 'application/x-test' },
      onSuccess,
      onError,
      ...options,
    });
  });
  finished.catch(() => {}); // looked at later
  return { upload, finished };
}

async function send(content, name, options) {
  const { upload, finished } = make(content, name, options);
  upload.start();
  await finished;
  return upload;
}

// Any piece size, with the first piece in the beginning or not.
const small = randomBytes(1_000_003);
await send(small, 'whole');
assert.deepEqual(await bytesOf('whole'), small);
await send(small, 'pieces', { chunkSize: 99_991 });
assert.deepEqual(await bytesOf('pieces'), small);
await send(small, 'created with', { uploadDataDuringCreation: true, chunkSize: 400_000 });
assert.deepEqual(await bytesOf('created with'), small);
await send(Buffer.alloc(0), 'empty');
assert.equal((await bytesOf('empty')).length, 0);

// A length that is known at the end.
await send(Readable.from([small.subarray(0, 500_000), small.subarray(500_000)]), 'deferred', { uploadLengthDeferred: true, chunkSize: 300_000 });
assert.deepEqual(await bytesOf('deferred'), small);

// Several files at once, in pieces of 6 MiB.
const large = [14 * MiB + 1, 13 * MiB, 12 * MiB].map((size) => randomBytes(size));
await Promise.all(large.map((content, i) => send(content, `parallel/${i}`, { chunkSize: 6 * MiB })));
for (const [i, content] of large.entries()) assert.deepEqual(await bytesOf(`parallel/${i}`), content);

// Pause in the middle of the second piece, and go on.
{
  const starts = [];
  let paused;
  const stopped = new Promise((resolve) => { paused = resolve; });
  const { upload, finished } = make(large[0], 'paused', {
    chunkSize: 6 * MiB,
    onProgress: (sent) => { if (sent > 7 * MiB && paused) { paused(); paused = null; } },
    onChunkComplete: (size, accepted) => starts.push(accepted - size),
  });
  upload.start();
  await stopped;
  await upload.abort();
  upload.start();
  await finished;
  assert.deepEqual(await bytesOf('paused'), large[0]);
  assert.ok(starts.length >= 2);
}

// A process that is killed, and another that goes on where the first was acknowledged: with a key, and by a signed link.
const link = good(await storage.from(bucket).createSignedUploadUrl('killed signed'));
const folder = mkdtempSync(join(tmpdir(), 'coffer-tus-'));
try {
  const file = join(folder, 'file');
  writeFileSync(file, large[0]);
  for (const [name, token] of [['killed', ''], ['killed signed', link.token]]) {
    const uploads = join(folder, `${name}.json`);
    const run = (fatal) => spawnSync(process.execPath, ['tus-file.mjs', file, bucket, name, uploads, fatal, token], { encoding: 'utf8' });
    const first = run(`${6 * MiB}`);
    assert.equal(first.signal, 'SIGKILL', first.stderr);
    assert.equal(Object.keys(JSON.parse(readFileSync(uploads, 'utf8'))).length, 1);
    const second = run('');
    assert.equal(second.status, 0, second.stderr);
    const began = Number(second.stdout.split(' ')[0]);
    assert.ok(began >= 6 * MiB, second.stdout);
    assert.deepEqual(await bytesOf(name), large[0]);
  }
} finally {
  rmSync(folder, { recursive: true });
}

// A signed link instead of a key.
{
  const { token } = good(await storage.from(bucket).createSignedUploadUrl('signed'));
  await send(small, 'signed', { endpoint: `${base}/upload/resumable/sign`, headers: { 'x-signature': token }, chunkSize: 400_000 });
  assert.deepEqual(await bytesOf('signed'), small);
}

// Ended by its owner: nothing is left to go on with.
{
  const { upload } = make(large[1], 'ended', { chunkSize: MiB, onChunkComplete: () => paused() });
  let paused;
  const stopped = new Promise((resolve) => { paused = resolve; });
  upload.start();
  await stopped;
  const { url } = upload;
  await upload.abort(true);
  assert.equal((await fetch(url, { method: 'HEAD', headers: { authorization: `Bearer ${key}`, 'tus-resumable': '1.0.0' } })).status, 404);
}

// What is refused is told, and is not there.
const statusOf = async (promise) => promise.then(() => 0, (error) => error.originalResponse.getStatus());
assert.equal(await statusOf(send(small, 'whole', { retryDelays: null })), 409);
await send(large[2], 'whole', { headers: { authorization: `Bearer ${key}`, 'x-upsert': 'true' }, chunkSize: 6 * MiB });
assert.deepEqual(await bytesOf('whole'), large[2]);
assert.equal(await statusOf(send(small, 'a/../b', { retryDelays: null })), 400);
assert.equal(await statusOf(send(small, 'x', { metadata: { bucketName: 'nowhere', objectName: 'x' } })), 404);
