/* SPDX-License-Identifier: Apache-2.0 */
/* DKIM signatures (RFC 6376, RFC 8463: ed25519-sha256, relaxed/relaxed) for
 * the messages made here. Written without the agent's code, so that each
 * checks the other. */
#pragma once

#include <stddef.h>

#define SIGN_FIELD_BYTES  640
#define SIGN_RECORD_BYTES 96
#define SIGN_SELECTOR     "sel"

/* The field that signs a message for a domain, with its CR LF. The message
 * is as DATA carries it, a dot in front of each that begins a line; it has
 * From, To, Subject and Date once each, and CR LF at every line's end. */
void sign_field(const char *domain, const char *message, size_t len,
    char out[SIGN_FIELD_BYTES]);
/* Text of the key record at sel._domainkey.DOMAIN. */
void sign_record(const char *domain, char out[SIGN_RECORD_BYTES]);
