/* SPDX-License-Identifier: Apache-2.0 */
/* The line of a Postfix delivery agent about one recipient:
 *
 *   to=<bob@example.net>, relay=mx.example.net[203.0.113.5]:25, delay=1.2,
 *   delays=0.1/0/0.5/0.6, dsn=5.1.1, status=bounced (host ... said: 550 ...)
 *
 * The address is the client's and the words in parentheses the receiver's. */
#pragma once

#include "analyzer/logins/event.h"

/* s: behind "to=<". Fills m but for the queue. LOGIN_LINE_OTHER: nothing is
 * said yet, or it says nothing about who sends. */
enum login_line postfix_answer(struct scan s, struct login_mail *m);
/* "mail.example.com[192.0.2.7]:54321"; older ones do not give the port. The
 * name is the peer's own, from DNS: Postfix lets no bracket into it. */
bool postfix_peer(struct scan *s, struct addr *a);
