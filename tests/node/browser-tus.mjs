// A page of another origin uploads through tus-js-client: in pieces, over a page that is closed in the middle, over an abort, by a
// signed link. The browser asks first for every method and header, and shows the page no header that is not exposed to it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { base, good, key, newBucket, storage } from './storage-client.mjs';
import { withBrowser } from './browser.mjs';

const MiB = 1024 * 1024;
const bytes = randomBytes(5 * MiB + 17);
const bucket = await newBucket();
const bytesOf = async (name) => Buffer.from(await good(await storage.from(bucket).download(name)).arrayBuffer());
const library = await readFile(new URL('node_modules/tus-js-client/dist/tus.js', import.meta.url));

// What the page has: the file, and one call that sends it. The upload is remembered in the page's own localStorage.
const own = `
const file = fetch('/file').then((answer) => answer.blob()).then((blob) => new File([blob], 'file.bin', { type: 'application/x-test', lastModified: 1 }));
async function send({ name, stopAt, signature, endpoint = '/upload/resumable', ...more }) {
  const seen = { resumed: false, pieces: [] };
  const content = await file;
  return new Promise(async (done) => {
    const upload = new tus.Upload(content, {
      endpoint: settings.base + endpoint,
      headers: signature ? { 'x-signature': signature } : { authorization: 'Bearer ' + settings.key },
      chunkSize: ${MiB},
      retryDelays: null,
      metadata: { bucketName: settings.bucket, objectName: name, contentType: content.type, cacheControl: '60' },
      removeFingerprintOnSuccess: true,
      onChunkComplete: (size, accepted) => seen.pieces.push([accepted - size, accepted]),
      onProgress: (sent) => {
        if (!stopAt || sent < stopAt) return;
        stopAt = 0;
        if (window.stopped) window.stopped();
        else upload.abort().then(() => done({ ...seen, url: upload.url }));
      },
      onSuccess: () => done({ ...seen, url: upload.url }),
      onError: (error) => done({ ...seen, status: error.originalResponse?.getStatus() ?? 0, body: error.originalResponse?.getBody(), message: error.message }),
      ...more,
    });
    const previous = await upload.findPreviousUploads();
    if (previous.length > 0) { upload.resumeFromPreviousUpload(previous[0]); seen.resumed = true; }
    upload.start();
  });
}`;
const pages = {
  '/': ['text/html', '<!doctype html><script src="/tus.js"></script><script src="/own.js"></script>'],
  '/tus.js': ['text/javascript', library],
  '/own.js': ['text/javascript', `const settings = ${JSON.stringify({ base, key, bucket })};${own}`],
  '/file': ['application/x-test', bytes],
};

await withBrowser(pages, async (browser, origin) => {
  // A page with the methods of the calls that it made. Slow uploads can be stopped in the middle.
  async function open(bytesPerSecond = 0) {
    const page = await browser.newPage();
    const calls = [];
    const devtools = await browser.newCDPSession(page);
    devtools.on('Network.requestWillBeSent', ({ request }) => calls.push(request.method));
    await devtools.send('Network.enable');
    await page.goto(origin);
    if (bytesPerSecond) {
      await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
    }
    return { page, calls, send: (what) => page.evaluate((what) => send(what), what) };
  }

  // Several pieces, each asked for first.
  {
    const { page, calls, send } = await open();
    const seen = await send({ name: 'pieces' });
    assert.deepEqual(seen.pieces.map(([, end]) => end), [1, 2, 3, 4, 5].map((n) => n * MiB).concat(bytes.length), seen.message);
    assert.deepEqual(await bytesOf('pieces'), bytes);
    assert.deepEqual([seen.resumed, await page.evaluate(() => localStorage.length)], [false, 0]);
    assert.equal(calls.filter((call) => call === 'PATCH').length, 6);
    assert.ok(calls.filter((call) => call === 'OPTIONS').length >= 2, `${calls}`); // for POST and for PATCH
    const read = await fetch(`${base}/object/${bucket}/pieces`, { method: 'HEAD', headers: { authorization: `Bearer ${key}` } });
    assert.deepEqual([read.headers.get('content-type'), read.headers.get('cache-control')], ['application/x-test', 'max-age=60']);

    // The first piece together with the beginning.
    await send({ name: 'created with', uploadDataDuringCreation: true });
    assert.deepEqual(await bytesOf('created with'), bytes);

    // A page can read what is refused, and why.
    const refused = await send({ name: 'pieces' });
    assert.deepEqual([refused.status, refused.body], [409, 'The resource already exists']);
    await page.close();
  }

  // The page is closed in the middle of the third piece; another page of the same origin goes on.
  {
    const { page, send } = await open(4 * MiB);
    const stopped = new Promise((resolve) => page.exposeFunction('stopped', resolve));
    await page.waitForFunction(() => window.stopped);
    send({ name: 'closed', stopAt: 2.25 * MiB }).catch(() => {}); // it ends with its page
    await stopped;
    await page.close();
    assert.equal((await fetch(`${base}/object/${bucket}/closed`, { headers: { authorization: `Bearer ${key}` } })).ok, false);

    const { page: next, calls, send: sendAgain } = await open();
    const seen = await sendAgain({ name: 'closed' });
    assert.ok(seen.resumed, seen.message);
    assert.ok(seen.pieces[0][0] >= 2 * MiB, `${seen.pieces}`); // only what was missing
    assert.deepEqual([calls.filter((call) => call === 'POST').length, calls.filter((call) => call === 'HEAD').length], [0, 1]);
    assert.deepEqual(await bytesOf('closed'), bytes);
    await next.close();
  }

  // Aborted in the middle of a piece, and resumed by another upload of the same page; ended by its owner.
  {
    const { page, calls, send } = await open(4 * MiB);
    const first = await send({ name: 'aborted', stopAt: 1.25 * MiB });
    assert.deepEqual([first.resumed, first.pieces.length], [false, 1]);
    const second = await send({ name: 'aborted' });
    assert.deepEqual([second.resumed, second.url], [true, first.url], second.message);
    assert.ok(second.pieces[0][0] >= MiB, `${second.pieces}`);
    assert.deepEqual(await bytesOf('aborted'), bytes);

    const third = await send({ name: 'ended', stopAt: 1.25 * MiB });
    await page.evaluate((url) => tus.Upload.terminate(url, { headers: { authorization: `Bearer ${settings.key}` } }), third.url);
    assert.ok(calls.includes('DELETE'));
    assert.equal((await fetch(third.url, { method: 'HEAD', headers: { authorization: `Bearer ${key}`, 'tus-resumable': '1.0.0' } })).status, 404);
    await page.close();
  }

  // By a signed link, without a key, over an abort.
  {
    const { token } = good(await storage.from(bucket).createSignedUploadUrl('signed'));
    const { page, send } = await open(4 * MiB);
    await page.evaluate(() => localStorage.clear()); // the ended one is still remembered
    const signed = { name: 'signed', endpoint: '/upload/resumable/sign', signature: token };
    const first = await send({ ...signed, stopAt: 1.25 * MiB });
    assert.equal(first.pieces.length, 1, first.message);
    assert.ok(first.url.startsWith(`${base}/upload/resumable/sign/`));
    const second = await send(signed);
    assert.ok(second.resumed && second.pieces[0][0] >= MiB, second.message);
    assert.deepEqual(await bytesOf('signed'), bytes);

    const { token: other } = good(await storage.from(bucket).createSignedUploadUrl('another'));
    const refused = await send({ ...signed, name: 'not what it is for', signature: other });
    assert.equal(refused.status, 400);
    await page.close();
  }
});
