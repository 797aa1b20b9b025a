// Lasting refusals are told at once: the client's own rule would repeat a 409 for half a minute.
import assert from 'node:assert/strict';
import { sdk, api, Runloop } from './client.mjs';

const uploading = await sdk.storageObject.create({ name: 'refusals', content_type: 'text' });
await assert.rejects(() => api.objects.download(uploading.id), Runloop.ConflictError);
await assert.rejects(() => api.objects.complete(uploading.id), Runloop.BadRequestError);
await api.objects.delete(uploading.id);
await assert.rejects(() => api.objects.complete(uploading.id), Runloop.ConflictError);
