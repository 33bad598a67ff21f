// SPDX-License-Identifier: GPL-2.0
/* Packets of a mobile router, and the changes of its state that they see. */
#include <linux/icmpv6.h>
#include <net/ip6_tunnel.h>

#include "router.h"

/*
 * Packets that leave a queue at a time. In between, the CPU does its softirqs,
 * so that a long queue does not overrun the one behind it (a veth's backlog or a
 * tap's ring takes about a thousand).
 */
#define NEMO_DRAIN_BATCH	64

static void nemo_mr_drain_work(struct work_struct *work);

void nemo_mr_path_init(struct nemo_mr *mr)
{
	int from;

	spin_lock_init(&mr->lock);
	INIT_WORK(&mr->drain, nemo_mr_drain_work);
	mr->state = NEMO_MR_STATE_STANDBY;
	for (from = 0; from < NEMO_FROM_COUNT; from++) {
		nemo_hold_init(&mr->hold[from]);
		mr->verdict[from] = nemo_mr_verdict(mr->state, from);
	}
	mr->limit.packets = NEMO_HOLD_PACKETS;
	mr->limit.bytes = NEMO_HOLD_BYTES;
}

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

/* Context: RCU read lock, BH disabled. */
static void nemo_mr_apply(struct nemo_mr *mr, struct sk_buff *skb,
			  enum nemo_from from, enum nemo_verdict verdict,
			  enum nemo_drop reason)
{
	switch (verdict) {
	case NEMO_TO_HA:
		nemo_mr_encap(mr, skb, from, rcu_dereference(mr->ha_ep));
		break;
	case NEMO_TO_PEER:
		nemo_mr_encap(mr, skb, from, rcu_dereference(mr->peer_ep));
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

	return ep && ipv6_addr_equal(&ep->key.local, &outer->daddr);
}

bool nemo_input(struct nemo_tunnel *t, struct nemo_endpoint *ep,
		struct sk_buff *skb)
{
	const struct ipv6hdr *inner = (const struct ipv6hdr *)skb->data;
	struct nemo_mr *mr = nemo_prefix_lookup(&t->prefixes, &inner->daddr);
	enum nemo_from from;

	if (!mr) {
		/* a node that is its own home agent: nemo_ha comes next */
		if (ipv6_addr_equal(&ep->key.local, &ep->key.remote))
			return false;
		nemo_drop_rx(t, skb, NEMO_DROP_NO_ENTRY);
		return true;
	}
	if (ep == rcu_dereference(mr->ha_ep)) {
		from = NEMO_FROM_HA;
	} else if (ep == rcu_dereference(mr->peer_ep) ||
		   ep == rcu_dereference(mr->old_ep)) {
		from = NEMO_FROM_PEER;
	} else {
		atomic64_inc(&mr->stats.dropped);
		nemo_drop_rx(t, skb, NEMO_DROP_WRONG_ENDPOINT);
		return true;
	}
	if (nemo_decap(t, skb))
		nemo_mr_packet(mr, skb, from);
	else
		atomic64_inc(&mr->stats.dropped);
	return true;
}

/* State ------------------------------------------------------------------ */

/* One batch. Returns false when the queue is empty, or is to be held. */
static bool nemo_mr_drain_batch(struct nemo_mr *mr, enum nemo_from from)
{
	struct nemo_hold *hold = &mr->hold[from];
	enum nemo_verdict verdict;
	struct sk_buff_head list;
	struct sk_buff *skb;
	bool more;

	__skb_queue_head_init(&list);
	local_bh_disable();
	spin_lock(&mr->lock);
	verdict = mr->dead ? NEMO_DROP : nemo_mr_verdict(mr->state, from);
	more = verdict != NEMO_HOLD && !nemo_hold_empty(hold);
	if (more) {
		nemo_hold_take(hold, &mr->nd->held, &list, NEMO_DRAIN_BATCH);
	} else {
		WRITE_ONCE(mr->verdict[from], verdict);
		mr->draining &= ~BIT(from);
	}
	spin_unlock(&mr->lock);

	rcu_read_lock();
	while ((skb = __skb_dequeue(&list)))
		nemo_mr_apply(mr, skb, from, verdict, NEMO_DROP_FLUSHED);
	rcu_read_unlock();
	local_bh_enable();
	return more;
}

/*
 * Empty a queue that is no longer to be held. New packets queue behind until
 * it is empty, so that order is kept; a second caller leaves it to the first.
 */
static void nemo_mr_drain_one(struct nemo_mr *mr, enum nemo_from from)
{
	bool mine;

	spin_lock_bh(&mr->lock);
	mine = !(mr->draining & BIT(from));
	mr->draining |= BIT(from);
	spin_unlock_bh(&mr->lock);
	while (mine && nemo_mr_drain_batch(mr, from))
		cond_resched();
}

/*
 * What came by way of the old host is older than what came directly. Context:
 * process.
 */
static void nemo_mr_drain(struct nemo_mr *mr)
{
	nemo_mr_drain_one(mr, NEMO_FROM_PEER);
	nemo_mr_drain_one(mr, NEMO_FROM_HA);
	nemo_mr_drain_one(mr, NEMO_FROM_GUEST);
}

static void nemo_mr_drain_work(struct work_struct *work)
{
	nemo_mr_drain(container_of(work, struct nemo_mr, drain));
}

/* nemo_mr_drain() has to follow, in process context. */
static void nemo_mr_enter(struct nemo_mr *mr, enum nemo_mr_state to,
			  enum nemo_mr_reason reason)
{
	enum nemo_mr_state old = mr->state;
	enum nemo_verdict verdict;
	int from;

