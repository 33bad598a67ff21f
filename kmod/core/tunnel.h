/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tunnel devices of both modules share: IPv6-in-IPv6 (RFC 2473) to
 * many other ends, drop counters, and the registry of devices of a namespace.
 * Compiled once into each module.
 */
#ifndef NEMO_CORE_TUNNEL_H
#define NEMO_CORE_TUNNEL_H

#include <linux/netdevice.h>
#include <net/dst_cache.h>
#include <net/genetlink.h>

#include "hold.h"
#include "prefix.h"

/* In the order of the attribute set `drops` of both specs. */
enum nemo_drop {
	NEMO_DROP_MALFORMED,
	NEMO_DROP_NO_ENTRY,
	NEMO_DROP_SPOOFED,
	NEMO_DROP_WRONG_ENDPOINT,
	NEMO_DROP_STATE,
	NEMO_DROP_HOLD_FULL,
	NEMO_DROP_FLUSHED,
	NEMO_DROP_NO_ROUTE,
	NEMO_DROP_TOO_BIG,
	NEMO_DROP_ENCAP_LIMIT,
	NEMO_DROP_ECN,
	NEMO_DROP_FAMILY,
	NEMO_DROP_NOMEM,
	NEMO_DROP_COUNT
};

struct nemo_drops {
	unsigned long reason[NEMO_DROP_COUNT];
	unsigned long rx;
	unsigned long tx;
};

struct nemo_endpoint_key {
	struct in6_addr local;
	struct in6_addr remote;
};

/* Both outer addresses; shared by all entries that use them. */
struct nemo_endpoint {
	struct rhash_head node;		/* nemo_tunnel.endpoints */
	struct nemo_endpoint_key key;
	struct dst_cache cache;
	u32 users;			/* nemo_tunnel.lock */
	struct rcu_head rcu;
};

/* First member of the private part of a device. */
struct nemo_tunnel {
	struct net_device *dev;
	struct net *net;
	struct list_head list;		/* nemo_net.tunnels; RTNL, RCU */
	spinlock_t lock;		/* writers of the tables; BH */
	bool dead;			/* lock; the device is being removed */
	struct rhashtable endpoints;	/* RCU; writers hold lock */
	struct nemo_prefix_table prefixes; /* RCU; writers hold lock */
	struct xarray entries;		/* of the module, by dump order; RCU */
	u32 next_id;			/* lock of entries */
	u32 count;			/* lock; entries */
	struct nemo_drops __percpu *drops;
};

struct nemo_net {
	atomic_t gen;			/* changes of entries; for NLM_F_DUMP_INTR */
	struct list_head tunnels;	/* RTNL, RCU */
	unsigned int tunnels_gen;	/* READ_ONCE; RTNL; changes of the list, likewise */
};

/* The module's own part, called by the shared one. */
extern struct rtnl_link_ops nemo_link_ops;

/**
 * nemo_input() - a packet from a known other end
 * @t: tunnel
 * @ep: its outer addresses
 * @skb: packet; data is at the inner header, of which 40 octets are linear
 *
 * Context: softirq, RCU read lock.
 * Return: false if it is not ours; then @skb is untouched.
 */
bool nemo_input(struct nemo_tunnel *t, struct nemo_endpoint *ep,
		struct sk_buff *skb);

/**
 * nemo_claims() - does this inner packet belong to an entry of ours?
 * @t: tunnel
 * @outer: outer header of a packet from an other end that is not known
 * @inner: its inner header
 *
 * Context: softirq, RCU read lock.
 * Return: true if it has to be dropped and counted here.
 */
bool nemo_claims(struct nemo_tunnel *t, const struct ipv6hdr *outer,
		 const struct ipv6hdr *inner);

int nemo_tunnel_register(int priority);
void nemo_tunnel_unregister(void);
struct nemo_net *nemo_net_get(struct net *net);
void nemo_tunnel_changed(struct nemo_tunnel *t);
struct nemo_tunnel *nemo_tunnel_get(struct net *net, int ifindex,
				    struct netlink_ext_ack *extack);
