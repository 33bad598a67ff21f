// SPDX-License-Identifier: GPL-2.0
/*
 * A bridge drops what comes from a port whose carrier the kernel has not seen to yet
 * (linkwatch), and a guest that goes on after its migration sends at once. So frames wait
 * until the port is ready, or a while, should it never be.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>

#include "early.h"
#include "router.h"

#define NEMO_EARLY_BATCH	64

/* What a guest's own queue may have. */
static const struct nemo_hold_limit nemo_early_limit = {
	.packets = 2048,
	.bytes = 4 << 20,
};

/* One batch. Returns false when there was none, and frames go on from now on. */
static bool nemo_early_batch(struct nemo_early *early)
{
	struct sk_buff_head list;
	struct sk_buff *skb;
	bool more;

	__skb_queue_head_init(&list);
	local_bh_disable();
	spin_lock(&early->lock);
	more = !nemo_hold_empty(&early->hold);
	nemo_hold_take(&early->hold, early->total, &list, NEMO_EARLY_BATCH);
	WRITE_ONCE(early->open, !more);
	spin_unlock(&early->lock);
	while ((skb = __skb_dequeue(&list))) {
		/* it has been through taps, tc and hooks */
		skb->tc_skip_classify = 1;
		netif_receive_skb(skb);
	}
	local_bh_enable();
	return more;
}

static void nemo_early_work(struct work_struct *work)
{
	struct nemo_early *early = container_of(to_delayed_work(work), struct nemo_early, pass);

	while (nemo_early_batch(early))
		cond_resched();
}

/**
 * nemo_early_init() - for a new port
 * @early: what it is
 * @total: what the device holds
 * @open: the port is ready
 */
void nemo_early_init(struct nemo_early *early, struct nemo_hold_total *total, bool open)
{
	spin_lock_init(&early->lock);
	nemo_hold_init(&early->hold);
	early->total = total;
	early->open = open;
	INIT_DELAYED_WORK(&early->pass, nemo_early_work);
}

/**
 * nemo_early_hold() - a frame comes, perhaps too early
 * @early: of the port
 * @skb: frame
 *
 * Context: softirq.
 * Return: verdict of netfilter.
 */
unsigned int nemo_early_hold(struct nemo_early *early, struct sk_buff *skb)
{
	unsigned int verdict = NF_STOLEN;

	spin_lock(&early->lock);
	if (early->open || early->gone)
		verdict = NF_ACCEPT;
	else if (!nemo_hold_add(&early->hold, early->total, &nemo_early_limit, skb))
		verdict = NF_DROP;
	else
		queue_delayed_work(nemo_mr_wq, &early->pass, NEMO_SETTLE_TIMEOUT);
	spin_unlock(&early->lock);
	return verdict;
}

/**
 * nemo_early_look() - the port has changed
 * @early: of the port
 * @ready: it is ready
 *
 * Context: process or softirq.
 */
void nemo_early_look(struct nemo_early *early, bool ready)
{
	spin_lock_bh(&early->lock);
	if (!ready)
		WRITE_ONCE(early->open, false);
	else if (!early->open && !early->gone)
		mod_delayed_work(nemo_mr_wq, &early->pass, 0);
	spin_unlock_bh(&early->lock);
}

/**
 * nemo_early_end() - the port is removed
 * @early: of the port
 *
 * Context: process. It waits for one batch at most.
 */
void nemo_early_end(struct nemo_early *early)
{
	struct sk_buff_head list;

	spin_lock_bh(&early->lock);
	early->gone = true;
	__skb_queue_head_init(&list);
	nemo_hold_take(&early->hold, early->total, &list, UINT_MAX);
	spin_unlock_bh(&early->lock);
	__skb_queue_purge(&list);
	cancel_delayed_work_sync(&early->pass);
}
