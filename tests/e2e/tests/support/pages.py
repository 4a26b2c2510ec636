"""Checks pages by a public validator of PDF/A and prints what they say: pages.py FILE"""

import re
import sys

import page
import pypdfium2

file = sys.argv[1]

# The validator takes a carriage return that ends the bytes of a stream for the end of a line. So lengths are
# measured here: each must lead to the line feed before `endstream`.
LENGTH = "PDFA3U-STREAM-LENGTH-001"


def wrong_lengths(pages):
    streams = list(re.finditer(rb"/Length (\d+)[^>]*>>\s*stream\r?\n", pages))
    ends = [found.end() + int(found.group(1)) for found in streams]
    assert streams, "there are no streams"
    return [end for end in ends if pages[end : end + 10] != b"\nendstream"]


report = page.validate_pdf(file, profile=page.ValidationProfile.PDF_A_3U)
wrong = [it for it in report.failures if it.rule_id != LENGTH]
with open(file, "rb") as pages:
    wrong += [f"a stream does not end at byte {end}" for end in wrong_lengths(pages.read())]
if wrong:
    sys.exit("this is no PDF/A-3U:\n" + "\n".join(map(str, wrong)))
for shown in pypdfium2.PdfDocument(file):
    print(shown.get_textpage().get_text_range())
