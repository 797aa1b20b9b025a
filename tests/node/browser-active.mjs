// What somebody uploaded is opened in a browser through every route that serves bytes: no script of it runs.
import assert from 'node:assert/strict';
import { base, key, storage, good, newBucket } from './storage-client.mjs';
import { withBrowser } from './browser.mjs';

const root = process.env.RUNLOOP_BASE_URL;
const authorization = { Authorization: `Bearer ${key}` };
const script = (call) => `new Image().src = '${call}'`;
const html = (call) => `<!doctype html><html><head><title>t</title></head><body><script>${script(call)}</script></body></html>`;
const xhtml = (call) => `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body><script>${script(call)}</script></body></html>`;
const svg = (call) => `<svg xmlns="http://www.w3.org/2000/svg"><script>fetch('${call}', { mode: 'no-cors' })</script></svg>`;
const xml = (call) => `<?xml version="1.0"?><r><s xmlns="http://www.w3.org/1999/xhtml"><script>fetch('${call}', { mode: 'no-cors' })</script></s></r>`;
const kinds = [
  ['text/html', html], ['TeXt/HtMl; charset=utf-8', html], ['application/xhtml+xml', xhtml], ['Image/SVG+xml', svg],
  ['text/xml', xml], ['application/xml', xml], [null, html],
];

// A body without a type stays without one, as curl and programs send it.
const send = async (method, url, type, text) => {
  const answer = await fetch(url, { method, headers: { ...authorization, ...(type ? { 'Content-Type': type } : {}) }, body: new TextEncoder().encode(text) });
  assert.equal(answer.status, 200, `${url}: ${await answer.clone().text()}`);
  return answer;
};

const pages = {};
await withBrowser(pages, async (browser, origin, asked) => {
  const page = await browser.newPage();
  const name = await newBucket({ public: true });
  const bucket = storage.from(name);

  // The same texts as the page's own do run: else nothing would be shown below.
  for (const [n, [type, make]] of kinds.entries()) {
    if (!type) continue;
    pages[`/control/${n}`] = [type, make(`${origin}/control-ran/${n}`)];
    const ran = page.waitForRequest(`${origin}/control-ran/${n}`, { timeout: 30_000 });
    await page.goto(`${origin}/control/${n}`);
    await ran;
  }
  asked.length = 0;

  for (const [n, [type, make]] of kinds.entries()) {
    const text = make(`${origin}/ran/${n}`);
    await send('POST', `${base}/object/${name}/${n}`, type, text);
    const signed = good(await bucket.createSignedUrl(`${n}`, 600)).signedUrl;
    const made = await (await send('POST', `${root}/v1/objects`, 'application/json', JSON.stringify({ name: `${n}.html`, content_type: type ?? 'unspecified', is_public: true }))).json();
    const put = await fetch(made.upload_url, { method: 'PUT', body: new TextEncoder().encode(text) });
    assert.equal(put.status, 200);
    await send('POST', `${root}/v1/objects/${made.id}/complete`, 'application/json', '{}');
    const link = (await (await fetch(`${root}/v1/objects/${made.id}/download`, { headers: authorization })).json()).download_url;

    const urls = [`${base}/object/public/${name}/${n}`, `${base}/object/${name}/${n}`, `${base}/object/authenticated/${name}/${n}`, signed, link, `${root}/v1/objects/${made.id}/content`];
    for (const url of urls.flatMap((url) => ['', 'download', 'download=page.html'].map((more) => more ? `${url}${url.includes('?') ? '&' : '?'}${more}` : url))) {
      await page.setExtraHTTPHeaders(url.includes('/authenticated/') ? authorization : {});
      const answered = page.waitForResponse((response) => response.url().split('?')[0] === url.split('?')[0], { timeout: 30_000 });
      const [response] = await Promise.all([answered, page.goto(url).catch((error) => assert.match(error.message, /Download is starting|ERR_ABORTED/))]);
      const headers = response.headers();
      assert.equal(response.status(), 200, url);
      const isKept = headers['content-disposition']?.startsWith('attachment');
      assert.ok(isKept || !/html$/.test(headers['content-type'].split(';')[0].toLowerCase()), `${url} is ${headers['content-type']}`);
      assert.equal(headers['x-content-type-options'], 'nosniff', url);
      if (isKept || type === null) continue; // the browser offers it as a file
      assert.notEqual(await page.evaluate(() => document.contentType), 'text/html', url);
    }
  }

  await page.setExtraHTTPHeaders({});
  await page.goto(`${origin}/last`).catch(() => {}); // whatever still ran has called by now
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual(asked.filter((path) => path.startsWith('/ran/')), []);
});
