/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: made from the kernel's random numbers, kept as hashes, compared in
 * constant time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_BYTES      32
#define SECRET_TEXT_LEN   44 /* base64url of 32 bytes, with the NUL */
#define SECRET_SALT_BYTES 16
#define TOKEN_ID_LEN      13 /* 12 of [a-z0-9], with the NUL */
#define TOKEN_TEXT_LEN    (3 + TOKEN_ID_LEN + SECRET_TEXT_LEN)

/* 0, or -1: no random numbers. */
int secret_random(void *to, size_t n);
int secret_text(char text[static SECRET_TEXT_LEN]);
void secret_hash(const void *data, size_t n, uint8_t hash[static SECRET_BYTES]);
bool secret_equal(const void *a, const void *b, size_t n);
/* scrypt (RFC 7914), N 2^15, r 8, p 1: 32 MiB and about a tenth of a second.
 * 0, or -1. */
int secret_password(const char *password,
    const uint8_t salt[static SECRET_SALT_BYTES],
    uint8_t hash[static SECRET_BYTES]);
/* "tk_ID_SECRET": 0, or -1: it has no such form. */
int token_split(const char *text, char id[static TOKEN_ID_LEN],
    uint8_t hash[static SECRET_BYTES]);
/* A new one: its text to be shown once, its id and hash to be kept. */
int token_make(char text[static TOKEN_TEXT_LEN], char id[static TOKEN_ID_LEN],
    uint8_t hash[static SECRET_BYTES]);
