// Unknown fields pass through the client, so is_public works although its types lack it.
import assert from 'node:assert/strict';
import { sdk, api } from './client.mjs';

const name = `public-${process.pid}-${Date.now()}`;
const object = await sdk.storageObject.create({ name, content_type: 'text', is_public: true });
await object.uploadContent('open');
await object.complete();
const hidden = await sdk.storageObject.uploadFromText('closed', name);

const page = await api.objects.listPublic({ name });
assert.deepEqual(page.objects.map((found) => found.id), [object.id]);
const info = await object.getInfo();
assert.equal(info.is_public, true);
assert.equal(await (await fetch(info.public_url)).text(), 'open');
assert.equal((await hidden.getInfo()).public_url ?? null, null);
