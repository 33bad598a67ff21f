// SPDX-License-Identifier: GPL-2.0
/* Packets of a mobile router. */
#include <linux/icmpv6.h>
#include <net/ip6_tunnel.h>

#include "../core/marker.h"
#include "router.h"

static void nemo_mr_drop(struct nemo_mr *mr, struct sk_buff *skb,
			 enum nemo_from from, enum nemo_drop reason)
{
	atomic64_inc(&mr->stats.dropped);
	if (from == NEMO_FROM_GUEST)
		nemo_drop_tx(&mr->nd->tunnel, skb, reason);
	else
		nemo_drop_rx(&mr->nd->tunnel, skb, reason);
}

static void nemo_mr_encap(struct nemo_mr *mr, struct sk_buff *skb,
			  enum nemo_from from, struct nemo_endpoint *ep)
{
	unsigned int len = skb->len;

	if (unlikely(!ep)) {
		nemo_mr_drop(mr, skb, from, NEMO_DROP_NO_ROUTE);
		return;
	}
	if (unlikely(!nemo_encap(&mr->nd->tunnel, skb, ep, mr->flowlabel))) {
		atomic64_inc(&mr->stats.dropped);
		return;
	}
	if (from == NEMO_FROM_GUEST) {
		atomic64_inc(&mr->stats.tx_packets);
		atomic64_add(len, &mr->stats.tx_bytes);
	} else {
		atomic64_inc(&mr->stats.forwarded);
	}
}

/*
 * Back to the host that it came from. Two that take each other for the one
 * that serves do not play with it for ever.
 */
static bool nemo_mr_may_return(struct sk_buff *skb)
{
	if (skb_ensure_writable(skb, skb_network_offset(skb) + sizeof(struct ipv6hdr)))
		return false;
	return ipv6_hdr(skb)->hop_limit && --ipv6_hdr(skb)->hop_limit;
}

/*
 * What goes through the stack has it set there; this does not, and the next
 * device looks for the TCP header of a super-packet.
 */
static void nemo_mr_set_transport(struct sk_buff *skb)
{
	int offset = skb_network_offset(skb);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	__be16 frag;
	int len;

	len = ipv6_skip_exthdr(skb, offset + sizeof(struct ipv6hdr), &nexthdr, &frag);
	skb_set_transport_header(skb, len < 0 ? offset + sizeof(struct ipv6hdr) : len);
}

static void nemo_mr_to_peer(struct nemo_mr *mr, struct sk_buff *skb,
			    enum nemo_from from)
{
	nemo_mr_set_transport(skb);
	/* when it came, which a queue would take for when it is to go */
	skb_clear_tstamp(skb);
	if (from == NEMO_FROM_PEER && !nemo_mr_may_return(skb))
		nemo_mr_drop(mr, skb, from, NEMO_DROP_STATE);
	else
		nemo_mr_encap(mr, skb, from, rcu_dereference(mr->peer_ep));
}

/**
 * nemo_mr_apply() - do with a packet what was decided
 * @mr: mobile router
 * @skb: packet; consumed
 * @from: where it comes from
 * @verdict: what becomes of it
 * @reason: why, if it is dropped
 *
 * Context: RCU read lock, BH disabled.
 */
void nemo_mr_apply(struct nemo_mr *mr, struct sk_buff *skb, enum nemo_from from,
		   enum nemo_verdict verdict, enum nemo_drop reason)
{
	switch (verdict) {
	case NEMO_TO_HA:
		nemo_mr_encap(mr, skb, from, rcu_dereference(mr->ha_ep));
		break;
	case NEMO_TO_PEER:
		nemo_mr_to_peer(mr, skb, from);
		break;
	case NEMO_DELIVER:
		atomic64_inc(&mr->stats.rx_packets);
		atomic64_add(skb->len, &mr->stats.rx_bytes);
		nemo_deliver(&mr->nd->tunnel, skb);
		break;
	case NEMO_HOLD:
	case NEMO_DROP:
		nemo_mr_drop(mr, skb, from, reason);
		break;
	}
}

/* Context: RCU read lock, BH disabled. */
static void nemo_mr_packet(struct nemo_mr *mr, struct sk_buff *skb,
			   enum nemo_from from)
{
	enum nemo_verdict verdict = READ_ONCE(mr->verdict[from]);
	bool held;

	if (likely(verdict != NEMO_HOLD)) {
		nemo_mr_apply(mr, skb, from, verdict, NEMO_DROP_STATE);
		return;
	}

