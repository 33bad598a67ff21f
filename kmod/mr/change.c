// SPDX-License-Identifier: GPL-2.0
/* Changes of a mobile router's state, and how they meet what was held. */
#include <linux/workqueue.h>

#include "early.h"
#include "router.h"

/*
 * Packets that leave a queue at a time, and batches that leave it without a pause:
 * the queue behind it (a tap's ring, a veth's backlog) takes about a thousand, and
 * who empties that may be on another CPU. 64 in 0.3 ms are some 200 000/s. Where
 * more than that arrives, the pauses end when all that had waited can have left.
 */
#define NEMO_DRAIN_BATCH	64
#define NEMO_DRAIN_AT_ONCE	8
#define NEMO_DRAIN_PAUSE_US	300

#define NEMO_QUIET		(60 * HZ)

/* In this order: what came by way of the peer is older than what came directly. */
static const u8 nemo_drain_order[NEMO_FROM_COUNT] = {
	NEMO_FROM_GUEST, NEMO_FROM_PEER, NEMO_FROM_HA,
};

struct workqueue_struct *nemo_mr_wq;

/**
 * nemo_mr_schedule() - have work done for a mobile router
 * @mr: mobile router
 * @work: one of its own; it puts the reference that it is given
 *
 * Context: lock of the mobile router, which is not dead.
 */
void nemo_mr_schedule(struct nemo_mr *mr, struct work_struct *work)
{
	lockdep_assert_held(&mr->lock);
	refcount_inc(&mr->refs);
	if (!queue_work(nemo_mr_wq, work))
		nemo_mr_put(mr);	/* never the last: there is the table's */
}

/* Is there something in the queue, or on its way out of it? */
static bool nemo_mr_waits(const struct nemo_mr *mr, enum nemo_from from)
{
	return !nemo_hold_empty(&mr->hold[from]) || mr->draining & BIT(from);
}

/**
 * nemo_mr_verdict_now() - what becomes of a packet that is next in its queue
 * @mr: mobile router
 * @from: where the packet comes from
 *
 * Context: lock of the mobile router.
 * Return: verdict.
 */
enum nemo_verdict nemo_mr_verdict_now(const struct nemo_mr *mr, enum nemo_from from)
{
	enum nemo_verdict verdict = nemo_mr_verdict(mr->state, from);

	lockdep_assert_held(&mr->lock);
	if (mr->dead || verdict == NEMO_DROP)
		return NEMO_DROP;
	if (verdict == NEMO_DELIVER && mr->settling)
		return NEMO_HOLD;
	/* what comes directly is newer than what the peer has sent */
	if (from == NEMO_FROM_HA &&
	    (mr->marker.due || nemo_mr_waits(mr, NEMO_FROM_PEER)))
		return NEMO_HOLD;
	return verdict;
}

/**
 * nemo_mr_renew() - find the verdicts anew
 * @mr: mobile router
 *
 * Where packets wait, more wait behind them, until work has emptied the queue.
 * Context: lock of the mobile router.
 */
void nemo_mr_renew(struct nemo_mr *mr)
{
	enum nemo_verdict verdict;
	int from;

	for (from = 0; from < NEMO_FROM_COUNT; from++) {
		verdict = nemo_mr_waits(mr, from) ? NEMO_HOLD :
						    nemo_mr_verdict_now(mr, from);
		WRITE_ONCE(mr->verdict[from], verdict);
	}
	nemo_mr_schedule(mr, &mr->drain);
}

