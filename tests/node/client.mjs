// What the scripts share: a published client with nothing but address and key given, so HTTP/2 and five retries.
// RUNLOOP_CLIENT names an older one that is installed beside the newest.
const { Runloop, RunloopSDK } = await import(process.env.RUNLOOP_CLIENT ?? '@runloop/api-client');

export const sdk = new RunloopSDK({
  baseURL: process.env.RUNLOOP_BASE_URL,
  bearerToken: process.env.RUNLOOP_API_KEY,
});
export const api = sdk.api;
export { Runloop };
