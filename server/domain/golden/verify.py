#!/usr/bin/env python3
"""Verifies leaves.json with Python's standard library alone, as an auditor's own program would.

    python3 verify.py [leaves.json]

A leaf is one CBOR array (RFC 8949, shortest form) of thirteen elements; see `leaf` below. Its hash
and the root over all leaves are those of RFC 6962 section 2.1 with SHA-256. The commitment is
SHA-256 over a salt of 16 bytes, the kind as two bytes (big endian), and the bytes of the content.
It refuses to know anything else of Waypost.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path


def head(major, value):
    """The head of a CBOR item in its shortest form."""
    if value < 24:
        return bytes([major << 5 | value])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << 8 * size:
            return bytes([major << 5 | code]) + value.to_bytes(size, "big")
    raise ValueError(f"{value} does not fit into 64 bits")


def cbor(item):
    if item is None:
        return b"\xf6"
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        text = item.encode()
        return head(3, len(text)) + text
    return head(4, len(item)) + b"".join(map(cbor, item))


def leaf(fields):
    """The canonical bytes: version 1, then the fields in this order."""
    return cbor([
        1,
        fields["sequence"]["epoch"],
        fields["sequence"]["n"],
        bytes.fromhex(fields["id"]),
        fields["kind"],
        bytes.fromhex(fields["author"]),
        fields["enrolment"] and bytes.fromhex(fields["enrolment"]),
        audience(fields["audience"]),
        fields["occurred_at"],
        fields["offset_minutes"],
        fields["skew_ms"],
        fields["recorded_at"],
        bytes.fromhex(fields["commitment"]),
    ])


def audience(value):
    """Two pseudonyms, the name of a group or stream, or nobody in particular (receipts)."""
    return [bytes.fromhex(one) for one in value] if isinstance(value, list) else value


def commitment(content):
    kind = content["kind"].to_bytes(2, "big")
    salt, said = bytes.fromhex(content["salt"]), bytes.fromhex(content["bytes"])
    return sha256(salt + kind + said).digest()


def root(hashes):
    """RFC 6962, word by word."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:])).digest()


def agree(what, found, written):
    if found.hex() != written:
        sys.exit(f"{what}: {written} is written, {found.hex()} is right")


def main():
    beside = Path(__file__).with_name("leaves.json")
    golden = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else beside).read_text())
    hashes = []
    for entry in golden["leaves"]:
        name, fields = entry["name"], entry["fields"]
        agree(f"{name}: commitment", commitment(entry["content"]), fields["commitment"])
        agree(f"{name}: leaf", leaf(fields), entry["leaf"])
        hashes.append(sha256(b"\x00" + leaf(fields)).digest())
        agree(f"{name}: hash", hashes[-1], entry["hash"])
        agree(f"{name}: root up to here", root(hashes), entry["root"])
    agree("root", root(hashes), golden["root"])
    if golden["size"] != len(hashes):
        sys.exit(f"size: {golden['size']} is written, {len(hashes)} is right")
    print(f"verified {len(hashes)} leaves")


if __name__ == "__main__":
    main()
