// SPDX-License-Identifier: GPL-2.0
/*
 * End markers of a handover (core/marker.h). The home agent sends one into the
 * old tunnel, the old host passes it on to the new one, and there it lets go
 * what came directly: so no packet overtakes an older one.
 */
#include <linux/timer.h>

#include "../core/marker.h"
#include "../core/seq.h"
#include "router.h"

#define NEMO_MARKER_TIMEOUT	200	/* ms */

/* A wait of a handover before must not end this one. Context: lock. */
static void nemo_mr_marker_expect(struct nemo_mr_marker *m, bool due)
{
	m->due = due;
	m->waits = false;
	del_timer(&m->timer);
}

/* Nothing more is to come by way of the peer. Context: lock. */
static void nemo_mr_marker_release(struct nemo_mr *mr, enum nemo_mr_reason reason)
{
	nemo_mr_marker_expect(&mr->marker, false);
	nemo_mr_renew(mr);
	nemo_tunnel_changed(&mr->nd->tunnel);
	nemo_mr_notify_state(mr, mr->state, reason);
}

static void nemo_mr_marker_late(struct timer_list *timer)
{
	struct nemo_mr *mr = container_of(timer, struct nemo_mr, marker.timer);

	spin_lock(&mr->lock);
	/* it may have been stopped, and started again, since it went off */
	if (mr->marker.waits && !timer_pending(timer) && !mr->dead)
		nemo_mr_marker_release(mr, NEMO_MR_REASON_MARKER_TIMEOUT);
	spin_unlock(&mr->lock);
}

/**
 * nemo_mr_marker_wait() - a packet from the home agent has begun to wait
 * @mr: mobile router
 *
 * A lost marker costs a bounded delay, from the first packet that waits for
 * nothing else. Context: lock of the mobile router.
 */
void nemo_mr_marker_wait(struct nemo_mr *mr)
{
	struct nemo_mr_marker *m = &mr->marker;

	if (!m->due || m->waits || mr->dead ||
	    nemo_mr_verdict(mr->state, NEMO_FROM_HA) == NEMO_HOLD)
		return;
	m->waits = true;
	mod_timer(&m->timer, jiffies + msecs_to_jiffies(READ_ONCE(m->timeout)));
}

/*
 * Behind the queues, to the peer, which may send it back: two hosts in leaving do
 * not play with it for ever. Context: lock.
 */
static void nemo_mr_marker_to_peer(struct nemo_mr_marker *m, struct nemo_mr_mark mark)
{
	if (mark.hops < 2)
		return;
	m->pass = true;
	m->out = mark;
	m->out.hops--;
}

/* Is it the one that is due, and does it find packets that wait for it? */
static bool nemo_mr_marker_fits(const struct nemo_mr *mr, u16 seq)
{
	return mr->marker.due && nemo_seq_newer(seq, mr->marker.fence) &&
	       nemo_mr_serves(mr->state);
}

/*
 * The peer's own marker, with the very number that the handover began with: it
 * has taken the guest back, and wants what is held here. Its agent says so, too,
 * but that may be lost for longer than the peer waits.
 */
static bool nemo_mr_marker_undoes(const struct nemo_mr *mr, enum nemo_from from, u16 seq)
{
	return from == NEMO_FROM_PEER && mr->state == NEMO_MR_STATE_PREPARED &&
	       seq == mr->marker.fence && rcu_access_pointer(mr->peer_ep);
}

/* Context: lock. */
static void nemo_mr_marker_meet(struct nemo_mr *mr, enum nemo_from from,
				struct nemo_mr_mark mark)
{
	struct nemo_mr_marker *m = &mr->marker;

	if (from == NEMO_FROM_PEER && nemo_mr_marker_fits(mr, mark.seq)) {
		nemo_mr_marker_release(mr, NEMO_MR_REASON_MARKER);
		return;
	}
	if (nemo_mr_marker_undoes(mr, from, mark.seq))
		nemo_mr_enter(mr, NEMO_MR_STATE_LEAVING, mark.seq, NEMO_MR_REASON_MARKER);
	switch (nemo_mr_marker_verdict(mr->state, from)) {
	case NEMO_MARKER_PASS:
		nemo_mr_marker_to_peer(m, mark);
		break;
	case NEMO_MARKER_RELEASE:
		/* not the one that is due; if the peer's own, it has to go back */
		if (mark.seq != m->fence)
			break;
		fallthrough;
	case NEMO_MARKER_KEEP:
		m->kept = true;
		m->keep = mark;
		break;
	case NEMO_MARKER_IGNORE:
		break;
	}
}

