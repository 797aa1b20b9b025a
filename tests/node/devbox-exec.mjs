// Commands in a devbox, with the published client's defaults: waited for, read along, begun and killed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sdk } from './client.mjs';

const devbox = await sdk.devbox.create({ name: 'exec', file_mounts: { '/home/user/in.txt': 'Hello, wörld!\n' } });

// The story of a mounted archive goes on: its files are read by commands, too.
const folder = mkdtempSync(join(tmpdir(), 'coffer-devbox-exec-'));
writeFileSync(join(folder, 'file1.txt'), 'content of file 1\n');
execFileSync('tar', ['-czf', join(folder, 'archive.tar.gz'), '-C', folder, 'file1.txt']);
const archive = await sdk.storageObject.uploadFromFile(join(folder, 'archive.tar.gz'), 'archive.tar.gz');
rmSync(folder, { recursive: true });
const mounted = await sdk.devbox.create({
  mounts: [{ type: 'object_mount', object_id: archive.id, object_path: '/home/user/archive_dir' }],
});
assert.equal(await (await mounted.cmd.exec('cat /home/user/archive_dir/file1.txt')).stdout(), 'content of file 1\n');
assert.equal(await (await mounted.cmd.exec("test -f /home/user/archive_dir/file1.txt && echo 'exists'")).stdout(), 'exists\n');
await mounted.shutdown();

let result = await devbox.cmd.exec('cat /home/user/in.txt');
assert.equal(result.exitCode, 0);
assert.ok(result.success);
assert.equal(await result.stdout(), 'Hello, wörld!\n');
assert.equal(await result.stderr(), '');

result = await devbox.cmd.exec("test -f /home/user/in.txt && echo 'exists'");
assert.equal(await result.stdout(), 'exists\n');
result = await devbox.cmd.exec('ls -la /home/user/none');
assert.ok(result.failed);
assert.match(await result.stderr(), /none/);

const [out, err, both] = [[], [], []];
result = await devbox.cmd.exec('echo one; sleep 0.3; echo two; echo bad >&2; exit 4', {
  stdout: (line) => out.push(line), stderr: (line) => err.push(line), output: (line) => both.push(line),
});
assert.equal(result.exitCode, 4);
assert.equal(await result.stdout(), 'one\ntwo\n');
assert.equal(out.join(''), 'one\ntwo\n');
assert.equal(err.join(''), 'bad\n');
assert.equal(both.join('').length, 'one\ntwo\nbad\n'.length);

// More than an answer shows: the client reads the stream by itself.
result = await devbox.cmd.exec('seq 1 300000');
const all = await result.stdout();
assert.equal(all.length, Array.from({ length: 300000 }, (_, i) => `${i + 1}\n`).join('').length);
assert.ok(all.startsWith('1\n2\n') && all.endsWith('300000\n'));
assert.equal(await result.stdout(2), '299999\n300000');

const execution = await devbox.cmd.execAsync('sleep 1000');
assert.equal((await execution.getState()).status, 'running');
await execution.kill();
const killed = await execution.result();
assert.equal(killed.exitCode, 137);

await devbox.shutdown();
