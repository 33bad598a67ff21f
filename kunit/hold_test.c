// SPDX-License-Identifier: GPL-2.0
/* The hold queue: order, its three bounds, and what they count. */
#include "core/hold.h"
#include "suites.h"

struct fixture {
	struct nemo_hold hold;
	struct nemo_hold other;	/* a second queue of the device */
	struct nemo_hold_total total;
	struct nemo_hold_limit limit;
	struct sk_buff_head out;
};

static int hold_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->hold.bytes = 1;	/* as of an object that was used before */
	nemo_hold_init(&f->hold);
	nemo_hold_init(&f->other);
	f->total.max_bytes = NEMO_HOLD_TOTAL;
	f->limit.packets = NEMO_HOLD_PACKETS;
	f->limit.bytes = NEMO_HOLD_BYTES;
	__skb_queue_head_init(&f->out);
	test->priv = f;
	return 0;
}

static void hold_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
	nemo_hold_take(&f->other, &f->total, &f->out, UINT_MAX);
	__skb_queue_purge(&f->out);
}

/* Add a packet with a number to a queue; true if the queue took it. */
static bool add_to(struct kunit *test, struct nemo_hold *hold, u32 number)
{
	struct fixture *f = test->priv;
	struct sk_buff *skb = alloc_skb(100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->mark = number;
	if (nemo_hold_add(hold, &f->total, &f->limit, skb))
		return true;
	kfree_skb(skb);
	return false;
}

static bool add(struct kunit *test, u32 number)
{
	struct fixture *f = test->priv;

	return add_to(test, &f->hold, number);
}

static u32 packet_size(struct kunit *test)
{
	struct fixture *f = test->priv;

	return skb_peek(&f->hold.queue)->truesize;
}

static void hold_keeps_order(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sk_buff *skb;
	u32 i;

	KUNIT_EXPECT_TRUE(test, nemo_hold_empty(&f->hold));
	for (i = 0; i < 5; i++)
		KUNIT_ASSERT_TRUE(test, add(test, i));
	KUNIT_EXPECT_FALSE(test, nemo_hold_empty(&f->hold));
	nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
	KUNIT_EXPECT_TRUE(test, nemo_hold_empty(&f->hold));
	for (i = 0; i < 5; i++) {
		skb = __skb_dequeue(&f->out);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, i, skb->mark);
		kfree_skb(skb);
	}
}

static void hold_counts_truesize(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_TRUE(test, add(test, 0));
	KUNIT_ASSERT_TRUE(test, add(test, 1));
	KUNIT_EXPECT_EQ(test, 2 * packet_size(test), f->hold.bytes);
	KUNIT_EXPECT_EQ(test, f->hold.bytes, atomic_read(&f->total.bytes));
	nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
	KUNIT_EXPECT_EQ(test, 0, f->hold.bytes);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->total.bytes));
}

static void hold_limits_packets(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->limit.packets = 2;
	KUNIT_EXPECT_TRUE(test, add(test, 0));
	KUNIT_EXPECT_TRUE(test, add(test, 1));
	KUNIT_EXPECT_FALSE(test, add(test, 2));
	KUNIT_EXPECT_EQ(test, 2, skb_queue_len(&f->hold.queue));
	KUNIT_EXPECT_EQ(test, 2 * packet_size(test), f->hold.bytes);
	KUNIT_EXPECT_EQ(test, f->hold.bytes, atomic_read(&f->total.bytes));
	/* a limit may be lowered below what waits already: that stays */
	f->limit.packets = 1;
	KUNIT_EXPECT_FALSE(test, add(test, 2));
	KUNIT_EXPECT_EQ(test, 2, skb_queue_len(&f->hold.queue));
}

static void hold_limits_bytes(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_TRUE(test, add(test, 0));
	f->limit.bytes = 2 * packet_size(test);
	KUNIT_EXPECT_TRUE(test, add(test, 1));
	KUNIT_EXPECT_FALSE(test, add(test, 2));
	KUNIT_EXPECT_EQ(test, f->limit.bytes, f->hold.bytes);
	KUNIT_EXPECT_EQ(test, f->hold.bytes, atomic_read(&f->total.bytes));
	f->limit.bytes--;
	KUNIT_EXPECT_FALSE(test, add(test, 2));
	KUNIT_EXPECT_EQ(test, 2, skb_queue_len(&f->hold.queue));
}

