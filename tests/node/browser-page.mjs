// A page of another origin uploads and reads through @supabase/storage-js: CORS as browsers enforce it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { base, key, newBucket } from './storage-client.mjs';
import { withBrowser } from './browser.mjs';

const bucket = await newBucket();
const library = await readFile(new URL('node_modules/@supabase/storage-js/dist/umd/supabase.js', import.meta.url));
const pages = { '/': ['text/html', '<!doctype html><script src="/storage.js"></script>'], '/storage.js': ['text/javascript', library] };

await withBrowser(pages, async (browser, origin) => {
  const page = await browser.newPage();
  await page.goto(origin);
  const seen = await page.evaluate(async ({ base, key, bucket }) => {
    const client = new supabase.StorageClient(base, { Authorization: `Bearer ${key}`, apikey: key });
    const good = ({ data, error }) => { if (error) throw error; return data; };
    const files = client.from(bucket);
    good(await files.upload('dir/a.txt', new File(['from a page'], 'a.txt', { type: 'text/plain' }), { metadata: { k: 'v' }, cacheControl: '60' }));
    good(await files.update('dir/a.txt', new Blob(['from a page, again'], { type: 'text/plain' })));
    const text = await good(await files.download('dir/a.txt')).text();
    const names = good(await files.list('dir')).map((entry) => entry.name);
    const link = good(await files.createSignedUrl('dir/a.txt', 60)).signedUrl;
    const part = await fetch(link, { headers: { Range: 'bytes=0-3' } });
    const up = good(await files.createSignedUploadUrl('dir/b.txt'));
    good(await files.uploadToSignedUrl('dir/b.txt', up.token, new Blob(['by link'])));
    const refused = await client.from('not-there').download('x');
    const whole = await fetch(`${base}/object/${bucket}/dir/a.txt`, { headers: { Authorization: `Bearer ${key}` } });
    const withCookies = await fetch(link, { credentials: 'include' }).then(() => 'answered', () => 'kept from the page');
    const removed = good(await files.remove(['dir/a.txt', 'dir/b.txt'])).length;
    return {
      text, names, removed, withCookies,
      part: [part.status, await part.text(), part.headers.get('content-range')],
      etag: whole.headers.get('etag'), refused: refused.error?.name,
    };
  }, { base, key, bucket });

  assert.equal(seen.text, 'from a page, again');
  assert.deepEqual(seen.names, ['a.txt']);
  assert.deepEqual(seen.part, [206, 'from', 'bytes 0-3/18']);
  assert.match(seen.etag, /^"[0-9a-f]{32}"$/); // exposed to the page
  assert.equal(seen.refused, 'StorageApiError'); // a refusal can be read, too
  assert.equal(seen.withCookies, 'kept from the page'); // no origin is trusted with credentials
  assert.equal(seen.removed, 2);
});
