/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to a descriptor, all of them. */
#pragma once

#include <stddef.h>

/* 0; -1: errno says why, and a part of it may be written. */
int output_all(int fd, const char *data, size_t len);
