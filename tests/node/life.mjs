// The whole life of an object: create, upload, complete, look at it, download, list, delete.
import assert from 'node:assert/strict';
import { sdk, api, Runloop } from './client.mjs';

const object = await sdk.storageObject.create({
  name: 'life.txt', content_type: 'text', metadata: { stage: 'test' }, ttl_ms: 3600000,
});
let info = await object.getInfo();
assert.equal(info.state, 'UPLOADING');
assert.equal(info.size_bytes ?? null, null);
assert.equal(info.delete_after_time_ms, info.create_time_ms + 3600000);
assert.deepEqual(info.metadata, { stage: 'test' });

await object.uploadContent('Hello, wörld! 🎉');
await object.complete();
info = await object.getInfo();
assert.equal(info.state, 'READ_ONLY');
assert.equal(info.size_bytes, Buffer.byteLength('Hello, wörld! 🎉'));

assert.equal(await object.downloadAsText(), 'Hello, wörld! 🎉');
assert.deepEqual(await object.downloadAsBuffer(), Buffer.from('Hello, wörld! 🎉'));
const link = await object.getDownloadUrl(60);
assert.match(link.download_url, /^http:\/\//);
assert.equal(link.expires_in_seconds, 60);

const listed = await sdk.storageObject.list({ name: 'LIFE', state: 'READ_ONLY', content_type: 'text' });
assert.ok(listed.some((found) => found.id === object.id));
assert.equal(await sdk.storageObject.fromId(object.id).downloadAsText(), 'Hello, wörld! 🎉');

await object.complete(); // again is no error
await object.delete();
await object.delete();
assert.equal((await object.getInfo()).state, 'DELETED');
await assert.rejects(() => object.getDownloadUrl(), (error) => error.status === 410);
await assert.rejects(() => object.uploadContent('late'), /already|deleted|completed|upload/i);

await assert.rejects(() => api.objects.retrieve('obj_unknown'), Runloop.NotFoundError);
await assert.rejects(() => api.get('/_stainless_unknown_path'), Runloop.NotFoundError);
await assert.rejects(() => api.objects.create({ name: '', content_type: 'text' }), Runloop.BadRequestError);
await assert.rejects(() => api.objects.create({ name: 'a', content_type: 'text', ttl_ms: -1 }), (error) => {
  assert.equal(error.status, 400);
  assert.match(error.message, /^400 .*ttl_ms/);
  assert.equal(error.error.code, 'invalid_argument');
  return true;
});
