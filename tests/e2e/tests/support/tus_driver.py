"""A public client of tus uploads evidence in pieces, is cut off after half of it, and goes on elsewhere.

    tus_driver.py SERVER CREDENTIAL FILE SHA256 PIECE

REQUESTS_CA_BUNDLE names the CA. Prints the offset at which it went on.
"""

import sys

from tusclient import client

server, credential, file, sha256, piece = sys.argv[1:]
headers = {"Authorization": f"Bearer {credential}"}


def speaker():
    return client.TusClient(f"{server}/v1/uploads", headers=headers)


def uploader(**more):
    return speaker().uploader(
        file, chunk_size=int(piece), metadata={"sha256": sha256}, upload_checksum=True, **more)


first = uploader()
while first.offset < first.get_file_size() // 2:
    first.upload_chunk()
# Another process would know no more than this.
again = uploader(url=first.url)
print(again.offset)
again.upload()
assert again.offset == again.get_file_size(), again.offset
