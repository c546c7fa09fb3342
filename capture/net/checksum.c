/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/checksum.h"

#define PROTO_TCP 6

uint64_t checksum_add(uint64_t sum, const uint8_t *p, size_t len)
{
	for (; len >= 4; len -= 4, p += 4)
		sum += (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		       (uint32_t)p[2] << 8 | p[3];
	if (len >= 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	if (len % 2 != 0)
		sum += (uint32_t)p[len - 1] << 8;
	return sum;
}

uint16_t checksum_fold(uint64_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

bool checksum_tcp(const uint8_t *src, const uint8_t *dst, size_t addr_len,
    const uint8_t *tcp, size_t len)
{
	uint64_t sum = PROTO_TCP + len;

	sum = checksum_add(sum, src, addr_len);
	sum = checksum_add(sum, dst, addr_len);
	return checksum_fold(checksum_add(sum, tcp, len)) == 0xffff;
}
