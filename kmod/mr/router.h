/* SPDX-License-Identifier: GPL-2.0 */
/* Mobile routers of a host (RFC 3963 section 5). */
#ifndef NEMO_MR_ROUTER_H
#define NEMO_MR_ROUTER_H

#include <linux/if_ether.h>

#include "../core/tunnel.h"
#include "state.h"

struct nemo_attachment;
struct nemo_port;

struct nemo_mr_dev {
	struct nemo_tunnel tunnel;
	struct rhashtable routers;	/* by name; RCU; tunnel.lock */
	struct nemo_hold_total held;
	struct list_head attachments;	/* RTNL */
};

/* How guests are recognised; RTNL. */
struct nemo_mr_match {
	u8 guest[NEMO_MR_GUEST_MAX][ETH_ALEN];
	char exclude[NEMO_MR_EXCLUDE_MAX][IFNAMSIZ];
	u8 nguests;
	u8 nexcludes;
};

struct nemo_mr_stats {
	atomic64_t tx_packets;
	atomic64_t tx_bytes;
	atomic64_t rx_packets;
	atomic64_t rx_bytes;
	atomic64_t held;
	atomic64_t forwarded;
	atomic64_t dropped;
};

/* An end marker, as it came. */
struct nemo_mr_mark {
	u16 seq;
	u8 hops;			/* hop limit */
};

/* End markers that come, are due, or shall go. */
struct nemo_mr_marker {
	bool due;			/* lock of the mobile router, as all here */
	bool waits;			/* packets do, for it; the timer runs */
	bool mine;			/* it is our own that shall return */
	bool kept;			/* one came before we knew what to do with it */
	bool pass;			/* one goes to the peer, behind the queues */
	u8 came;			/* bit for each enum nemo_from; for the work */
	bool own;			/* one of ours is to be sent; for the work */
	u16 fence;			/* one that is not newer is of another handover */
	u16 own_seq;
	struct nemo_mr_mark in[NEMO_FROM_COUNT]; /* those that came */
	struct nemo_mr_mark keep;
	struct nemo_mr_mark out;
	u32 timeout;			/* milliseconds; READ_ONCE */
	struct timer_list timer;	/* from the first packet that waits for it */
	struct work_struct work;
};

/*
 * Locks nest: conf, RTNL, tunnel.lock, lock. The table holds one reference, and
 * so does each work item that is queued and each request that is under way.
 */
struct nemo_mr {
	struct rhash_head node;		/* nemo_mr_dev.routers */
	refcount_t refs;
	netdevice_tracker tracker;	/* of nd's device */
	struct mutex conf;		/* one mr-set at a time */
	char name[NEMO_MR_NAME_MAX + 1];
	struct nemo_mr_dev *nd;
	struct in6_addr hoa;
	struct in6_addr ha;		/* tunnel.lock */
	struct in6_addr coa;		/* or ::; tunnel.lock */
	struct in6_addr peer;		/* or ::; tunnel.lock */
	struct nemo_endpoint __rcu *ha_ep;   /* or NULL; tunnel.lock */
	struct nemo_endpoint __rcu *old_ep;  /* from the care-of address before */
	struct nemo_endpoint __rcu *peer_ep; /* or NULL; tunnel.lock */
	struct hlist_head prefixes;	/* home address and MNPs; tunnel.lock */
	__be32 flowlabel;
	u32 id;				/* in nemo_tunnel.entries */
	u32 flags;			/* READ_ONCE; tunnel.lock */
	u32 lifetime;			/* seconds; tunnel.lock */
	u64 expires;			/* jiffies64; tunnel.lock */
	u16 seq;			/* READ_ONCE; tunnel.lock */

	spinlock_t lock;		/* BH */
	bool dead;			/* tunnel.lock and lock to set, either to read */
	u8 state;			/* READ_ONCE; lock */
	u8 verdict[NEMO_FROM_COUNT];	/* READ_ONCE; lock */
	struct nemo_hold hold[NEMO_FROM_COUNT]; /* lock */
	struct nemo_hold_limit limit;	/* READ_ONCE */
	bool drainer;			/* lock; somebody empties the queues */
	bool drain_again;		/* lock; and shall look once more */
	u8 draining;			/* lock; bit for each enum nemo_from */
	struct work_struct drain;
	bool settling;			/* lock; until the guest's port can send */
	int settle_port;		/* lock; its index */
	struct timer_list settle;	/* till then at the latest */
	struct nemo_mr_marker marker;

	struct nemo_attachment *att;	/* RTNL and lock to write, either to read */
	struct list_head att_list;	/* nemo_attachment.routers; RTNL */
	struct nemo_mr_match match;	/* RTNL */
	unsigned long last_frame;	/* jiffies, READ_ONCE; 0 for never */
	int last_port;			/* its ifindex, READ_ONCE */
	unsigned long left;		/* jiffies when leaving began, READ_ONCE */

	struct nemo_mr_stats stats;
	struct rcu_head rcu;
};

