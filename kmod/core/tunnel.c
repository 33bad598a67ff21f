// SPDX-License-Identifier: GPL-2.0
/* IPv6-in-IPv6 with many other ends on one device. */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/jhash.h>
#include <net/inet_ecn.h>
#include <net/ip6_route.h>
#include <net/ip6_tunnel.h>
#include <net/ip_tunnels.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>
#include <net/xfrm.h>

#include "tunnel.h"

/* Outer header, and the option with the tunnel encapsulation limit. */
#define NEMO_TEL_LEN	8
#define NEMO_HEADROOM	(sizeof(struct ipv6hdr) + NEMO_TEL_LEN)

#define NEMO_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_GSO_SOFTWARE | NETIF_F_HW_CSUM)

static unsigned int nemo_net_id __read_mostly;

/* Packets of ours that this CPU is delivering, one inside the other. */
static DEFINE_PER_CPU(unsigned int, nemo_depth);

struct nemo_net *nemo_net_get(struct net *net)
{
	return net_generic(net, nemo_net_id);
}

/* Something that a dump shows has changed. */
void nemo_tunnel_changed(struct nemo_tunnel *t)
{
	atomic_inc(&nemo_net_get(t->net)->gen);
}

/* Drops ------------------------------------------------------------------ */

static void nemo_drop(struct nemo_tunnel *t, struct sk_buff *skb,
		      enum nemo_drop reason)
{
	this_cpu_inc(t->drops->reason[reason]);
	kfree_skb(skb);
}

/* Drop a packet that came out of the tunnel and count it. */
void nemo_drop_rx(struct nemo_tunnel *t, struct sk_buff *skb,
		  enum nemo_drop reason)
{
	this_cpu_inc(t->drops->rx);
	nemo_drop(t, skb, reason);
}

/* Drop a packet that wants into the tunnel and count it. */
void nemo_drop_tx(struct nemo_tunnel *t, struct sk_buff *skb,
		  enum nemo_drop reason)
{
	this_cpu_inc(t->drops->tx);
	nemo_drop(t, skb, reason);
}

void nemo_tunnel_stats64(struct net_device *dev,
			 struct rtnl_link_stats64 *stats)
{
	struct nemo_tunnel *t = netdev_priv(dev);
	int cpu;

	dev_get_tstats64(dev, stats);
	for_each_possible_cpu(cpu) {
		stats->rx_dropped += READ_ONCE(per_cpu_ptr(t->drops, cpu)->rx);
		stats->tx_dropped += READ_ONCE(per_cpu_ptr(t->drops, cpu)->tx);
	}
}

/* Into the tunnel -------------------------------------------------------- */

/**
 * nemo_flowlabel() - the outer flow label of all packets of one mobile router
 * @hoa: its home address
 *
 * One label (RFC 6438) keeps the packets of a binding on one path, in order.
 *
 * Return: flow label, never 0.
 */
__be32 nemo_flowlabel(const struct in6_addr *hoa)
{
	u32 hash = jhash(hoa, sizeof(*hoa), 0) & 0xfffff;

	return htonl(hash ?: 1);
}

/**
 * nemo_xmit_check() - is this packet fit for the tunnel?
 * @t: tunnel
 * @skb: packet that was given to the device; dropped and counted if not
 *
 * Return: true if it is whole enough to look at its addresses.
 */
bool nemo_xmit_check(struct nemo_tunnel *t, struct sk_buff *skb)
{
	if (skb->protocol != htons(ETH_P_IPV6)) {
		nemo_drop_tx(t, skb, NEMO_DROP_FAMILY);
		return false;
	}
	if (!pskb_network_may_pull(skb, sizeof(struct ipv6hdr))) {
		nemo_drop_tx(t, skb, NEMO_DROP_MALFORMED);
		return false;
	}
	return true;
}

static struct dst_entry *nemo_route(struct nemo_tunnel *t,
				    struct nemo_endpoint *ep)
{
	struct flowi6 fl6 = {
		.daddr = ep->key.remote,
		.saddr = ep->key.local,
		.flowi6_proto = IPPROTO_IPV6,
	};
	struct dst_entry *dst;
	struct in6_addr saddr;

	dst = dst_cache_get_ip6(&ep->cache, &saddr);
	if (dst)
		return dst;
	dst = ip6_route_output(t->net, NULL, &fl6);
	if (dst->error)
		goto err;
	dst = xfrm_lookup(t->net, dst, flowi6_to_flowi(&fl6), NULL, 0);
	if (IS_ERR(dst))
		return NULL;
	if (dst->dev == t->dev)
		goto err;
	dst_cache_set_ip6(&ep->cache, dst, &fl6.saddr);
	return dst;
err:
	dst_release(dst);
	return NULL;
}