	spin_lock(&mr->lock);
	verdict = mr->verdict[from];
	held = verdict == NEMO_HOLD &&
	       nemo_hold_add(&mr->hold[from], &mr->nd->held, &mr->limit, skb);
	if (held && from == NEMO_FROM_HA)
		nemo_mr_marker_wait(mr);
	spin_unlock(&mr->lock);
	if (held)
		atomic64_inc(&mr->stats.held);
	else
		nemo_mr_apply(mr, skb, from, verdict, NEMO_DROP_HOLD_FULL);
}

netdev_tx_t nemo_mr_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nemo_mr_dev *nd = netdev_priv(dev);
	struct nemo_tunnel *t = &nd->tunnel;
	struct nemo_mr *mr;

	if (!nemo_xmit_check(t, skb))
		return NETDEV_TX_OK;

	rcu_read_lock();
	mr = nemo_prefix_lookup(&t->prefixes, &ipv6_hdr(skb)->saddr);
	if (likely(mr)) {
		nemo_mr_packet(mr, skb, NEMO_FROM_GUEST);
	} else {
		/* not a source that any mobile router speaks for */
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_POLICY_FAIL, 0);
		nemo_drop_tx(t, skb, NEMO_DROP_SPOOFED);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

bool nemo_claims(struct nemo_tunnel *t, const struct ipv6hdr *outer,
		 const struct ipv6hdr *inner)
{
	struct nemo_mr *mr = nemo_prefix_lookup(&t->prefixes, &inner->daddr);
	struct nemo_endpoint *ep = mr ? rcu_dereference(mr->ha_ep) : NULL;

	/* what comes to a node that is its own home agent is nemo_ha's to judge */
	return ep && ipv6_addr_equal(&ep->key.local, &outer->daddr) &&
	       !ipv6_addr_equal(&ep->key.local, &ep->key.remote);
}

/* A node that is its own home agent: nemo_ha is asked next. */
static bool nemo_own_home(struct nemo_tunnel *t, const struct nemo_endpoint *ep)
{
	return nemo_endpoint_lookup(t, &ep->key.local, &ep->key.local);
}

static bool nemo_mr_is_marker(const struct nemo_mr *mr, const struct ipv6hdr *inner)
{
	const struct nemo_endpoint *ep = rcu_dereference(mr->ha_ep);

	return ep && nemo_is_marker(inner, &ep->key.remote) &&
	       ipv6_addr_equal(&inner->daddr, &mr->hoa);
}

/* Returns NEMO_FROM_COUNT when the packet does not come from where it may. */
static enum nemo_from nemo_mr_from(const struct nemo_mr *mr,
				   const struct nemo_endpoint *ep)
{
	if (ep == rcu_dereference(mr->ha_ep))
		return NEMO_FROM_HA;
	if (ep == rcu_dereference(mr->peer_ep) || ep == rcu_dereference(mr->old_ep))
		return NEMO_FROM_PEER;
	return NEMO_FROM_COUNT;
}

static void nemo_mr_stranger(struct nemo_tunnel *t, struct nemo_mr *mr,
			     struct sk_buff *skb)
{
	if (mr)
		atomic64_inc(&mr->stats.dropped);
	nemo_drop_rx(t, skb, mr ? NEMO_DROP_WRONG_ENDPOINT : NEMO_DROP_NO_ENTRY);
}

bool nemo_input(struct nemo_tunnel *t, struct nemo_endpoint *ep,
		struct sk_buff *skb)
{
	const struct ipv6hdr *inner = (const struct ipv6hdr *)skb->data;
	struct nemo_mr *mr = nemo_prefix_lookup(&t->prefixes, &inner->daddr);
	enum nemo_from from = mr ? nemo_mr_from(mr, ep) : NEMO_FROM_COUNT;

	/* a guest that is elsewhere: the packet may be on its way there */
	if ((from == NEMO_FROM_COUNT || READ_ONCE(mr->verdict[from]) == NEMO_DROP) &&
	    nemo_own_home(t, ep))
		return false;
	if (from == NEMO_FROM_COUNT) {
		nemo_mr_stranger(t, mr, skb);
		return true;
	}
	if (nemo_mr_is_marker(mr, inner)) {
		nemo_mr_marker_came(mr, from, inner);
		consume_skb(skb);
		return true;
	}
	if (nemo_decap(t, skb))
		nemo_mr_packet(mr, skb, from);
	else
		atomic64_inc(&mr->stats.dropped);
	return true;
}
