/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up root once the interface is open. */
#pragma once

#include <stddef.h>

/* Becomes user, in the group that owns the directory of socket, when we are
 * root; a user that could not reach the socket there is not taken: root then
 * stays, without any capability. socket NULL: none is needed, and the group
 * is the user's own. 0; -1 with err. */
int drop_root(const char *user, const char *socket, char *err, size_t size);
