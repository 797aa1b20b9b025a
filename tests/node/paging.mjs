// Lists, page by page as the client asks for them, also while the object under the cursor is deleted.
import assert from 'node:assert/strict';
import { sdk, api } from './client.mjs';

const made = [];
for (let i = 0; i < 8; i++) {
  const object = await sdk.storageObject.uploadFromText(`page ${i}`, `paging-${i}.txt`);
  made.unshift(object.id);
}

const seen = [];
for await (const object of api.objects.list({ limit: 3, name: 'paging-' })) {
  seen.push(object.id);
}
assert.deepEqual(seen, made);

const survived = [];
for await (const object of api.objects.list({ limit: 3, name: 'paging-' })) {
  survived.push(object.id);
  if (survived.length % 3 === 0) {
    await api.objects.delete(object.id);
  }
}
assert.deepEqual(survived, made);

const page = await api.objects.list({ limit: 2, name: 'paging-' });
assert.equal(page.objects.length, 2);
assert.equal(page.has_more, true);
assert.equal(page.total_count, 6);
assert.equal((await api.objects.list({ limit: 0 })).objects.length, 6);
const uncounted = await api.objects.list({ include_total_count: false });
assert.equal(uncounted.total_count, 0); // how the client shows null
assert.equal((await sdk.storageObject.list({ limit: 4 })).length, 4);
