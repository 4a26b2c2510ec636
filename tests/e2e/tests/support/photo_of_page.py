"""Draws the first page of a PDF as a camera of 12 megapixels would see it that it fills: photo_of_page.py PDF PNG"""

import struct
import sys
import zlib

import pypdfium2

HEIGHT = 4000

page = pypdfium2.PdfDocument(sys.argv[1])[0]
bitmap = page.render(scale=HEIGHT / page.get_height(), grayscale=True)
pixels, stride = bytes(bitmap.buffer), bitmap.stride
rows = b"".join(b"\0" + pixels[at * stride : at * stride + bitmap.width] for at in range(bitmap.height))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


with open(sys.argv[2], "wb") as file:
    head = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 0, 0, 0, 0)
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head))
    file.write(chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))
