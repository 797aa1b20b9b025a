// A wrong key is an AuthenticationError, told once.
import assert from 'node:assert/strict';
import { api, Runloop } from './client.mjs';

await assert.rejects(() => api.objects.list(), Runloop.AuthenticationError);
await assert.rejects(() => api.objects.create({ name: 'a', content_type: 'text' }), Runloop.AuthenticationError);
