// The same client told to speak HTTP/1.1.
import assert from 'node:assert/strict';
import { RunloopSDK } from '@runloop/api-client';

const sdk = new RunloopSDK({ baseURL: process.env.RUNLOOP_BASE_URL, bearerToken: process.env.RUNLOOP_API_KEY, http2: false });
const object = await sdk.storageObject.uploadFromText('over HTTP/1.1', 'http1.txt');
assert.equal(await object.downloadAsText(), 'over HTTP/1.1');
