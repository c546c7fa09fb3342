/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/base64.h"

#include <stdint.h>

void base64_encode(const void *data, size_t len, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < len)
			v |= p[i + 2];
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = '=';
		*out++ = '=';
		if (i + 1 < len)
			out[-2] = digits[v >> 6 & 63];
		if (i + 2 < len)
			out[-1] = digits[v & 63];
	}
	*out = '\0';
}
