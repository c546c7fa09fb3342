/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts as keyed hashes, and whose they are by logins.accounts_file: CSV
 * (RFC 4180) with the header line account,customer. The names are hashed when
 * the file is read and then forgotten. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/keyed_hash.h"

/* Begins the customer id of an account that no customer has. */
#define LOGIN_NOBODYS "account:"

struct login_accounts;

/* Reads hash_key_file and accounts_file. NULL: err names file, line and
 * remedy. */
struct login_accounts *login_accounts_new(
    const struct conf *c, char *err, size_t errsize);
/* Both files anew. 0, or -1 with err: nothing has changed. */
int login_accounts_reload(
    struct login_accounts *a, const struct conf *c, char *err, size_t errsize);
void login_accounts_free(struct login_accounts *a);
/* The hash of an account as a log or the file has it: letter case does not
 * matter, and logins.domain is added where there is none. False: libcrypto
 * failed. */
bool login_accounts_id(struct login_accounts *a, const char *account,
    uint8_t id[static KEYED_HASH_BYTES]);
/* NULL: nobody's. */
const char *login_accounts_customer(
    const struct login_accounts *a, const uint8_t id[static KEYED_HASH_BYTES]);
size_t login_accounts_count(const struct login_accounts *a);