/* Bits of nemo_mr_conf.has. */
enum {
	NEMO_HAS_HA		= BIT(0),
	NEMO_HAS_COA		= BIT(1),
	NEMO_HAS_PEER		= BIT(2),
	NEMO_HAS_STATE		= BIT(3),
	NEMO_HAS_PREFIX		= BIT(4),
	NEMO_HAS_ATTACHMENT	= BIT(5),
	NEMO_HAS_GUEST		= BIT(6),
	NEMO_HAS_EXCLUDE	= BIT(7),
	NEMO_HAS_FLAGS		= BIT(8),
	NEMO_HAS_SEQ		= BIT(9),
	NEMO_HAS_LIFETIME	= BIT(10),
	NEMO_HAS_HOLD_PACKETS	= BIT(11),
	NEMO_HAS_HOLD_BYTES	= BIT(12),
	NEMO_HAS_MARKER_TIMEOUT	= BIT(13),
};

/* What concerns interfaces, and so needs RTNL. */
#define NEMO_HAS_RTNL	(NEMO_HAS_ATTACHMENT | NEMO_HAS_GUEST | NEMO_HAS_EXCLUDE)

/* What a request says. */
struct nemo_mr_conf {
	u32 has;
	char name[NEMO_MR_NAME_MAX + 1]; /* zeros behind the end: a hash key */
	struct in6_addr hoa;
	struct in6_addr ha;
	struct in6_addr coa;
	struct in6_addr peer;
	enum nemo_mr_state state;
	struct nemo_prefix_key keys[NEMO_MR_PREFIX_MAX + 1]; /* [0]: hoa */
	unsigned int nkeys;
	u32 attachment;
	struct nemo_mr_match match;
	u32 flags;
	u32 lifetime;
	u16 seq;
	struct nemo_hold_limit limit;
	u32 marker_timeout;		/* milliseconds */
};

int nemo_mr_routers_init(struct nemo_mr_dev *nd);
void nemo_mr_routers_uninit(struct nemo_mr_dev *nd);
struct nemo_mr *nemo_mr_lookup(struct nemo_mr_dev *nd, const char *name);
void nemo_mr_put(struct nemo_mr *mr);
int nemo_mr_new(struct nemo_mr_dev *nd, struct nemo_mr_conf *conf,
		struct netlink_ext_ack *extack);
int nemo_mr_set(struct nemo_mr_dev *nd, struct nemo_mr_conf *conf,
		struct netlink_ext_ack *extack);
int nemo_mr_del(struct nemo_mr_dev *nd, const char *name,
		struct netlink_ext_ack *extack);

/* path.c: packets */
netdev_tx_t nemo_mr_xmit(struct sk_buff *skb, struct net_device *dev);
void nemo_mr_apply(struct nemo_mr *mr, struct sk_buff *skb, enum nemo_from from,
		   enum nemo_verdict verdict, enum nemo_drop reason);

/* change.c: changes of state, and the packets that were held */
extern struct workqueue_struct *nemo_mr_wq;
void nemo_mr_change_init(struct nemo_mr *mr);
void nemo_mr_change_stop(struct nemo_mr *mr);
enum nemo_verdict nemo_mr_verdict_now(const struct nemo_mr *mr, enum nemo_from from);
void nemo_mr_enter(struct nemo_mr *mr, enum nemo_mr_state to, u16 seq,
		   enum nemo_mr_reason reason);
int nemo_mr_may_change(const struct nemo_mr *mr, enum nemo_mr_state to, bool to_ha,
		       bool to_peer, struct netlink_ext_ack *extack);
int nemo_mr_change(struct nemo_mr *mr, enum nemo_mr_state to, u16 seq,
		   struct netlink_ext_ack *extack);
void nemo_mr_frame(struct nemo_mr *mr, const struct nemo_port *port);
void nemo_mr_port_gone(struct nemo_mr *mr);
void nemo_mr_look(struct nemo_mr *mr);
void nemo_mr_drain(struct nemo_mr *mr);
void nemo_mr_schedule(struct nemo_mr *mr, struct work_struct *work);
void nemo_mr_renew(struct nemo_mr *mr);

/* marker.c: end markers */
void nemo_mr_marker_init(struct nemo_mr *mr);
void nemo_mr_marker_stop(struct nemo_mr *mr);
void nemo_mr_marker_came(struct nemo_mr *mr, enum nemo_from from,
			 const struct ipv6hdr *inner);
void nemo_mr_marker_enter(struct nemo_mr *mr, enum nemo_mr_state old, u16 seq);
void nemo_mr_marker_renew(struct nemo_mr *mr, u16 seq);
void nemo_mr_marker_wait(struct nemo_mr *mr);
void nemo_mr_marker_pass(struct nemo_mr *mr);

/* attach.c */
int nemo_attach(struct nemo_mr *mr, const struct nemo_mr_conf *conf,
		struct netlink_ext_ack *extack);
void nemo_detach(struct nemo_mr *mr);
void nemo_attach_serving(struct nemo_attachment *att, int change);
bool nemo_attach_can_send(const struct nemo_attachment *att, int port);
bool nemo_port_can_send(const struct nemo_port *port);
int nemo_port_ifindex(const struct nemo_port *port);
unsigned long nemo_port_since(const struct nemo_port *port);
int nemo_attach_ifindex(const struct nemo_attachment *att);
int nemo_attach_register(void);
void nemo_attach_unregister(void);

/* netlink.c */
void nemo_mr_notify_new(const struct nemo_mr *mr);
void nemo_mr_notify_del(const struct nemo_mr *mr);
void nemo_mr_notify_state(const struct nemo_mr *mr, enum nemo_mr_state old,
			  enum nemo_mr_reason reason);
int nemo_mr_netlink_register(void);
void nemo_mr_netlink_unregister(void);

#endif
