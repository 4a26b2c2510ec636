// A public client of tus uploads evidence, is broken off in the middle of a piece, and goes on.
//
//   tus_driver.cjs SERVER CREDENTIAL FILE SHA256
//
// NODE_EXTRA_CA_CERTS names the CA. Prints how many bytes were sent in all.

const fs = require("fs");
const tus = require("tus-js-client");

const [server, credential, file, sha256] = process.argv.slice(2);
const size = fs.statSync(file).size;
let sent = 0;
let before = 0;

function upload(url, onProgress, onSuccess) {
  before = 0;
  const upload = new tus.Upload(fs.createReadStream(file), {
    endpoint: `${server}/v1/uploads`,
    uploadUrl: url,
    uploadSize: size,
    chunkSize: 256 * 1024,
    metadata: { sha256 },
    headers: { Authorization: `Bearer ${credential}` },
    retryDelays: [0, 100, 100],
    onError: (error) => {
      console.error(String(error));
      process.exit(1);
    },
    onProgress: (now) => {
      sent += Math.max(0, now - before);
      before = now;
      onProgress(upload, now);
    },
    onSuccess,
  });
  upload.start();
}

let isBroken = false;
upload(
  null,
  (first, now) => {
    if (isBroken || now < size / 2) return;
    isBroken = true;
    first.abort().then(() => {
      upload(first.url, () => {}, () => console.log(sent));
    });
  },
  () => {
    console.error("it was to be broken off");
    process.exit(1);
  },
);
