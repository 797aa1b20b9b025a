// What the scripts with a real browser share: Debian's Chromium, and a small server of pages on an origin of its own.
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

// Runs with a new profile, which goes afterwards. A path of `pages` answers [type, text or bytes]; what else is asked for is noted.
export async function withBrowser(pages, run) {
  const asked = [];
  const server = createServer((request, response) => {
    const page = pages[request.url];
    if (!page) asked.push(request.url);
    response.writeHead(page ? 200 : 204, page ? { 'Content-Type': page[0] } : { 'Access-Control-Allow-Origin': '*' });
    response.end(page?.[1]);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = await mkdtemp(join(tmpdir(), 'coffer-browser-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM,
    headless: true,
    acceptDownloads: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    await run(browser, `http://127.0.0.1:${server.address().port}`, asked);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
