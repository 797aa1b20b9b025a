// The story of mounted archives: upload an archive in two ways, mount it in a devbox, read the extracted files from inside.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sdk, api, Runloop } from './client.mjs';

const folder = mkdtempSync(join(tmpdir(), 'coffer-devbox-'));
try {
  const tree = join(folder, 'my-project');
  mkdirSync(join(tree, 'file'), { recursive: true });
  writeFileSync(join(tree, 'file1.txt'), 'content of file 1\n');
  writeFileSync(join(tree, 'file', 'file2.txt'), 'content of file 2\n');
  execFileSync('tar', ['-czf', join(folder, 'archive.tar.gz'), '-C', tree, 'file1.txt', 'file']);

  const fromFile = await sdk.storageObject.uploadFromFile(join(folder, 'archive.tar.gz'), 'archive.tar.gz');
  const fromDir = await sdk.storageObject.uploadFromDir(tree, { name: 'my-project.tar.gz' });
  assert.equal((await fromFile.getInfo()).content_type, 'tgz');

  const devbox = await sdk.devbox.create({
    name: 'mounted',
    metadata: { story: 'archives' },
    mounts: [
      { type: 'object_mount', object_id: fromFile.id, object_path: '/home/user/my-archive' },
      { type: 'object_mount', object_id: fromDir.id, object_path: '/home/user/my-project' },
    ],
  });
  for (const place of ['my-archive', 'my-project']) {
    assert.equal(await devbox.file.read({ file_path: `/home/user/${place}/file1.txt` }), 'content of file 1\n');
    assert.equal(await devbox.file.read({ file_path: `/home/user/${place}/file/file2.txt` }), 'content of file 2\n');
  }

  const info = await devbox.getInfo();
  assert.equal(info.status, 'running');
  assert.deepEqual(info.metadata, { story: 'archives' });
  assert.equal(info.name, 'mounted');

  await devbox.file.write({ file_path: '/tmp/note.txt', contents: 'wörld 🎉' });
  assert.equal(await devbox.file.read({ file_path: '/tmp/note.txt' }), 'wörld 🎉');
  await devbox.file.upload({ path: '/home/user/blob', file: new File([new Uint8Array([0, 255, 1, 254])], 'blob') });
  const blob = await devbox.file.download({ path: 'blob' });
  assert.deepEqual(Buffer.from(await blob.arrayBuffer()), Buffer.from([0, 255, 1, 254]));

  // The short form of mounts, which the client turns into the same.
  const short = await sdk.devbox.create({ mounts: [{ '/home/user/a.tar.gz': fromFile }] });
  assert.equal(await short.file.read({ file_path: '/home/user/a.tar.gz/file1.txt' }), 'content of file 1\n');

  const listed = await sdk.devbox.list({ limit: 10 });
  assert.ok(listed.some((found) => found.id === devbox.id));

  await assert.rejects(() => devbox.file.read({ file_path: '/none' }), Runloop.NotFoundError);
  await assert.rejects(() => devbox.file.read({ file_path: '/tmp' }), Runloop.BadRequestError);
  await assert.rejects(
    () => sdk.devbox.create({ mounts: [{ type: 'object_mount', object_id: 'obj_00000000000000000000000000', object_path: '/a' }] }),
    (error) => error instanceof Runloop.NotFoundError && /mounts\[0\]/.test(error.message),
  );

  await fromFile.delete();
  assert.equal(await devbox.file.read({ file_path: '/home/user/my-archive/file1.txt' }), 'content of file 1\n');

  for (const one of [devbox, short]) {
    await one.shutdown();
    assert.equal((await one.getInfo()).status, 'shutdown');
  }

  await assert.rejects(() => devbox.file.read({ file_path: '/tmp/note.txt' }), Runloop.BadRequestError);
  assert.equal((await api.devboxes.retrieve(devbox.id)).shutdown_reason, 'api_shutdown');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