/*
 * RFC 2473 section 4.1.1: a packet that carries a tunnel encapsulation limit
 * gets one less in front of it. Returns the offset of the option, 0 for none.
 */
static int nemo_encap_limit(struct sk_buff *skb)
{
	struct ipv6hdr *inner = ipv6_hdr(skb);
	int offset = skb_network_offset(skb) + sizeof(*inner);
	int len, tel;

	if (likely(inner->nexthdr != NEXTHDR_DEST))
		return 0;
	if (!pskb_may_pull(skb, offset + sizeof(struct ipv6_opt_hdr)))
		return 0;
	len = ipv6_optlen((struct ipv6_opt_hdr *)(skb->data + offset));
	if (!pskb_may_pull(skb, offset + len))
		return 0;
	tel = ipv6_find_tlv(skb, sizeof(*inner), IPV6_TLV_TNL_ENCAP_LIMIT);
	/* found by its type alone, which may be the header's last octet */
	if (tel < 0 || tel + 2 >= (int)sizeof(*inner) + len ||
	    skb_network_header(skb)[tel + 1] != 1)
		return 0;
	return tel;
}

static void nemo_push_limit(struct sk_buff *skb, u8 limit)
{
	u8 *opt = skb_push(skb, NEMO_TEL_LEN);

	opt[0] = NEXTHDR_IPV6;
	opt[1] = 0;
	opt[2] = IPV6_TLV_TNL_ENCAP_LIMIT;
	opt[3] = 1;
	opt[4] = limit;
	opt[5] = IPV6_TLV_PADN;
	opt[6] = 1;
	opt[7] = 0;
}

static bool nemo_too_big(const struct sk_buff *skb, u32 mtu)
{
	if (skb_is_gso(skb))
		return !skb_gso_validate_network_len(skb, mtu);
	return skb->len > mtu;
}

/**
 * nemo_encap() - send a packet to the other end of a tunnel
 * @t: tunnel
 * @skb: IPv6 packet, data at its header; always consumed
 * @ep: both outer addresses
 * @flowlabel: outer flow label
 *
 * Super-packets stay whole. The outer traffic class carries the congestion
 * marks as they are (RFC 6040 section 4.1) and no DSCP: packets of one mobile
 * router stay in one class, and so in order.
 *
 * Context: RCU read lock, BH disabled.
 * Return: false if it was dropped and counted.
 */
bool nemo_encap(struct nemo_tunnel *t, struct sk_buff *skb,
		struct nemo_endpoint *ep, __be32 flowlabel)
{
	u8 dsfield = ipv6_get_dsfield(ipv6_hdr(skb)) & INET_ECN_MASK;
	enum nemo_drop reason = NEMO_DROP_NOMEM;
	struct dst_entry *dst;
	struct ipv6hdr *outer;
	u8 limit = 0, proto = IPPROTO_IPV6;
	int tel;
	u32 mtu;

	dst = nemo_route(t, ep);
	if (unlikely(!dst)) {
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
		nemo_drop_tx(t, skb, NEMO_DROP_NO_ROUTE);
		return false;
	}

	tel = nemo_encap_limit(skb);
	mtu = dst_mtu(dst) - sizeof(*outer);
	if (unlikely(tel)) {
		mtu -= NEMO_TEL_LEN;
		limit = skb_network_header(skb)[tel + 2];
		if (!limit) {
			icmpv6_ndo_send(skb, ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, tel + 2);
			reason = NEMO_DROP_ENCAP_LIMIT;
			goto drop;
		}
		limit--;
	}
	mtu = max_t(u32, mtu, IPV6_MIN_MTU);
	if (unlikely(nemo_too_big(skb, mtu))) {
		skb_dst_update_pmtu_no_confirm(skb, mtu);
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
		reason = NEMO_DROP_TOO_BIG;
		goto drop;
	}

