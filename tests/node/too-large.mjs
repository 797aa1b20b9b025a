// A body that is too large is answered, each time, and harms no other call of the client: all share one HTTP/2 connection.
import assert from 'node:assert/strict';
import { api, Runloop } from './client.mjs';

const metadata = { big: 'x'.repeat(10_000_000) };
for (let round = 0; round < 20; round++) {
  const others = [1, 2, 3].map((limit) => api.objects.list({ limit }));
  await assert.rejects(() => api.objects.create({ name: 'big', content_type: 'text', metadata }), (error) => {
    assert.ok(error instanceof Runloop.APIError, `round ${round}: ${error}`);
    assert.equal(error.status, 413);
    assert.equal(error.error.code, 'too_large');
    return true;
  });
  for (const page of await Promise.all(others)) {
    assert.equal(page.total_count, 0);
  }
}

await assert.rejects(() => api.post('/v1/nothing', { body: { metadata } }), Runloop.NotFoundError);
