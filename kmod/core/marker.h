/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end marker: behind it, nothing more comes the old way. An IPv6 packet
 * that is only a header, from the home agent to the home address, with next
 * header 59, which a plain RFC 3963 node drops (RFC 8200 section 4.7). Its flow
 * label is the sequence number of the binding that replaced the old one.
 */
#ifndef NEMO_CORE_MARKER_H
#define NEMO_CORE_MARKER_H

#include <net/ipv6.h>

#include "tunnel.h"

/**
 * nemo_is_marker() - is this inner packet an end marker?
 * @inner: its header
 * @ha: address of the home agent
 *
 * Return: true if it is.
 */
static inline bool nemo_is_marker(const struct ipv6hdr *inner,
				  const struct in6_addr *ha)
{
	return unlikely(inner->nexthdr == NEXTHDR_NONE) &&
	       !inner->payload_len && ipv6_addr_equal(&inner->saddr, ha);
}

/* Sequence number of the binding that replaced the old one. */
static inline u16 nemo_marker_seq(const struct ipv6hdr *inner)
{
	return ntohl(ip6_flowlabel(inner));
}

/* More than any way that leads somewhere: each host that returns one takes one off. */
#define NEMO_MARKER_HOPS	16

/* What a marker says, and where it goes. */
struct nemo_marker {
	struct in6_addr ha;
	struct in6_addr hoa;
	__be32 flowlabel;	/* outer; that of the packets before it */
	u16 seq;
	u8 hops;
};

void nemo_marker_send(struct nemo_tunnel *t, struct nemo_endpoint *ep,
		      const struct nemo_marker *marker);

#endif
