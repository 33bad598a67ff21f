/* SPDX-License-Identifier: GPL-2.0 */
/* The binding cache (RFC 6275 section 10.1, RFC 3963 section 6). */
#ifndef NEMO_HA_BINDING_H
#define NEMO_HA_BINDING_H

#include <linux/timer.h>
#include <uapi/linux/nemo_ha.h>

#include "../core/tunnel.h"

struct nemo_ha_dev {
	struct nemo_tunnel tunnel;
	struct rhashtable bindings;	/* by home address; RCU; tunnel.lock */
	struct list_head markers;	/* to be sent; tunnel.lock */
	struct work_struct marker_work;
};

struct nemo_bce {
	struct rhash_head node;		/* nemo_ha_dev.bindings */
	struct in6_addr hoa;
	struct nemo_ha_dev *ha;
	struct nemo_endpoint __rcu *ep;	 /* to the care-of address; tunnel.lock */
	struct nemo_endpoint __rcu *tep; /* transient, or NULL; tunnel.lock */
	struct hlist_head prefixes;	/* home address and MNPs; tunnel.lock */
	struct timer_list timer;	/* end of the lifetime */
	u64 expires;			/* jiffies64; tunnel.lock */
	unsigned long transient_end;	/* jiffies, of tep; READ_ONCE; tunnel.lock */
	u32 id;				/* in nemo_tunnel.entries */
	u32 lifetime;			/* seconds; tunnel.lock */
	__be32 flowlabel;
	u16 seq;			/* tunnel.lock */
	bool dead;			/* tunnel.lock */
	char name[NEMO_HA_NAME_MAX + 1]; /* tunnel.lock */
	atomic64_t tx_packets;
	atomic64_t tx_bytes;
	atomic64_t rx_packets;
	atomic64_t rx_bytes;
	struct rcu_head rcu;
};

/* What a Binding Update that was accepted says. */
struct nemo_bind {
	const char *name;		/* or NULL */
	struct in6_addr hoa;
	struct in6_addr local;
	struct in6_addr coa;
	bool has_tcoa;
	struct in6_addr tcoa;		/* :: for none */
	u32 tcoa_lifetime;		/* milliseconds */
	struct nemo_prefix_key keys[NEMO_HA_PREFIX_MAX + 1]; /* [0]: hoa */
	unsigned int nkeys;
	u32 lifetime;			/* seconds */
	u16 seq;
};

int nemo_ha_bindings_init(struct nemo_ha_dev *ha);
void nemo_ha_bindings_uninit(struct nemo_ha_dev *ha);
netdev_tx_t nemo_ha_xmit(struct sk_buff *skb, struct net_device *dev);

struct nemo_bce *nemo_bce_lookup(struct nemo_ha_dev *ha,
				 const struct in6_addr *hoa);
int nemo_bce_bind(struct nemo_ha_dev *ha, const struct nemo_bind *bind,
		  struct netlink_ext_ack *extack);
int nemo_bce_transient(struct nemo_ha_dev *ha, const struct nemo_bind *bind,
		       struct netlink_ext_ack *extack);
int nemo_bce_delete(struct nemo_ha_dev *ha, const struct in6_addr *hoa,
		    const u16 *seq, struct netlink_ext_ack *extack);

/* netlink.c */
void nemo_bce_notify(const struct nemo_bce *bce, enum nemo_ha_reason reason,
		     const struct in6_addr *old_coa);
int nemo_ha_netlink_register(void);
void nemo_ha_netlink_unregister(void);

#endif