static inline void nemo_tunnel_put(struct nemo_tunnel *t)
{
	dev_put(t->dev);
}

void nemo_tunnel_setup(struct net_device *dev,
		       const struct net_device_ops *ops);
int nemo_tunnel_init(struct net_device *dev);
void nemo_tunnel_uninit(struct nemo_tunnel *t);
void nemo_tunnel_free(struct nemo_tunnel *t);
void nemo_tunnel_stats64(struct net_device *dev,
			 struct rtnl_link_stats64 *stats);
int nemo_tunnel_newlink(struct net *net, struct net_device *dev,
			struct nlattr *tb[], struct nlattr *data[],
			struct netlink_ext_ack *extack);
int nemo_tunnel_validate(struct nlattr *tb[], struct nlattr *data[],
			 struct netlink_ext_ack *extack);

bool nemo_encap(struct nemo_tunnel *t, struct sk_buff *skb,
		struct nemo_endpoint *ep, __be32 flowlabel);
bool nemo_decap(struct nemo_tunnel *t, struct sk_buff *skb);
void nemo_deliver(struct nemo_tunnel *t, struct sk_buff *skb);
bool nemo_xmit_check(struct nemo_tunnel *t, struct sk_buff *skb);
__be32 nemo_flowlabel(const struct in6_addr *hoa);

void nemo_drop_rx(struct nemo_tunnel *t, struct sk_buff *skb,
		  enum nemo_drop reason);
void nemo_drop_tx(struct nemo_tunnel *t, struct sk_buff *skb,
		  enum nemo_drop reason);

struct nemo_endpoint *nemo_endpoint_lookup(struct nemo_tunnel *t,
					   const struct in6_addr *local,
					   const struct in6_addr *remote);
struct nemo_endpoint *nemo_endpoint_alloc(const struct in6_addr *local,
					  const struct in6_addr *remote);
void nemo_endpoint_free(struct nemo_endpoint *ep);
struct nemo_endpoint *nemo_endpoint_get(struct nemo_tunnel *t,
					struct nemo_endpoint **fresh);
static inline struct nemo_endpoint *
nemo_endpoint_deref(const struct nemo_tunnel *t, struct nemo_endpoint __rcu *ep)
{
	return rcu_dereference_protected(ep, lockdep_is_held(&t->lock));
}

void nemo_endpoint_put(struct nemo_tunnel *t, struct nemo_endpoint *ep);

/* attr.c: netlink attributes that both families have */
int nemo_attr_addr(const struct nlattr *nla, struct in6_addr *addr,
		   struct netlink_ext_ack *extack);
int nemo_attr_prefixes(struct genl_info *info, int attr,
		       struct nemo_prefix_key *keys, unsigned int max,
		       unsigned int *n);
int nemo_attr_put_prefix(struct sk_buff *skb, int attr,
			 const struct nemo_prefix_key *key);
int nemo_attr_put_drops(struct sk_buff *skb, int attr, int pad,
			const struct nemo_tunnel *t);
int nemo_attr_once(struct genl_info *info, unsigned long multi);
int nemo_dump_once(struct netlink_callback *cb);

typedef int nemo_dump_fn(struct sk_buff *skb, struct netlink_callback *cb,
			 struct nemo_tunnel *t, const void *filter);
int nemo_tunnel_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     u32 ifindex, const void *filter, nemo_dump_fn *dump);

typedef int nemo_fill_fn(struct sk_buff *skb, const struct nemo_tunnel *t);
int nemo_link_get(struct genl_info *info, const struct genl_family *family,
		  u8 cmd, int ifindex_attr, nemo_fill_fn *fill);
int nemo_link_dump(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct genl_family *family, u8 cmd, int ifindex_attr,
		   nemo_fill_fn *fill);

#endif
