// 200 MiB in pieces of 6 MiB by the published tus client: its process is killed twice, each next one sends only what was missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { base, key, newBucket } from './storage-client.mjs';

const MiB = 1024 * 1024;
const piece = 6 * MiB;
const bucket = await newBucket();
const folder = mkdtempSync(join(tmpdir(), 'coffer-tus-large-'));
try {
  const bytes = randomBytes(200 * MiB + 1);
  const file = join(folder, 'file');
  writeFileSync(file, bytes);
  const run = (fatal) => spawnSync(process.execPath, ['tus-file.mjs', file, bucket, 'large', join(folder, 'uploads.json'), fatal], { encoding: 'utf8' });

  let acknowledged = 0;
  for (const fatal of [60 * MiB, 130 * MiB, 0]) {
    const ended = run(fatal ? `${fatal}` : '');
    assert.deepEqual([ended.signal, ended.status], fatal ? ['SIGKILL', null] : [null, 0], ended.stderr);
    const pieces = ended.stdout.split('\n').filter((line) => line.includes(' to ')).map((line) => line.split(' to ').map(Number));
    // What came of the piece that the kill cut off is there as well.
    assert.ok(pieces[0][0] >= acknowledged && pieces[0][0] <= acknowledged + piece, `${pieces[0]} after ${acknowledged}`);
    for (const [i, [start, end]] of pieces.entries()) {
      assert.equal(end, Math.min(start + piece, bytes.length));
      if (i > 0) assert.equal(start, pieces[i - 1][1]);
    }

    acknowledged = pieces.at(-1)[1];
  }

  assert.equal(acknowledged, bytes.length);
  const read = await fetch(`${base}/object/${bucket}/large`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(read.status, 200);
  const digest = createHash('sha256');
  let size = 0;
  for await (const part of read.body) {
    digest.update(part);
    size += part.length;
  }

  assert.deepEqual([size, digest.digest('hex')], [bytes.length, createHash('sha256').update(bytes).digest('hex')]);
} finally {
  rmSync(folder, { recursive: true });
}
