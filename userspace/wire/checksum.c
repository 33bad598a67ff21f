// SPDX-License-Identifier: GPL-2.0
/* The Internet checksum over the pseudo-header of RFC 8200 §8.1. */
#include <arpa/inet.h>
#include <string.h>

#include "bytes.h"
#include "wire.h"

#define CHECKSUM_OFF	4

static uint32_t sum(uint32_t acc, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len > 1; p += 2, len -= 2)
		acc += get16(p);
	return len ? acc + (p[0] << 8) : acc;
}

uint16_t mh_checksum(const void *mh, size_t len, const struct in6_addr *src,
		     const struct in6_addr *dst)
{
	uint8_t pseudo[8] = { [7] = IPPROTO_MH };
	const uint8_t *p = mh;
	uint32_t acc = 0;

	put32(pseudo, len);
	acc = sum(acc, src, 16);
	acc = sum(acc, dst, 16);
	acc = sum(acc, pseudo, sizeof(pseudo));
	acc = sum(acc, p, CHECKSUM_OFF);
	acc = sum(acc, p + CHECKSUM_OFF + 2, len - CHECKSUM_OFF - 2);
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	return htons(~acc & 0xffff);
}

void mh_set_checksum(void *mh, size_t len, const struct in6_addr *src,
		     const struct in6_addr *dst)
{
	uint16_t check = mh_checksum(mh, len, src, dst);

	memcpy((uint8_t *)mh + CHECKSUM_OFF, &check, 2);
}
