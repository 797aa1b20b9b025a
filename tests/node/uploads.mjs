// Every upload helper, with the sizes that are kept inside the catalog and as files.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sdk } from './client.mjs';

const folder = mkdtempSync(join(tmpdir(), 'coffer-npm-'));
try {
  for (const size of [0, 1, 4096, 100_000, 3_000_000]) {
    const bytes = randomBytes(size);
    const fromBuffer = await sdk.storageObject.uploadFromBuffer(bytes, `b${size}.bin`, 'binary', { metadata: { size: `${size}` } });
    assert.deepEqual(await fromBuffer.downloadAsBuffer(), bytes);
    const info = await fromBuffer.getInfo();
    assert.equal(info.content_type, 'binary');
    assert.equal(info.size_bytes, size);
    assert.deepEqual(info.metadata, { size: `${size}` });
  }

  const text = await sdk.storageObject.uploadFromText('línea\n'.repeat(1000), 'lines.txt', { metadata: { kind: 'lines' } });
  assert.equal(await text.downloadAsText(), 'línea\n'.repeat(1000));
  assert.equal((await text.getInfo()).content_type, 'text');

  const classes = {
    'a.txt': 'text', 'a.html': 'text', 'a.css': 'text', 'a.js': 'text', 'a.json': 'text', 'a.xml': 'text', 'a.yaml': 'text',
    'a.yml': 'text', 'a.md': 'text', 'a.csv': 'text', 'a.tar.gz': 'tgz', 'a.tgz': 'tgz', 'a.gz': 'gzip', 'a.tar': 'tar', 'a.bin': 'unspecified',
  };
  for (const [name, contentType] of Object.entries(classes)) {
    const bytes = gzipSync(randomBytes(500)); // real gzip bytes: nothing on the way may unpack them
    writeFileSync(join(folder, name), bytes);
    const fromFile = await sdk.storageObject.uploadFromFile(join(folder, name), name);
    assert.equal((await fromFile.getInfo()).content_type, contentType, name);
    assert.deepEqual(await fromFile.downloadAsBuffer(), bytes, name);
  }

  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'sub', 'empty'), { recursive: true });
  writeFileSync(join(tree, 'file1.txt'), 'one');
  writeFileSync(join(tree, 'sub', 'file2.txt'), 'two');
  writeFileSync(join(tree, 'debug.log'), 'left out');
  writeFileSync(join(tree, '.dockerignore'), '*.log\n');
  symlinkSync('file1.txt', join(tree, 'link'));
  const fromDir = await sdk.storageObject.uploadFromDir(tree, { name: 'tree.tar.gz', metadata: { from: 'dir' }, ttl_ms: 60000 });
  const info = await fromDir.getInfo();
  assert.equal(info.content_type, 'tgz');
  assert.equal(info.delete_after_time_ms, info.create_time_ms + 60000);
  writeFileSync(join(folder, 'back.tgz'), await fromDir.downloadAsBuffer());
  const entries = execFileSync('tar', ['tzf', join(folder, 'back.tgz')], { encoding: 'utf8' });
  assert.match(entries, /file1\.txt/);
  assert.match(entries, /sub\/file2\.txt/);
  assert.match(entries, /link/);
  assert.doesNotMatch(entries, /debug\.log/);
  assert.equal(execFileSync('tar', ['xzOf', join(folder, 'back.tgz'), './sub/file2.txt'], { encoding: 'utf8' }), 'two');
} finally {
  rmSync(folder, { recursive: true });
}
