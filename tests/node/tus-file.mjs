// Sends one file by the published tus client, as a process of its own: argv is the file, the bucket, the key, the file that remembers
// uploads, how many bytes are acknowledged before the process kills itself ("" for never), and the token of a signed link instead of
// the key ("" for none). Prints where it went on.
import { createReadStream, statSync } from 'node:fs';
import * as tus from 'tus-js-client';
import { base, key } from './storage-client.mjs';

const [file, bucket, name, storage, fatal, token] = process.argv.slice(2);
const upload = new tus.Upload(createReadStream(file), {
  endpoint: `${base}/upload/resumable${token ? '/sign' : ''}`,
  headers: token ? { 'x-signature': token } : { authorization: `Bearer ${key}` },
  chunkSize: 6 * 1024 * 1024,
  uploadSize: statSync(file).size,
  retryDelays: [0, 500, 1000, 2000, 2000, 2000, 3000, 3000, 5000, 5000, 10000, 10000],
  urlStorage: new tus.FileUrlStorage(storage),
  fingerprint: async () => `${file} ${bucket}/${name}`,
  removeFingerprintOnSuccess: true,
  metadata: { bucketName: bucket, objectName: name, contentType: 'application/x-test', cacheControl: '60' },
  onError: (error) => {
    console.error(error);
    process.exit(1);
  },
  onChunkComplete: (size, accepted) => {
    console.log(`${accepted - size} to ${accepted}`);
    if (fatal && accepted >= Number(fatal)) process.kill(process.pid, 'SIGKILL');
  },
  onSuccess: () => console.log('done'),
});
const previous = await upload.findPreviousUploads();
if (previous.length > 0) upload.resumeFromPreviousUpload(previous[0]);
upload.start();