/* Queues ----------------------------------------------------------------- */

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
	verdict = nemo_mr_verdict_now(mr, from);
	more = verdict != NEMO_HOLD && !nemo_hold_empty(hold);
	if (more) {
		nemo_hold_take(hold, &mr->nd->held, &list, NEMO_DRAIN_BATCH);
		mr->draining |= BIT(from);
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

/* A batch of each in turn: none waits for another to which packets come without end. */
static void nemo_mr_drain_queues(struct nemo_mr *mr)
{
	unsigned int rounds = 0;
	bool more;
	int i;

	do {
		more = false;
		for (i = 0; i < NEMO_FROM_COUNT; i++)
			more |= nemo_mr_drain_batch(mr, nemo_drain_order[i]);
		if (++rounds < NEMO_DRAIN_AT_ONCE ||
		    rounds > READ_ONCE(mr->limit.packets) / NEMO_DRAIN_BATCH)
			cond_resched();
		else if (more)
			usleep_range(NEMO_DRAIN_PAUSE_US, 2 * NEMO_DRAIN_PAUSE_US);
	} while (more);
}

/* Is it for us to empty the queues? Else who does it looks once more. */
static bool nemo_mr_drain_begin(struct nemo_mr *mr)
{
	bool mine;

	spin_lock_bh(&mr->lock);
	mine = !mr->drainer;
	mr->drainer = true;
	mr->drain_again = true;
	spin_unlock_bh(&mr->lock);
	return mine;
}

static bool nemo_mr_drain_more(struct nemo_mr *mr)
{
	bool more;

	spin_lock_bh(&mr->lock);
	more = mr->drain_again;
	mr->drain_again = false;
	mr->drainer = more;
	spin_unlock_bh(&mr->lock);
	return more;
}

/**
 * nemo_mr_drain() - empty the queues that are no longer to be held
 * @mr: mobile router, of which the caller has a reference
 *
 * New packets queue behind until a queue is empty, so that order is kept.
 * Context: process.
 */
void nemo_mr_drain(struct nemo_mr *mr)
{
	if (!nemo_mr_drain_begin(mr))
		return;
	while (nemo_mr_drain_more(mr)) {
		nemo_mr_drain_queues(mr);
		nemo_mr_marker_pass(mr);
	}
}

static void nemo_mr_drain_work(struct work_struct *work)
{
	struct nemo_mr *mr = container_of(work, struct nemo_mr, drain);

	nemo_mr_drain(mr);
	nemo_mr_put(mr);
}

/* The guest's port ------------------------------------------------------- */

/* Context: lock. */
static void nemo_mr_settled(struct nemo_mr *mr)
{
	mr->settling = false;
	nemo_mr_renew(mr);
}

static void nemo_mr_settle_late(struct timer_list *timer)
{
	struct nemo_mr *mr = container_of(timer, struct nemo_mr, settle);

	spin_lock(&mr->lock);
	if (mr->settling && !mr->dead)
		nemo_mr_settled(mr);
	spin_unlock(&mr->lock);
}

/*
 * What a bridge or a port drops that is not ready is lost, so deliver nothing
 * till then; nor for ever, should it never be. Context: lock.
 */
static void nemo_mr_settle(struct nemo_mr *mr, const struct nemo_port *port)
{
	mr->settling = !nemo_port_can_send(port);
	if (!mr->settling)
		return;
	mr->settle_port = nemo_port_ifindex(port);
	mod_timer(&mr->settle, jiffies + NEMO_SETTLE_TIMEOUT);
}

/**
 * nemo_mr_look() - a port or the attachment has changed
 * @mr: mobile router
 *
 * Context: RTNL.
 */
void nemo_mr_look(struct nemo_mr *mr)
{
	spin_lock_bh(&mr->lock);
	if (mr->settling && !mr->dead && nemo_attach_can_send(mr->att, mr->settle_port))
		nemo_mr_settled(mr);
	spin_unlock_bh(&mr->lock);
}

/* States ----------------------------------------------------------------- */

void nemo_mr_change_init(struct nemo_mr *mr)
{
	int from;

	spin_lock_init(&mr->lock);
	INIT_WORK(&mr->drain, nemo_mr_drain_work);
	timer_setup(&mr->settle, nemo_mr_settle_late, 0);
	nemo_mr_marker_init(mr);
	mr->state = NEMO_MR_STATE_STANDBY;
	for (from = 0; from < NEMO_FROM_COUNT; from++) {
		nemo_hold_init(&mr->hold[from]);
		mr->verdict[from] = nemo_mr_verdict(mr->state, from);
	}
	mr->limit.packets = NEMO_HOLD_PACKETS;
	mr->limit.bytes = NEMO_HOLD_BYTES;
}

/**
 * nemo_mr_enter() - take another state
 * @mr: mobile router
 * @to: state
 * @seq: sequence number of the binding that the change starts from
 * @reason: why, for the notification
 *
 * Context: lock.
 */
void nemo_mr_enter(struct nemo_mr *mr, enum nemo_mr_state to, u16 seq,
		   enum nemo_mr_reason reason)
{
	enum nemo_mr_state old = mr->state;

	lockdep_assert_held(&mr->lock);
	if (mr->att)
		nemo_attach_serving(mr->att, nemo_mr_serves(to) - nemo_mr_serves(old));
	WRITE_ONCE(mr->state, to);
	if (to == NEMO_MR_STATE_LEAVING)
		WRITE_ONCE(mr->left, jiffies);
	nemo_mr_marker_enter(mr, old, seq);
	nemo_mr_renew(mr);
	nemo_tunnel_changed(&mr->nd->tunnel);
	nemo_mr_notify_state(mr, old, reason);
}

/**
 * nemo_mr_may_change() - may a request have this state next?
 * @mr: mobile router
 * @to: state
 * @to_ha: it has, or will have, a way to its home agent
 * @to_peer: likewise, to the new host
 * @extack: says why not
 *
 * Without the lock, an answer that may be outdated: for a request that is not to be
 * begun, since its end would be refused.
 * Return: 0, -ENOENT, -EBUSY or -EINVAL.
 */
int nemo_mr_may_change(const struct nemo_mr *mr, enum nemo_mr_state to, bool to_ha,
		       bool to_peer, struct netlink_ext_ack *extack)
{
	if (READ_ONCE(mr->dead)) {
		NL_SET_ERR_MSG(extack, "the mobile router has been removed");
		return -ENOENT;
	}
	if (!nemo_mr_may(READ_ONCE(mr->state), to)) {
		NL_SET_ERR_MSG(extack, "this state cannot follow the present one");
		return -EBUSY;
	}
	if (to == NEMO_MR_STATE_ACTIVE && !to_ha) {
		NL_SET_ERR_MSG(extack, "active needs a care-of address: set coa");
		return -EINVAL;
	}
	if (to == NEMO_MR_STATE_LEAVING && !to_peer) {
		NL_SET_ERR_MSG(extack, "leaving needs the new host: set coa and peer");
		return -EINVAL;
	}
	return 0;
}

/**
 * nemo_mr_change() - a request wants another state
 * @mr: mobile router
 * @to: state; the present one changes nothing
 * @seq: sequence number of the binding that the request knows of
 * @extack: says what is wrong
 *
 * Return: 0, -ENOENT, -EBUSY or -EINVAL.
 */
int nemo_mr_change(struct nemo_mr *mr, enum nemo_mr_state to, u16 seq,
		   struct netlink_ext_ack *extack)
{
	int err;

	spin_lock_bh(&mr->lock);
	err = nemo_mr_may_change(mr, to, rcu_access_pointer(mr->ha_ep),
				 rcu_access_pointer(mr->peer_ep), extack);
	if (!err && to != mr->state)
		nemo_mr_enter(mr, to, seq, NEMO_MR_REASON_ADMIN);
	spin_unlock_bh(&mr->lock);
	return err;
}

/*
 * A frame that says no more than that guests are still here which have not followed. One
 * that comes back has a port that is newer, or was away for long. @last: frame before
 * this, 0 for none.
 */
static bool nemo_mr_left_behind(const struct nemo_mr *mr, const struct nemo_port *port,
				unsigned long last)
{
	return READ_ONCE(mr->flags) & NEMO_MR_FLAG_QUIET &&
	       READ_ONCE(mr->state) == NEMO_MR_STATE_STANDBY &&
	       time_before_eq(nemo_port_since(port), READ_ONCE(mr->left)) &&
	       last && time_before(jiffies, last + NEMO_QUIET);
}

/**
 * nemo_mr_frame() - the guest has sent a frame
 * @mr: mobile router that the frame speaks for
 * @port: where it came in
 *
 * Its first frame on a new host starts the service there.
 *
 * Context: softirq, RCU read lock.
 */
void nemo_mr_frame(struct nemo_mr *mr, const struct nemo_port *port)
{
	unsigned long now = jiffies ?: 1;
	unsigned long last = READ_ONCE(mr->last_frame);
	int ifindex = nemo_port_ifindex(port);
	enum nemo_mr_state state, to;

	if (last != now)
		WRITE_ONCE(mr->last_frame, now);
	if (READ_ONCE(mr->last_port) != ifindex)
		WRITE_ONCE(mr->last_port, ifindex);
	state = READ_ONCE(mr->state);
	if (likely(nemo_mr_first_frame(state, READ_ONCE(mr->flags)) == state) ||
	    nemo_mr_left_behind(mr, port, last))
		return;

	spin_lock_bh(&mr->lock);
	to = nemo_mr_first_frame(mr->state, READ_ONCE(mr->flags));
	/* without a care-of address there is only waiting for one */
	if (to == NEMO_MR_STATE_ACTIVE && !rcu_access_pointer(mr->ha_ep))
		to = NEMO_MR_STATE_ACTIVATING;
	if (to != mr->state && !mr->dead) {
		nemo_mr_settle(mr, port);
		nemo_mr_enter(mr, to, READ_ONCE(mr->seq), NEMO_MR_REASON_FIRST_FRAME);
	}
	spin_unlock_bh(&mr->lock);
}

/**
 * nemo_mr_port_gone() - the guest's port takes no packet any more
 * @mr: mobile router
 *
 * If a new host is prepared, it has gone there; what comes from now on goes after it.
 * Context: RTNL.
 */
void nemo_mr_port_gone(struct nemo_mr *mr)
{
	enum nemo_mr_state to;

	spin_lock_bh(&mr->lock);
	to = nemo_mr_port_end(mr->state, READ_ONCE(mr->flags));
	if (to != mr->state && !mr->dead && rcu_access_pointer(mr->peer_ep))
		nemo_mr_enter(mr, to, READ_ONCE(mr->seq), NEMO_MR_REASON_PORT_GONE);
	spin_unlock_bh(&mr->lock);
}

/*
 * It is dead: nothing finds it any more but who found it before. What is held
 * is dropped by the work.
 */
void nemo_mr_change_stop(struct nemo_mr *mr)
{
	spin_lock_bh(&mr->lock);
	if (mr->att)
		nemo_attach_serving(mr->att, -nemo_mr_serves(mr->state));
	WRITE_ONCE(mr->state, NEMO_MR_STATE_STANDBY);
	nemo_mr_renew(mr);
	spin_unlock_bh(&mr->lock);
	del_timer_sync(&mr->settle);
	nemo_mr_marker_stop(mr);
}
