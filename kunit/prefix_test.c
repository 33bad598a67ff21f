// SPDX-License-Identifier: GPL-2.0
/* The prefix table: longest match, checks of a key, replacement without a gap. */
#include <linux/inet.h>
#include <linux/rcupdate.h>

#include "core/prefix.h"
#include "suites.h"

struct fixture {
	struct nemo_prefix_table table;
	struct hlist_head a;	/* prefixes of owner A */
	struct hlist_head b;	/* prefixes of owner B */
};

static char owner_a[] = "A", owner_b[] = "B";

static int prefix_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_EQ(test, 0, nemo_prefix_table_init(&f->table));
	test->priv = f;
	return 0;
}

static void prefix_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	nemo_prefix_remove_all(&f->table, &f->a);
	nemo_prefix_remove_all(&f->table, &f->b);
	nemo_prefix_table_destroy(&f->table);
	rcu_barrier();
}

static struct in6_addr in6(struct kunit *test, const char *text)
{
	struct in6_addr addr;

	KUNIT_ASSERT_TRUE(test, in6_pton(text, -1, addr.s6_addr, -1, NULL));
	return addr;
}

static int key_set(struct kunit *test, struct nemo_prefix_key *key,
		   const char *text, u16 plen)
{
	struct netlink_ext_ack extack = {};
	struct in6_addr addr = in6(test, text);
	int err = nemo_prefix_key_set(key, &addr, plen, &extack);

	/* a refusal without a sentence helps nobody */
	KUNIT_EXPECT_EQ(test, !!err, !!extack._msg);
	return err;
}

/* Give an owner up to two prefixes. */
static int give(struct kunit *test, char *owner, const char *one, u16 one_len,
		const char *two, u16 two_len)
{
	struct fixture *f = test->priv;
	struct netlink_ext_ack extack = {};
	struct nemo_prefix_key keys[2];
	HLIST_HEAD(fresh);
	int n = 0, err;

	if (one)
		KUNIT_ASSERT_EQ(test, 0, key_set(test, &keys[n++], one, one_len));
	if (two)
		KUNIT_ASSERT_EQ(test, 0, key_set(test, &keys[n++], two, two_len));
	KUNIT_ASSERT_EQ(test, 0, nemo_prefix_alloc(&fresh, keys, n));
	err = nemo_prefix_replace(&f->table, owner, owner == owner_a ? &f->a : &f->b,
				  &fresh, &extack);
	KUNIT_EXPECT_EQ(test, !!err, !!extack._msg);
	nemo_prefix_free(&fresh);
	return err;
}

static void *owner_of(struct kunit *test, const char *text)
{
	struct fixture *f = test->priv;
	struct in6_addr addr = in6(test, text);
	void *owner;

	rcu_read_lock();
	owner = nemo_prefix_lookup(&f->table, &addr);
	rcu_read_unlock();
	return owner;
}

static void prefix_empty(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8::1"));
}

static void prefix_edges(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::", 64, NULL, 0));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a,
			    owner_of(test, "2001:db8:a:0:ffff:ffff:ffff:ffff"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:a:1::"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:9:ffff:ffff:ffff:ffff:ffff"));
}

static void prefix_odd_length(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a0::", 43, NULL, 0));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:bf:ffff::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:c0::"));
}

static void prefix_longest_wins(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8::", 32, NULL, 0));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:b::", 48, "2001:db8::7", 128));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:b::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8::7"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8::8"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:c::1"));

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, NULL, 0, NULL, 0));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:b::1"));
}

static void prefix_of_another(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::", 64, NULL, 0));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:b::", 64, NULL, 0));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			give(test, owner_b, "2001:db8:c::", 64, "2001:db8:a::", 64));
	/* and nothing has changed */
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:b::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:c::1"));
}

static void prefix_replace(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nemo_prefix *stays;

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::", 64, NULL, 0));
	stays = hlist_entry(f->a.first, struct nemo_prefix, list);
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::", 64, "2001:db8:b::", 64));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:b::1"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, NULL, 0, "2001:db8:a::", 64));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:b::1"));
	/* the same object all the time: no reader can have missed it */
	KUNIT_EXPECT_PTR_EQ(test, stays, hlist_entry(f->a.first, struct nemo_prefix, list));
}

/* The same prefix twice in one request is one prefix. */
static void prefix_doubled(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::", 64, "2001:db8:a::", 64));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, NULL, 0, NULL, 0));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:a::1"));
}

struct key_case {
	const char *name;
	const char *addr;
	u16 plen;
	int err;
};

static const struct key_case key_cases[] = {
	{ "a 64", "2001:db8::", 64, 0 },
	{ "one address", "2001:db8::1", 128, 0 },
	{ "length 1", "8000::", 1, 0 },
	{ "length 0", "2001:db8::", 0, -EINVAL },
	{ "length 129", "2001:db8::", 129, -EINVAL },
	{ "bits behind the length", "2001:db8::1", 64, -EINVAL },
	{ "one bit behind the length", "2001:db8:0:1::", 63, -EINVAL },
	{ "multicast", "ff02::1", 128, -EINVAL },
	{ "link-local", "fe80::", 64, -EINVAL },
	{ "loopback", "::1", 128, -EINVAL },
	{ "unspecified", "::", 128, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(key, key_cases, name);

static void prefix_key(struct kunit *test)
{
	const struct key_case *c = test->param_value;
	struct nemo_prefix_key key;

	KUNIT_EXPECT_EQ(test, c->err, key_set(test, &key, c->addr, c->plen));
}

/* Many owners' worth of prefixes: the table grows and every one is found. */
static void prefix_many(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nemo_prefix_key *keys;
	struct netlink_ext_ack extack = {};
	const u32 n = 2000;
	HLIST_HEAD(fresh);
	u32 i;

	keys = kunit_kcalloc(test, n, sizeof(*keys), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, keys);
	for (i = 0; i < n; i++) {
		struct in6_addr addr = in6(test, "2001:db8::");

		addr.s6_addr32[1] = htonl(i);
		KUNIT_ASSERT_EQ(test, 0, nemo_prefix_key_set(&keys[i], &addr, 64, &extack));
	}
	KUNIT_ASSERT_EQ(test, 0, nemo_prefix_alloc(&fresh, keys, n));
	KUNIT_ASSERT_EQ(test, 0, nemo_prefix_replace(&f->table, owner_a, &f->a, &fresh, &extack));
	for (i = 0; i < n; i++) {
		void *owner;

		rcu_read_lock();
		owner = nemo_prefix_lookup(&f->table, &keys[i].addr);
		rcu_read_unlock();
		KUNIT_ASSERT_PTR_EQ(test, (void *)owner_a, owner);
	}
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:0:fffe::1"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(prefix_empty),
	KUNIT_CASE(prefix_edges),
	KUNIT_CASE(prefix_odd_length),
	KUNIT_CASE(prefix_longest_wins),
	KUNIT_CASE(prefix_of_another),
	KUNIT_CASE(prefix_replace),
	KUNIT_CASE(prefix_doubled),
	KUNIT_CASE_PARAM(prefix_key, key_gen_params),
	KUNIT_CASE(prefix_many),
	{}
};

struct kunit_suite nemo_prefix_suite = {
	.name = "nemo_prefix",
	.init = prefix_init,
	.exit = prefix_exit,
	.test_cases = cases,
};
