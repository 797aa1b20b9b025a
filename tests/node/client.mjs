// What the scripts share: the published client with nothing but address and key given, so HTTP/2 and five retries.
import { Runloop, RunloopSDK } from '@runloop/api-client';

export const sdk = new RunloopSDK({
  baseURL: process.env.RUNLOOP_BASE_URL,
  bearerToken: process.env.RUNLOOP_API_KEY,
});
export const api = sdk.api;
export { Runloop };