/* To the peer, at once: the number says which binding we stay with, or switched to. */
static void nemo_mr_marker_emit(struct nemo_mr *mr, struct nemo_mr_mark mark)
{
	struct nemo_marker marker = {
		.hoa = mr->hoa,
		.flowlabel = mr->flowlabel,
		.seq = mark.seq,
		.hops = mark.hops,
	};
	struct nemo_endpoint *ha_ep, *peer_ep;

	local_bh_disable();
	rcu_read_lock();
	ha_ep = rcu_dereference(mr->ha_ep);
	peer_ep = rcu_dereference(mr->peer_ep);
	if (ha_ep && peer_ep) {
		marker.ha = ha_ep->key.remote;
		nemo_marker_send(&mr->nd->tunnel, peer_ep, &marker);
	}
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * nemo_mr_marker_pass() - pass a marker on, if one waits and the queues are empty
 * @mr: mobile router, of which the caller has a reference
 *
 * Context: process; the caller empties the queues.
 */
void nemo_mr_marker_pass(struct nemo_mr *mr)
{
	struct nemo_mr_marker *m = &mr->marker;
	struct nemo_mr_mark mark = {};
	bool pass;

	spin_lock_bh(&mr->lock);
	pass = m->pass && !mr->dead && nemo_hold_empty(&mr->hold[NEMO_FROM_PEER]) &&
	       nemo_hold_empty(&mr->hold[NEMO_FROM_HA]);
	if (pass) {
		m->pass = false;
		mark = m->out;
		nemo_mr_notify_state(mr, mr->state, NEMO_MR_REASON_MARKER);
	}
	spin_unlock_bh(&mr->lock);
	if (pass)
		nemo_mr_marker_emit(mr, mark);
}

/*
 * What is before a marker may still be on its way through this host: with
 * another CPU that forwards it, or in the GRO list of the poll that has brought
 * the marker. After a grace period it is not.
 */
static void nemo_mr_marker_work(struct work_struct *work)
{
	struct nemo_mr *mr = container_of(work, struct nemo_mr, marker.work);
	struct nemo_mr_marker *m = &mr->marker;
	struct nemo_mr_mark in[NEMO_FROM_COUNT], mark = { .hops = NEMO_MARKER_HOPS };
	u8 came;
	bool own;
	int from;

	spin_lock_bh(&mr->lock);
	came = m->came;
	own = m->own;
	mark.seq = m->own_seq;
	memcpy(in, m->in, sizeof(in));
	m->came = 0;
	m->own = false;
	spin_unlock_bh(&mr->lock);

	synchronize_rcu_expedited();
	if (own)
		nemo_mr_marker_emit(mr, mark);
	spin_lock_bh(&mr->lock);
	for (from = 0; from < NEMO_FROM_COUNT && !mr->dead; from++)
		if (came & BIT(from))
			nemo_mr_marker_meet(mr, from, in[from]);
	spin_unlock_bh(&mr->lock);
	nemo_mr_drain(mr);
	nemo_mr_put(mr);
}

/**
 * nemo_mr_marker_came() - a marker has come out of the tunnel
 * @mr: mobile router
 * @from: where from
 * @inner: it
 *
 * Context: softirq, RCU read lock.
 */
void nemo_mr_marker_came(struct nemo_mr *mr, enum nemo_from from,
			 const struct ipv6hdr *inner)
{
	struct nemo_mr_mark mark = { nemo_marker_seq(inner), inner->hop_limit };
	struct nemo_mr_marker *m = &mr->marker;

	spin_lock(&mr->lock);
	/* of two that come together, the older one has nothing to say */
	if (!mr->dead && (!(m->came & BIT(from)) || nemo_seq_newer(mark.seq, m->in[from].seq))) {
		m->came |= BIT(from);
		m->in[from] = mark;
		nemo_mr_schedule(mr, &m->work);
	}
	spin_unlock(&mr->lock);
}

/* One that came before the state that knows what to do with it. */
static void nemo_mr_marker_kept(struct nemo_mr *mr)
{
	enum nemo_marker_verdict verdict = nemo_mr_marker_verdict(mr->state, NEMO_FROM_PEER);
	struct nemo_mr_marker *m = &mr->marker;

	if (!m->kept)
		return;
	if (nemo_mr_marker_fits(mr, m->keep.seq))
		nemo_mr_marker_expect(m, false);
	else if (verdict == NEMO_MARKER_PASS)
		nemo_mr_marker_to_peer(m, m->keep);
	else if (verdict != NEMO_MARKER_IGNORE && m->keep.seq == m->fence)
		return;		/* the peer's own; any other is of a handover before */
	m->kept = false;
}

/**
 * nemo_mr_marker_enter() - what a change of state means for the markers
 * @mr: mobile router, in its new state
 * @old: state before
 * @seq: sequence number of the binding that the change starts from
 *
 * Context: lock of the mobile router.
 */
void nemo_mr_marker_enter(struct nemo_mr *mr, enum nemo_mr_state old, u16 seq)
{
	bool send = nemo_mr_marker_own(old, mr->state);
	struct nemo_mr_marker *m = &mr->marker;

	if (send) {
		m->own = true;
		m->own_seq = seq;
		nemo_mr_schedule(mr, &m->work);
	}
	if (nemo_mr_marker_due(old, mr->state)) {
		nemo_mr_marker_expect(m, true);
		m->mine = send;
		m->kept = false;
		/* our own returns with the present number, the other's is newer */
		m->fence = seq - send;
	}
	if (nemo_mr_marker_off(old, mr->state))
		nemo_mr_marker_expect(m, false);
	nemo_mr_marker_kept(mr);
	if (!nemo_hold_empty(&mr->hold[NEMO_FROM_HA]))
		nemo_mr_marker_wait(mr);
}

/**
 * nemo_mr_marker_renew() - the old host has refreshed its binding meanwhile
 * @mr: mobile router
 * @seq: sequence number of that
 */
void nemo_mr_marker_renew(struct nemo_mr *mr, u16 seq)
{
	spin_lock_bh(&mr->lock);
	if (mr->state == NEMO_MR_STATE_PREPARED && !mr->marker.mine)
		mr->marker.fence = seq;
	spin_unlock_bh(&mr->lock);
}

void nemo_mr_marker_init(struct nemo_mr *mr)
{
	struct nemo_mr_marker *m = &mr->marker;

	timer_setup(&m->timer, nemo_mr_marker_late, 0);
	INIT_WORK(&m->work, nemo_mr_marker_work);
	m->timeout = NEMO_MARKER_TIMEOUT;
}

/* It is dead: nobody starts the timer again. */
void nemo_mr_marker_stop(struct nemo_mr *mr)
{
	del_timer_sync(&mr->marker.timer);
}
