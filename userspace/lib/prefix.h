/* SPDX-License-Identifier: GPL-2.0 */
/* Mobile network prefixes (RFC 3963 §2): a network, no host bits. */
#ifndef NEMO_PREFIX_H
#define NEMO_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define NEMO_PREFIX_STRLEN	(INET6_ADDRSTRLEN + 4)

struct nemo_prefix {
	struct in6_addr addr;
	uint8_t len;		/* bits, 1 to 128 */
};

/**
 * nemo_prefix_parse - read "2001:db8:1::/64"
 *
 * Return: NULL, or what is wrong with it, a literal: no length, not an
 * address, host bits that are set, ...
 */
const char *nemo_prefix_parse(struct nemo_prefix *p, const char *text);

/* Return: @buf, NEMO_PREFIX_STRLEN octets. */
char *nemo_prefix_print(const struct nemo_prefix *p, char *buf);

bool nemo_prefix_contains(const struct nemo_prefix *p,
			  const struct in6_addr *addr);
bool nemo_prefix_overlap(const struct nemo_prefix *a,
			 const struct nemo_prefix *b);

#endif /* NEMO_PREFIX_H */