/* A queue may be empty and there is no room still: others have taken it all. */
static void hold_limits_total(struct kunit *test)
{
	struct fixture *f = test->priv;
	int others;

	KUNIT_ASSERT_TRUE(test, add(test, 0));
	others = f->total.max_bytes - packet_size(test);
	atomic_add(others, &f->total.bytes);
	KUNIT_EXPECT_FALSE(test, add(test, 1));
	KUNIT_EXPECT_EQ(test, f->total.max_bytes, atomic_read(&f->total.bytes));
	KUNIT_EXPECT_EQ(test, packet_size(test), f->hold.bytes);
	atomic_sub(others, &f->total.bytes);
	KUNIT_EXPECT_TRUE(test, add(test, 1));
}

/* Two queues of a device; what one lets go, the other may take. */
static void hold_shares_total(struct kunit *test)
{
	struct fixture *f = test->priv;
	u32 size;

	KUNIT_ASSERT_TRUE(test, add(test, 0));
	size = packet_size(test);
	f->total.max_bytes = 3 * size;
	KUNIT_EXPECT_TRUE(test, add(test, 1));
	KUNIT_EXPECT_TRUE(test, add_to(test, &f->other, 2));
	KUNIT_EXPECT_FALSE(test, add_to(test, &f->other, 3));
	nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
	KUNIT_EXPECT_EQ(test, size, atomic_read(&f->total.bytes));
	KUNIT_EXPECT_TRUE(test, add_to(test, &f->other, 3));
	KUNIT_EXPECT_EQ(test, 2 * size, f->other.bytes);
	nemo_hold_take(&f->other, &f->total, &f->out, UINT_MAX);
	KUNIT_EXPECT_EQ(test, 4, skb_queue_len(&f->out));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->total.bytes));
}

/* No more than asked for, the oldest first; the rest stays accounted for. */
static void hold_takes_some(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sk_buff *skb;
	u32 i, bytes;

	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_TRUE(test, add(test, i));
	bytes = f->hold.bytes;
	nemo_hold_take(&f->hold, &f->total, &f->out, 2);
	KUNIT_EXPECT_EQ(test, 2, skb_queue_len(&f->out));
	KUNIT_EXPECT_EQ(test, bytes / 3, f->hold.bytes);
	KUNIT_EXPECT_EQ(test, f->hold.bytes, atomic_read(&f->total.bytes));
	for (i = 0; i < 2; i++) {
		skb = __skb_dequeue(&f->out);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, i, skb->mark);
		kfree_skb(skb);
	}
	nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
	KUNIT_EXPECT_EQ(test, 1, skb_queue_len(&f->out));
}

/* A drain takes until nothing is left: to take nothing is usual. */
static void hold_takes_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct sk_buff *skb;
	u32 i;

	nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&f->out));
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, add(test, i));
		nemo_hold_take(&f->hold, &f->total, &f->out, UINT_MAX);
		KUNIT_EXPECT_EQ(test, 1, skb_queue_len(&f->out));
		skb = __skb_dequeue(&f->out);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, i, skb->mark);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, 0, f->hold.bytes);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->total.bytes));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hold_keeps_order),
	KUNIT_CASE(hold_counts_truesize),
	KUNIT_CASE(hold_limits_packets),
	KUNIT_CASE(hold_limits_bytes),
	KUNIT_CASE(hold_limits_total),
	KUNIT_CASE(hold_shares_total),
	KUNIT_CASE(hold_takes_some),
	KUNIT_CASE(hold_takes_again),
	{}
};

struct kunit_suite nemo_hold_suite = {
	.name = "nemo_hold",
	.init = hold_init,
	.exit = hold_exit,
	.test_cases = cases,
};