	if (iptunnel_handle_offloads(skb, SKB_GSO_IPXIP6))
		goto drop;
	skb_set_inner_ipproto(skb, IPPROTO_IPV6);
	skb_scrub_packet(skb, false);
	/* RFC 2473 section 7.1: of the least MTU, the outer packet is sent in fragments */
	skb->ignore_df = 1;
	/* all of a tunnel in one queue, or an end marker overtakes what is before it */
	skb_clear_hash(skb);
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len +
			      sizeof(*outer) + (tel ? NEMO_TEL_LEN : 0)))
		goto drop;
	skb_dst_set(skb, dst);
	if (unlikely(tel)) {
		nemo_push_limit(skb, limit);
		proto = NEXTHDR_DEST;
	}

	outer = skb_push(skb, sizeof(*outer));
	skb_reset_network_header(skb);
	ip6_flow_hdr(outer, dsfield, flowlabel);
	outer->hop_limit = ip6_dst_hoplimit(dst);
	outer->nexthdr = proto;
	outer->saddr = ep->key.local;
	outer->daddr = ep->key.remote;
	ip6tunnel_xmit(NULL, skb, t->dev);
	return true;
drop:
	dst_release(dst);
	nemo_drop_tx(t, skb, reason);
	return false;
}

/* Out of the tunnel ------------------------------------------------------ */

/**
 * nemo_decap() - take the outer header off
 * @t: tunnel
 * @skb: packet as nemo_input() gets it; consumed on failure
 *
 * Return: true if @skb is now an IPv6 packet of the device; else it was
 * dropped and counted.
 */
bool nemo_decap(struct nemo_tunnel *t, struct sk_buff *skb)
{
	int outer;

	if (iptunnel_pull_header(skb, 0, htons(ETH_P_IPV6), false)) {
		nemo_drop_rx(t, skb, NEMO_DROP_NOMEM);
		return false;
	}
	/* as an offset, since the head may move */
	outer = skb_network_header(skb) - skb->head;
	skb->dev = t->dev;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	if (!pskb_inet_may_pull(skb)) {
		nemo_drop_rx(t, skb, NEMO_DROP_MALFORMED);
		return false;
	}
	memset(skb->cb, 0, sizeof(struct inet6_skb_parm));
	__skb_tunnel_rx(skb, t->dev, t->net);
	if (IP6_ECN_decapsulate((struct ipv6hdr *)(skb->head + outer), skb) > 1) {
		nemo_drop_rx(t, skb, NEMO_DROP_ECN);
		return false;
	}
	/* the outer flow's: of two ways into one queue, a packet would get into two */
	skb_clear_hash(skb);
	return true;
}

/**
 * nemo_deliver() - give a packet to the stack
 * @t: tunnel
 * @skb: packet from nemo_decap()
 *
 * At once and not by way of gro_cells: GRO has merged the packets where they
 * came in, as it looks through IPv6 in IPv6. A tunnel in a tunnel is queued,
 * so that the depth of the stack stays bounded.
 *
 * Context: RCU read lock, BH disabled.
 */
void nemo_deliver(struct nemo_tunnel *t, struct sk_buff *skb)
{
	if (unlikely(!(t->dev->flags & IFF_UP))) {
		nemo_drop_rx(t, skb, NEMO_DROP_STATE);
		return;
	}
	dev_sw_netstats_rx_add(t->dev, skb->len);
	if (likely(this_cpu_inc_return(nemo_depth) == 1))
		netif_receive_skb(skb);
	else
		netif_rx(skb);
	this_cpu_dec(nemo_depth);
}

static bool nemo_inner_sane(const struct sk_buff *skb)
{
	const struct ipv6hdr *inner = (const struct ipv6hdr *)skb->data;

	/* a length of 0 is a jumbogram's or a super-packet's */
	return inner->version == 6 &&
	       ntohs(inner->payload_len) + sizeof(*inner) <= skb->len;
}

static int nemo_tunnel_rcv(struct sk_buff *skb)
{
	struct nemo_net *nn = nemo_net_get(dev_net(skb->dev));
	const struct ipv6hdr *inner = (const struct ipv6hdr *)skb->data;
	const struct ipv6hdr *outer = ipv6_hdr(skb);
	struct nemo_endpoint *ep;
	struct nemo_tunnel *t;
	int ret = -ENOENT;

	rcu_read_lock();
	list_for_each_entry_rcu(t, &nn->tunnels, list) {
		ep = nemo_endpoint_lookup(t, &outer->daddr, &outer->saddr);
		if (!ep && !nemo_claims(t, outer, inner))
			continue;
		if (!ep) {
			nemo_drop_rx(t, skb, NEMO_DROP_WRONG_ENDPOINT);
			ret = 0;
			break;
		}
		if (!nemo_inner_sane(skb)) {
			nemo_drop_rx(t, skb, NEMO_DROP_MALFORMED);
			ret = 0;
			break;
		}
		if (!xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb)) {
			nemo_drop_rx(t, skb, NEMO_DROP_WRONG_ENDPOINT);
			ret = 0;
			break;
		}
		if (nemo_input(t, ep, skb)) {
			ret = 0;
			break;
		}
	}
	rcu_read_unlock();
	return ret;
}

