/* SPDX-License-Identifier: Apache-2.0 */
/* Mail addresses that can stand in a header, and as a program's argument. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* RFC 5321 section 4.1.2: a Dot-string of at most 64 bytes, "@", and a Domain
 * of at most 255, all of it at most 254 (section 4.5.3.1.3, less "<>"). Not
 * taken, though the RFC has them: quoted strings, address literals, and a
 * local part that begins with "-", which programs take for an option. */
bool address_ok(const char *s);
/* The first n bytes. */
bool address_part_ok(const char *s, size_t n);
