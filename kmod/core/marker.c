// SPDX-License-Identifier: GPL-2.0
#include <linux/if_ether.h>

#include "marker.h"

/**
 * nemo_marker_send() - send an end marker
 * @t: tunnel
 * @ep: outer addresses
 * @marker: what it says
 *
 * Context: RCU read lock, BH disabled. One that cannot be sent is as good as
 * one that is lost: the receiver does not wait for ever.
 */
void nemo_marker_send(struct nemo_tunnel *t, struct nemo_endpoint *ep,
		      const struct nemo_marker *marker)
{
	unsigned int headroom = t->dev->needed_headroom;
	struct ipv6hdr *inner;
	struct sk_buff *skb;

	skb = alloc_skb(headroom + sizeof(*inner), GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, headroom);
	inner = skb_put_zero(skb, sizeof(*inner));
	skb_reset_network_header(skb);
	ip6_flow_hdr(inner, 0, htonl(marker->seq));
	inner->nexthdr = NEXTHDR_NONE;
	inner->hop_limit = marker->hops;
	inner->saddr = marker->ha;
	inner->daddr = marker->hoa;
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = t->dev;
	nemo_encap(t, skb, ep, marker->flowlabel);
}