/* Errors from inside the tunnel ------------------------------------------ */

static void nemo_relay_error(struct sk_buff *skb, int offset, u8 type, u8 code,
			     u32 info)
{
	struct sk_buff *inner;
	struct rt6_info *rt;

	if (!pskb_may_pull(skb, offset + sizeof(struct ipv6hdr)))
		return;
	inner = skb_clone(skb, GFP_ATOMIC);
	if (!inner)
		return;
	memset(IP6CB(inner), 0, sizeof(*IP6CB(inner)));
	skb_dst_drop(inner);
	skb_pull(inner, offset);
	skb_reset_network_header(inner);
	/* the error leaves as if the packet had come from its source's side */
	rt = rt6_lookup(dev_net(skb->dev), &ipv6_hdr(inner)->saddr, NULL, 0, inner, 0);
	if (rt && rt->dst.dev)
		inner->dev = rt->dst.dev;
	icmpv6_send(inner, type, code, info);
	ip6_rt_put(rt);
	kfree_skb(inner);
}

/* RFC 2473 section 8: what a node inside the tunnel says of our packets. */
static int nemo_tunnel_err(struct sk_buff *skb, struct inet6_skb_parm *opt,
			   u8 type, u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *outer = (const struct ipv6hdr *)skb->data;
	struct net *net = dev_net(skb->dev);
	struct nemo_net *nn = nemo_net_get(net);
	struct nemo_endpoint *ep = NULL;
	struct nemo_tunnel *t;
	u32 mtu;

	rcu_read_lock();
	list_for_each_entry_rcu(t, &nn->tunnels, list) {
		ep = nemo_endpoint_lookup(t, &outer->saddr, &outer->daddr);
		if (ep)
			break;
	}
	rcu_read_unlock();
	if (!ep)
		return -ENOENT;

	switch (type) {
	case ICMPV6_PKT_TOOBIG:
		ip6_update_pmtu(skb, net, info, 0, 0, sock_net_uid(net, NULL));
		mtu = max_t(u32, ntohl(info), IPV6_MIN_MTU + offset) - offset;
		if (sizeof(*outer) + ntohs(outer->payload_len) > mtu + offset)
			nemo_relay_error(skb, offset, ICMPV6_PKT_TOOBIG, 0, mtu);
		break;
	case NDISC_REDIRECT:
		ip6_redirect(skb, net, skb->dev->ifindex, 0, sock_net_uid(net, NULL));
		break;
	case ICMPV6_DEST_UNREACH:
	case ICMPV6_TIME_EXCEED:
		nemo_relay_error(skb, offset, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
		break;
	}
	return 0;
}

static struct xfrm6_tunnel nemo_tunnel6 = {
	.handler = nemo_tunnel_rcv,
	.err_handler = nemo_tunnel_err,
};

/* Device ----------------------------------------------------------------- */

static const struct device_type nemo_device_type = { .name = "nemo" };

/**
 * nemo_tunnel_setup() - what rtnl_link_ops.setup does
 * @dev: new device
 * @ops: its operations
 */
void nemo_tunnel_setup(struct net_device *dev,
		       const struct net_device_ops *ops)
{
	dev->netdev_ops = ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->type = ARPHRD_TUNNEL6;
	dev->flags = IFF_NOARP;
	dev->addr_len = 0;
	dev->needed_headroom = LL_MAX_HEADER + NEMO_HEADROOM;
	dev->mtu = ETH_DATA_LEN - sizeof(struct ipv6hdr);
	dev->min_mtu = IPV6_MIN_MTU;
	dev->max_mtu = IP6_MAX_MTU - NEMO_HEADROOM;
	dev->features |= NEMO_FEATURES;
	dev->hw_features |= NEMO_FEATURES;
	nemo_compat_set_flags(dev);
	netif_keep_dst(dev);
	SET_NETDEV_DEVTYPE(dev, &nemo_device_type);
}

/* The list of devices has changed. A dump takes 0 for none. Context: RTNL. */
static void nemo_tunnels_changed(struct nemo_net *nn)
{
	WRITE_ONCE(nn->tunnels_gen, nn->tunnels_gen + 1 ?: 1);
}

/* ndo_init of both kinds, in part. Context: RTNL. */
int nemo_tunnel_init(struct net_device *dev)
{
	struct nemo_net *nn = nemo_net_get(dev_net(dev));
	struct nemo_tunnel *t = netdev_priv(dev);
	int err;

	t->dev = dev;
	t->net = dev_net(dev);
	spin_lock_init(&t->lock);
	xa_init_flags(&t->entries, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_BH);

	err = nemo_compat_stats_init(dev);
	if (err)
		return err;
	t->drops = alloc_percpu(struct nemo_drops);
	if (!t->drops) {
		err = -ENOMEM;
		goto err_stats;
	}
	err = nemo_endpoints_init(t);
	if (err)
		goto err_drops;
	err = nemo_prefix_table_init(&t->prefixes);
	if (err)
		goto err_endpoints;
	list_add_tail_rcu(&t->list, &nn->tunnels);
	nemo_tunnels_changed(nn);
	return 0;

err_endpoints:
	rhashtable_destroy(&t->endpoints);
err_drops:
	free_percpu(t->drops);
err_stats:
	nemo_compat_stats_free(dev);
	return err;
}

/*
 * ndo_uninit of both kinds, the last part: the module has removed its entries.
 * Context: RTNL.
 */
void nemo_tunnel_uninit(struct nemo_tunnel *t)
{
	list_del_rcu(&t->list);
	nemo_tunnels_changed(nemo_net_get(t->net));
}

/*
 * priv_destructor of both kinds, in part: no packet and no netlink request has
 * the device any more.
 */
void nemo_tunnel_free(struct nemo_tunnel *t)
{
	nemo_prefix_table_destroy(&t->prefixes);
	rhashtable_destroy(&t->endpoints);
	xa_destroy(&t->entries);
	free_percpu(t->drops);
	nemo_compat_stats_free(t->dev);
}

/* rtnl_link_ops.newlink */
int nemo_tunnel_newlink(struct net *net, struct net_device *dev,
			struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	if (!net_eq(net, dev_net(dev))) {
		NL_SET_ERR_MSG(extack, "make the device in the namespace it tunnels in");
		return -EINVAL;
	}
	return register_netdevice(dev);
}

/* rtnl_link_ops.validate */
int nemo_tunnel_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG(extack, "the device has no link-layer address");
		return -EINVAL;
	}
	return 0;
}

