/* SPDX-License-Identifier: Apache-2.0 */
/* The privacy tier as configured, with its key. */
#pragma once

#include "base/conf.h"
#include "capture/privacy.h"

/* Reads the key of a tier above flow, which stays nowhere else. 0; or the
 * exit code after the message. */
int privacy_start(const struct conf *c, struct privacy **out);
