// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prefix.h"

/* Compare whole octets, then the octet in which the prefix ends. */
static bool same_bits(const struct in6_addr *a, const struct in6_addr *b,
		      unsigned int bits)
{
	unsigned int whole = bits / 8;
	uint8_t mask = 0xff00 >> bits % 8;

	if (memcmp(a, b, whole))
		return false;
	return !mask || !((a->s6_addr[whole] ^ b->s6_addr[whole]) & mask);
}

static bool has_host_bits(const struct nemo_prefix *p)
{
	for (unsigned int bit = p->len; bit < 128; bit++)
		if (p->addr.s6_addr[bit / 8] & 0x80 >> bit % 8)
			return true;
	return false;
}

static const char *parse_length(struct nemo_prefix *p, const char *text)
{
	char *end;
	long len = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || len < 1 || len > 128)
		return "the prefix length must be 1 to 128";
	p->len = len;
	return NULL;
}

const char *nemo_prefix_parse(struct nemo_prefix *p, const char *text)
{
	const char *slash = strchr(text, '/');
	char addr[INET6_ADDRSTRLEN];
	const char *wrong;

	if (!slash)
		return "the prefix length is missing, as in 2001:db8:1::/64";
	if ((size_t)(slash - text) >= sizeof(addr))
		return "not an IPv6 prefix";
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	if (inet_pton(AF_INET6, addr, &p->addr) != 1)
		return "not an IPv6 prefix";
	wrong = parse_length(p, slash + 1);
	if (!wrong && has_host_bits(p))
		wrong = "bits are set behind the prefix length";
	return wrong;
}

char *nemo_prefix_print(const struct nemo_prefix *p, char *buf)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &p->addr, addr, sizeof(addr));
	snprintf(buf, NEMO_PREFIX_STRLEN, "%s/%u", addr, p->len);
	return buf;
}

bool nemo_prefix_contains(const struct nemo_prefix *p,
			  const struct in6_addr *addr)
{
	return same_bits(&p->addr, addr, p->len);
}

bool nemo_prefix_overlap(const struct nemo_prefix *a,
			 const struct nemo_prefix *b)
{
	return same_bits(&a->addr, &b->addr, a->len < b->len ? a->len : b->len);
}