/**
 * nemo_tunnel_get() - find a device of our kind
 * @net: network namespace
 * @ifindex: index of the device
 * @extack: says what is wrong
 *
 * Return: tunnel with a reference for nemo_tunnel_put(), or an error pointer:
 * -ENODEV, -EOPNOTSUPP.
 */
struct nemo_tunnel *nemo_tunnel_get(struct net *net, int ifindex,
				    struct netlink_ext_ack *extack)
{
	struct net_device *dev = dev_get_by_index(net, ifindex);

	if (!dev) {
		NL_SET_ERR_MSG(extack, "no such device in this network namespace");
		return ERR_PTR(-ENODEV);
	}
	if (dev->rtnl_link_ops != &nemo_link_ops) {
		NL_SET_ERR_MSG(extack, "the device is not of this kind");
		dev_put(dev);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return netdev_priv(dev);
}

static int __net_init nemo_net_init(struct net *net)
{
	struct nemo_net *nn = nemo_net_get(net);

	INIT_LIST_HEAD(&nn->tunnels);
	atomic_set(&nn->gen, 1);
	nemo_tunnels_changed(nn);
	return 0;
}

static struct pernet_operations nemo_net_ops = {
	.init = nemo_net_init,
	.id = &nemo_net_id,
	.size = sizeof(struct nemo_net),
};

/**
 * nemo_tunnel_register() - hook into the stack
 * @priority: of the handler; lower is asked earlier
 *
 * Return: 0 or a negative error.
 */
int nemo_tunnel_register(int priority)
{
	int err;

	err = register_pernet_subsys(&nemo_net_ops);
	if (err)
		return err;
	nemo_tunnel6.priority = priority;
	err = xfrm6_tunnel_register(&nemo_tunnel6, AF_INET6);
	if (err)
		goto err_net;
	err = rtnl_link_register(&nemo_link_ops);
	if (err)
		goto err_tunnel6;
	return 0;

err_tunnel6:
	xfrm6_tunnel_deregister(&nemo_tunnel6, AF_INET6);
err_net:
	unregister_pernet_subsys(&nemo_net_ops);
	return err;
}

void nemo_tunnel_unregister(void)
{
	rtnl_link_unregister(&nemo_link_ops);
	xfrm6_tunnel_deregister(&nemo_tunnel6, AF_INET6);
	unregister_pernet_subsys(&nemo_net_ops);
	rcu_barrier();
}
