// The umbrella client: it sends the key in both headers, and speaks of storage below its own URL.
import assert from 'node:assert/strict';
import { createClient } from '@supabase/supabase-js';
import { key, good, unique } from './storage-client.mjs';

const supabase = createClient(process.env.RUNLOOP_BASE_URL, key, {
  auth: { persistSession: false, autoRefreshToken: false },
  realtime: { transport: class {} }, // not used, but asked for where Node has none
});
const name = unique('umbrella');
good(await supabase.storage.createBucket(name, { public: true }));
const bucket = supabase.storage.from(name);
good(await bucket.upload('avatar.png', new Blob(['png'], { type: 'image/png' }), { cacheControl: '3600' }));
assert.deepEqual(good(await bucket.list()).map((found) => found.name), ['avatar.png']);
assert.equal(await good(await bucket.download('avatar.png')).text(), 'png');
const answer = await fetch(bucket.getPublicUrl('avatar.png').data.publicUrl);
assert.equal(answer.headers.get('cache-control'), 'max-age=3600');
assert.equal(answer.headers.get('content-type'), 'image/png');
assert.equal((await fetch(good(await bucket.createSignedUrl('avatar.png', 60)).signedUrl)).status, 200);
good(await bucket.remove(['avatar.png']));
good(await supabase.storage.deleteBucket(name));