	lockdep_assert_held(&mr->lock);
	if (mr->att)
		nemo_attach_serving(mr->att, nemo_mr_serves(to) - nemo_mr_serves(old));
	WRITE_ONCE(mr->state, to);
	for (from = 0; from < NEMO_FROM_COUNT; from++) {
		verdict = nemo_mr_verdict(to, from);
		if (!nemo_hold_empty(&mr->hold[from]) || mr->draining & BIT(from))
			verdict = NEMO_HOLD;
		WRITE_ONCE(mr->verdict[from], verdict);
	}
	nemo_tunnel_changed(&mr->nd->tunnel);
	nemo_mr_notify_state(mr, old, reason);
}

static int nemo_mr_check_change(const struct nemo_mr *mr, enum nemo_mr_state to,
				struct netlink_ext_ack *extack)
{
	if (!nemo_mr_may(mr->state, to)) {
		NL_SET_ERR_MSG(extack, "this state cannot follow the present one");
		return -EBUSY;
	}
	if (to == NEMO_MR_STATE_ACTIVE && !rcu_access_pointer(mr->ha_ep)) {
		NL_SET_ERR_MSG(extack, "active needs a care-of address: set coa");
		return -EINVAL;
	}
	if (to == NEMO_MR_STATE_LEAVING && !rcu_access_pointer(mr->peer_ep)) {
		NL_SET_ERR_MSG(extack, "leaving needs the new host: set coa and peer");
		return -EINVAL;
	}
	return 0;
}

/**
 * nemo_mr_change() - a request wants another state
 * @mr: mobile router
 * @to: state; the present one changes nothing
 * @extack: says what is wrong
 *
 * Return: 0, -EBUSY or -EINVAL.
 */
int nemo_mr_change(struct nemo_mr *mr, enum nemo_mr_state to,
		   struct netlink_ext_ack *extack)
{
	int err;

	spin_lock_bh(&mr->lock);
	err = nemo_mr_check_change(mr, to, extack);
	if (!err && to != mr->state)
		nemo_mr_enter(mr, to, NEMO_MR_REASON_ADMIN);
	spin_unlock_bh(&mr->lock);
	if (!err)
		nemo_mr_drain(mr);
	return err;
}

/**
 * nemo_mr_frame() - the guest has sent a frame
 * @mr: mobile router that the frame speaks for
 *
 * Its first frame on a new host starts the service there.
 *
 * Context: softirq, RCU read lock.
 */
void nemo_mr_frame(struct nemo_mr *mr)
{
	unsigned long now = jiffies ?: 1;
	enum nemo_mr_state state, to;

	if (READ_ONCE(mr->last_frame) != now)
		WRITE_ONCE(mr->last_frame, now);
	state = READ_ONCE(mr->state);
	if (likely(nemo_mr_first_frame(state, READ_ONCE(mr->flags)) == state))
		return;

	spin_lock_bh(&mr->lock);
	to = nemo_mr_first_frame(mr->state, mr->flags);
	/* without a care-of address there is only waiting for one */
	if (to == NEMO_MR_STATE_ACTIVE && !rcu_access_pointer(mr->ha_ep))
		to = NEMO_MR_STATE_ACTIVATING;
	if (to != mr->state && !mr->dead) {
		nemo_mr_enter(mr, to, NEMO_MR_REASON_FIRST_FRAME);
		queue_work(system_highpri_wq, &mr->drain);
	}
	spin_unlock_bh(&mr->lock);
}

/* Nothing finds it any more but who found it before; drop what is held. */
void nemo_mr_path_stop(struct nemo_mr *mr)
{
	int from;

	spin_lock_bh(&mr->lock);
	mr->dead = true;
	if (mr->att)
		nemo_attach_serving(mr->att, -nemo_mr_serves(mr->state));
	WRITE_ONCE(mr->state, NEMO_MR_STATE_STANDBY);
	for (from = 0; from < NEMO_FROM_COUNT; from++)
		WRITE_ONCE(mr->verdict[from], NEMO_DROP);
	spin_unlock_bh(&mr->lock);
	cancel_work_sync(&mr->drain);
	nemo_mr_drain(mr);
}
