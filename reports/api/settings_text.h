/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration's keys mean, in the language of whoever asks. */
#pragma once

#include <stdbool.h>

/* Each in Japanese; NULL: there is none (a test finds it). */
const char *settings_title_ja(const char *section);
const char *settings_unit_ja(const char *unit);
const char *settings_help_ja(const char *section, const char *key);
/* Whether an Accept-Language field (NULL: there is none) likes Japanese better
 * than English (RFC 9110 section 12.5.4). */
bool settings_likes_ja(const char *accept);
