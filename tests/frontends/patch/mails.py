"""A diff and the mails that it comes in, as text."""

import base64

DIFF = """\
--- a/ring.c
+++ b/ring.c
@@ -1,3 +1,3 @@
 /* Größe = länge */
-x = 1;
+x = 2;
 ab
"""
HEADERS = """\
From: A Person <a@example.org>
Subject: [PATCH v3 2/7] ring: order the
 two stores
Date: Mon, 5 Jan 2026 10:00:00 +0100
Message-ID: <1@example.org>
"""
BODY = "Why.\n\nSigned-off-by: A Person <a@example.org>\n---\n ring.c | 2 +-\n\n" + DIFF + "-- \n2.39.5\n\n"


def mail(number: int, total: int, subject: str = "step", version: str = "", body: str = DIFF) -> str:
    tag = f"[PATCH{version} {number}/{total}]"
    head = f"From 1234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\nSubject: {tag} {subject} {number}\n"
    return f"{head}\nWhy\n---\n{body}\n"


def multipart(*parts: str, kind: str = "mixed") -> str:
    inside = "".join(f"--XX\n{part}\n" for part in parts)
    return f'{HEADERS}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="XX"\n\n{inside}--XX--\n'


def attached(diff: str = DIFF, name: str = "x.patch", kind: str = "text/x-patch") -> str:
    return (
        f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f"Content-Disposition: attachment\n\n{base64.encodebytes(diff.encode()).decode()}"
    )
