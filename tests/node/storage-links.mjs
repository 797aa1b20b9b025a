// Public and signed URLs by the published client.
import assert from 'node:assert/strict';
import { StorageClient } from '@supabase/storage-js';
import { storage, base, good, newBucket } from './storage-client.mjs';

const bucket = storage.from(await newBucket());
good(await bucket.upload('dir/my file.txt', 'signed', { contentType: 'text/plain', cacheControl: '60' }));

const { signedUrl } = good(await bucket.createSignedUrl('dir/my file.txt', 60));
let answer = await fetch(signedUrl);
assert.equal(answer.status, 200);
assert.equal(await answer.text(), 'signed');
assert.equal(answer.headers.get('cache-control'), null);
assert.ok(Date.parse(answer.headers.get('expires')) > Date.now());
assert.equal(answer.headers.get('access-control-allow-origin'), '*');

answer = await fetch(good(await bucket.createSignedUrl('dir/my file.txt', 60, { download: 'name.txt' })).signedUrl);
assert.equal(answer.headers.get('content-disposition'), "attachment; filename=name.txt; filename*=UTF-8''name.txt");
answer = await fetch(good(await bucket.createSignedUrl('dir/my file.txt', 60, { download: true })).signedUrl);
assert.equal(answer.headers.get('content-disposition'), 'attachment;');
answer = await fetch(good(await bucket.createSignedUrl('dir/my file.txt', 60, { transform: { width: 10 } })).signedUrl);
assert.equal(answer.status, 200); // no images are rendered: the URL opens the object

const [one, two] = good(await bucket.createSignedUrls(['dir/my file.txt', 'nothing.txt'], 60));
assert.equal(one.error, null);
assert.equal((await fetch(one.signedUrl)).status, 200);
assert.equal(two.error, 'Either the object does not exist or you do not have access to it');
assert.equal(two.signedUrl, null);
assert.equal((await bucket.createSignedUrl('nothing.txt', 60)).error.statusCode, '404');

// Uploads by a signed URL need no key.
const upload = good(await bucket.createSignedUploadUrl('dir/up.txt'));
assert.equal(upload.path, 'dir/up.txt');
const nobody = new StorageClient(base, {});
for (const body of ['first', new Blob(['first'], { type: 'text/plain' })]) {
  const sent = await nobody.from(bucket.bucketId).uploadToSignedUrl('dir/up.txt', upload.token, body, { contentType: 'text/plain' });
  if (typeof body === 'string') assert.equal(good(sent).path, 'dir/up.txt');
  else assert.equal(sent.error.statusCode, '409'); // such a URL is good for one object
}
assert.equal((await bucket.createSignedUploadUrl('dir/up.txt')).error.statusCode, '409');
const again = good(await bucket.createSignedUploadUrl('dir/up.txt', { upsert: true }));
good(await nobody.from(bucket.bucketId).uploadToSignedUrl('dir/up.txt', again.token, 'second'));
assert.equal(await good(await bucket.download('dir/up.txt')).text(), 'second');
const elsewhere = await nobody.from(bucket.bucketId).uploadToSignedUrl('dir/other.txt', again.token, 'x');
assert.equal(elsewhere.error.message, 'Invalid signature');

// Public buckets open by URL alone, for as long as they are public.
const open = storage.from(await newBucket({ public: true }));
good(await open.upload('page.html', '<script>alert(1)</script>', { contentType: 'text/html' }));
const { publicUrl } = open.getPublicUrl('page.html').data;
answer = await fetch(publicUrl);
assert.equal(answer.status, 200);
assert.equal(answer.headers.get('content-type'), 'text/plain');
assert.match(answer.headers.get('content-security-policy'), /sandbox/);
assert.equal(answer.headers.get('x-robots-tag'), 'none');
assert.equal(await good(await nobody.from(open.bucketId).download('page.html')).text(), '<script>alert(1)</script>');
good(await storage.updateBucket(open.bucketId, { public: false }));
answer = await fetch(publicUrl);
assert.equal(answer.status, 400);
assert.equal((await answer.json()).code, 'NoSuchBucket');
assert.deepEqual(good(await open.purgeCache('page.html')), { message: 'success' });
assert.deepEqual(good(await storage.purgeBucketCache(open.bucketId)), { message: 'success' });
