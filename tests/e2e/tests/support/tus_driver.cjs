// A public client of tus uploads evidence, is broken off in the middle of a piece, and goes on.
//
//   tus_driver.cjs SERVER CREDENTIAL FILE SHA256
//
// NODE_EXTRA_CA_CERTS names the CA. Prints how many bytes were sent when it was broken off, and at which offset it
// went on.

const fs = require("fs");
const tus = require("tus-js-client");

const [server, credential, file, sha256] = process.argv.slice(2);
const size = fs.statSync(file).size;

function upload(uploadUrl, more) {
  const upload = new tus.Upload(fs.createReadStream(file), {
    endpoint: `${server}/v1/uploads`,
    uploadUrl,
    uploadSize: size,
    chunkSize: 256 * 1024,
    metadata: { sha256 },
    headers: { Authorization: `Bearer ${credential}` },
    retryDelays: [0, 100, 100],
    onError: (error) => {
      console.error(String(error));
      process.exit(1);
    },
    ...more,
  });
  upload.start();
  return upload;
}

let brokenAt = null;
const first = upload(null, {
  onProgress: (sent) => {
    if (brokenAt !== null || sent < size / 2) return;
    brokenAt = sent;
    first.abort().then(goOn);
  },
  onSuccess: () => {
    console.error("it was to be broken off");
    process.exit(1);
  },
});

function goOn() {
  let wentOnAt = null;
  upload(first.url, {
    onAfterResponse: (request, response) => {
      if (request.getMethod() === "HEAD") wentOnAt = response.getHeader("Upload-Offset");
    },
    onSuccess: () => console.log(brokenAt, wentOnAt),
  });
}
