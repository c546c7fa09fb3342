/* SPDX-License-Identifier: Apache-2.0 */
/* What is left to the process that parses packets: its memory, its open
 * descriptors, and to ask its parent. */
#pragma once

#include "capture/post.h"

/* Takes away everything else, for good. 0, or -1 after the message. */
int sandbox_enter(const struct post *post, const struct conf *c);
