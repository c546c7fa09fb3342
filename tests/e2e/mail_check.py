# SPDX-License-Identifier: Apache-2.0
"""mail_check.py MAIL FOLDER NAME: a report's mail, read by Python's parser,
holds what the folder holds. MAIL - : only that there is a failure in it."""
import email
import email.policy
import os
import sys

path, folder, name = sys.argv[1:4]
raw = open(path, 'rb').read()
mail = email.message_from_bytes(raw, policy=email.policy.default)


def need(ok, what):
    if not ok:
        sys.exit('%s: %s' % (path, what))


need(not mail.defects, 'defects %s' % mail.defects)
for part in mail.walk():
    need(not part.defects, 'defects of a part: %s' % part.defects)
head = raw.split(b'\n\n', 1)[0]
allowed = {'From', 'To', 'Subject', 'Date', 'Message-ID', 'Auto-Submitted',
           'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'}
need(set(mail.keys()) <= allowed, 'fields %s' % mail.keys())
need(len(set(mail.keys())) == len(mail.keys()), 'a field is there twice')
need(all(b < 128 for b in raw), 'it is not ASCII')
need(all(len(line) <= 998 for line in raw.split(b'\n')), 'a line is too long')
need(all(len(line) <= 78 for line in head.split(b'\n')), 'head is not folded')
need(b'\r' not in raw, 'there is a CR in it')
need(mail['To'].addresses and all(a.domain for a in mail['To'].addresses), 'To')
need(mail['Date'].datetime is not None, 'Date')
if name == 'failed':
    need('FAILED' in mail['Subject'] or '失敗' in mail['Subject'], 'Subject')
    need(mail.get_content_type() == 'text/plain', 'form')
    print(mail.get_content())
    sys.exit(0)
need(mail.get_content_type() == 'multipart/mixed', 'form')
parts = list(mail.iter_parts())
need(parts[0].get_content_type() == 'multipart/alternative', 'first part')
text, html = parts[0].iter_parts()
need(text.get_content_type() == 'text/plain', 'text')
need(html.get_content_type() == 'text/html', 'HTML')


def content(suffix):
    with open(os.path.join(folder, name + '.' + suffix), 'rb') as f:
        return f.read()


def payload(part):
    return part.get_payload(decode=True)


def canonical(part):
    """Text in base64 has CR LF, and in quoted-printable its line ends are those
    of the mail (RFC 2045 sections 6.7, 6.8)."""
    got = payload(part)
    if part.get_content_maintype() != 'text':
        return got
    if part['Content-Transfer-Encoding'] == 'base64':
        need(b'\n' not in got.replace(b'\r\n', b''), 'LF alone in base64')
        need(b'\r' not in got.replace(b'\r\n', b''), 'CR alone in base64')
    else:
        need(b'\r' not in got, 'CR in quoted-printable')
    return got.replace(b'\r\n', b'\n')


need(canonical(text).rstrip() == content('txt').rstrip(), 'the text differs')
canonical(html)
need(b'<svg' not in payload(html), 'SVG in the HTML of the mail itself')
need(len(parts) == 4, '%d parts' % len(parts))
for part, suffix in zip(parts[1:], ('html', 'csv', 'json')):
    need(part.get_filename() == name + '.' + suffix, part.get_filename())
    want = content(suffix)
    if suffix == 'csv':  # line ends are those of mail
        want = want.replace(b'\r\n', b'\n')
    got = canonical(part)
    need(got.rstrip(b'\n') == want.rstrip(b'\n'), suffix + ' differs')
print(mail['Subject'])
