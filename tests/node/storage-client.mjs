// What the scripts of the Storage API share: the published client with nothing but address and key given.
import { StorageClient } from '@supabase/storage-js';

export const key = process.env.RUNLOOP_API_KEY;
export const base = `${process.env.RUNLOOP_BASE_URL}/storage/v1`;
export const storage = new StorageClient(base, { Authorization: `Bearer ${key}` });

let count = 0;
export const unique = (name) => `${name}-${process.pid}-${count++}`;

// The value of an answer that has no error.
export function good({ data, error }) {
  if (error) throw new Error(`${error.name}: ${error.message} ${JSON.stringify(error)}`);
  return data;
}

export async function newBucket(options = { public: false }) {
  const name = unique('bucket');
  good(await storage.createBucket(name, options));
  return name;
}
