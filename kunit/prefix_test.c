// SPDX-License-Identifier: GPL-2.0
/* The prefix table: longest match, checks of a key, replacement without a gap. */
#include <linux/inet.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "core/prefix.h"
#include "suites.h"

struct fixture {
	struct nemo_prefix_table table;
	struct hlist_head a;	/* prefixes of owner A */
	struct hlist_head b;	/* prefixes of owner B */
};

#define KEYS_MAX	4

static int owner_a[1], owner_b[1];	/* only their addresses matter */

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

/* The keys of "2001:db8:a::/64 2001:db8::1/128"; how many. */
static int keys_of(struct kunit *test, struct nemo_prefix_key *keys, const char *text)
{
	struct netlink_ext_ack extack = {};
	struct in6_addr addr;
	int n = 0, got, used;
	const char *end;
	u16 plen;

	for (; *text; text = skip_spaces(end + used)) {
		KUNIT_ASSERT_TRUE(test, in6_pton(text, -1, addr.s6_addr, '/', &end));
		got = sscanf(end, "/%hu%n", &plen, &used);
		KUNIT_ASSERT_EQ(test, 1, got);
		KUNIT_ASSERT_LT(test, n, KEYS_MAX);
		KUNIT_ASSERT_EQ(test, 0, nemo_prefix_key_set(&keys[n++], &addr, plen, &extack));
	}
	return n;
}

/* Give an owner these prefixes and no other. */
static int give(struct kunit *test, void *owner, const char *prefixes)
{
	struct fixture *f = test->priv;
	struct netlink_ext_ack extack = {};
	struct nemo_prefix_key keys[KEYS_MAX];
	HLIST_HEAD(fresh);
	int err;

	KUNIT_ASSERT_EQ(test, 0, nemo_prefix_alloc(&fresh, keys, keys_of(test, keys, prefixes)));
	err = nemo_prefix_replace(&f->table, owner, owner == owner_a ? &f->a : &f->b,
				  &fresh, &extack);
	KUNIT_EXPECT_EQ(test, !!err, !!extack._msg);
	KUNIT_EXPECT_TRUE(test, err || hlist_empty(&fresh));
	nemo_prefix_free(&fresh);
	return err;
}

static int lengths_in_use(struct kunit *test)
{
	struct fixture *f = test->priv;

	return bitmap_weight(f->table.lens, NEMO_PLEN_MAX + 1);
}

static struct nemo_prefix *first(struct hlist_head *list)
{
	return hlist_entry_safe(list->first, struct nemo_prefix, list);
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
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a,
			    owner_of(test, "2001:db8:a:0:ffff:ffff:ffff:ffff"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:a:1::"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:9:ffff:ffff:ffff:ffff:ffff"));
}

static void prefix_odd_length(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a0::/43"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:bf:ffff::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:c0::"));
}

static void prefix_longest_wins(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8::/32"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:b::/48 2001:db8::7/128"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:b::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8::7"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8::8"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:c::1"));

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, ""));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:b::1"));
}

/* Prefixes of one address in all lengths; the owner is the length. */
static void prefix_nested(struct kunit *test)
{
	static char owners[NEMO_PLEN_MAX + 1];
	const struct in6_addr base = in6(test, "a5a5:a5a5:a5a5:a5a5:a5a5:a5a5:a5a5:a5a5");
	struct fixture *f = test->priv;
	struct netlink_ext_ack extack = {};
	struct nemo_prefix_key key;
	struct in6_addr addr;
	int plen, bit;

	for (plen = 1; plen <= NEMO_PLEN_MAX; plen++) {
		HLIST_HEAD(fresh);
		HLIST_HEAD(cur);

		ipv6_addr_prefix(&addr, &base, plen);
		KUNIT_ASSERT_EQ(test, 0, nemo_prefix_key_set(&key, &addr, plen, &extack));
		KUNIT_ASSERT_EQ(test, 0, nemo_prefix_alloc(&fresh, &key, 1));
		KUNIT_ASSERT_EQ(test, 0, nemo_prefix_replace(&f->table, &owners[plen], &cur,
							     &fresh, &extack));
		/* where prefix_exit() looks */
		hlist_add_head(&first(&cur)->list, &f->a);
	}
	KUNIT_EXPECT_EQ(test, NEMO_PLEN_MAX, lengths_in_use(test));

	for (bit = 0; bit <= NEMO_PLEN_MAX; bit++) {
		void *owner;

		/* agrees with base up to this bit, and no further */
		addr = base;
		if (bit < NEMO_PLEN_MAX)
			addr.s6_addr[bit / 8] ^= 0x80 >> bit % 8;
		rcu_read_lock();
		owner = nemo_prefix_lookup(&f->table, &addr);
		rcu_read_unlock();
		KUNIT_EXPECT_PTR_EQ_MSG(test, bit ? (void *)&owners[bit] : NULL, owner,
					"bit %d", bit);
	}
}

/* A length that nobody has any more costs a lookup nothing. */
static void prefix_lengths(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, 0, lengths_in_use(test));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64 2001:db8::1/128"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:b::/64"));
	KUNIT_EXPECT_EQ(test, 2, lengths_in_use(test));
	KUNIT_EXPECT_TRUE(test, test_bit(64, f->table.lens));
	KUNIT_EXPECT_TRUE(test, test_bit(128, f->table.lens));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/48"));
	KUNIT_EXPECT_EQ(test, 2, lengths_in_use(test));
	KUNIT_EXPECT_TRUE(test, test_bit(64, f->table.lens));
	KUNIT_EXPECT_TRUE(test, test_bit(48, f->table.lens));
	nemo_prefix_remove_all(&f->table, &f->b);
	KUNIT_EXPECT_TRUE(test, hlist_empty(&f->b));
	KUNIT_EXPECT_EQ(test, 1, lengths_in_use(test));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:b::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	nemo_prefix_remove_all(&f->table, &f->a);
	KUNIT_EXPECT_EQ(test, 0, lengths_in_use(test));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:a::1"));
}

/* What B asks for, of which A has some. */
static const char * const taken[] = {
	"2001:db8:a::/64",
	"2001:db8:a::/64 2001:db8:c::/56",
	"2001:db8:c::/56 2001:db8:a::/64",
	"2001:db8:b::/64 2001:db8:c::/56 2001:db8:a::/64",
};

static void taken_name(const char * const *prefixes, char *name)
{
	strscpy(name, *prefixes, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(taken, taken, taken_name);

static void prefix_of_another(struct kunit *test)
{
	const char * const *prefixes = test->param_value;
	struct fixture *f = test->priv;
	struct nemo_prefix *before;

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:b::/64"));
	before = first(&f->b);
	KUNIT_EXPECT_EQ(test, -EEXIST, give(test, owner_b, *prefixes));
	/* and nothing has changed */
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:b::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:c::1"));
	KUNIT_EXPECT_PTR_EQ(test, before, first(&f->b));
	KUNIT_EXPECT_NULL(test, before->list.next);
	KUNIT_EXPECT_EQ(test, 1, lengths_in_use(test));
}

/* The same address in another length is another prefix. */
static void prefix_of_another_length(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:a::/48 2001:db8:a::/128"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:a::"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:a:1::1"));
}

static void prefix_replace(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct nemo_prefix *stays;

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	stays = first(&f->a);
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64 2001:db8:b::/64"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:b::1"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:b::1"));
	/* the same object all the time: no reader can have missed it */
	KUNIT_EXPECT_PTR_EQ(test, stays, first(&f->a));
	KUNIT_EXPECT_NULL(test, stays->list.next);
}

/* What one owner gives up, another can have. */
static void prefix_handed_on(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:b::/64"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_b, "2001:db8:a::/64"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_b, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:b::1"));
}

/* The same prefix twice in one request is one prefix. */
static void prefix_doubled(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64 2001:db8:a::/64"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, ""));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_EQ(test, 0, lengths_in_use(test));
}

/* What A, which has a::/64, asks for in a table that has room for one more. */
static const char * const no_room[] = {
	"2001:db8:b::/56 2001:db8:c::/60",
	"2001:db8:a::/64 2001:db8:b::/56 2001:db8:c::/60",
	"2001:db8:b::/56 2001:db8:a::/64 2001:db8:c::/60",
	"2001:db8:b::/56 2001:db8:c::/60 2001:db8:a::/64",
	"2001:db8:b::/56 2001:db8:b::/56 2001:db8:c::/60",
};

KUNIT_ARRAY_PARAM(no_room, no_room, taken_name);

static void prefix_no_room(struct kunit *test)
{
	const char * const *prefixes = test->param_value;
	struct fixture *f = test->priv;
	struct nemo_prefix *before;

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8:a::/64"));
	before = first(&f->a);
	/* there is no other way to make an insertion fail */
	f->table.ht.max_elems = 2;
	KUNIT_EXPECT_EQ(test, -E2BIG, give(test, owner_a, *prefixes));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8:a::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:b::1"));
	KUNIT_EXPECT_NULL(test, owner_of(test, "2001:db8:c::1"));
	KUNIT_EXPECT_PTR_EQ(test, before, first(&f->a));
	KUNIT_EXPECT_NULL(test, before->list.next);
	KUNIT_EXPECT_EQ(test, 1, lengths_in_use(test));
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
	{ "length 65535", "2001:db8::", 65535, -EINVAL },
	{ "unique local", "fd00:1::", 48, 0 },
	{ "length 127", "2001:db8::2", 127, 0 },
	{ "last bit behind the length", "2001:db8::1", 127, -EINVAL },
	{ "bits behind the length", "2001:db8::1", 64, -EINVAL },
	{ "one bit behind the length", "2001:db8:0:1::", 63, -EINVAL },
	{ "multicast", "ff02::1", 128, -EINVAL },
	{ "global multicast", "ff0e::1", 128, -EINVAL },
	{ "link-local", "fe80::", 64, -EINVAL },
	{ "link-local address", "fe80::1", 128, -EINVAL },
	{ "loopback", "::1", 128, -EINVAL },
	{ "unspecified", "::", 128, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(key, key_cases, name);

static void prefix_key(struct kunit *test)
{
	const struct key_case *c = test->param_value;
	const struct in6_addr addr = in6(test, c->addr);
	struct nemo_prefix_key key;

	KUNIT_EXPECT_EQ(test, c->err, key_set(test, &key, c->addr, c->plen));
	if (c->err)
		return;
	KUNIT_EXPECT_EQ(test, AF_INET6, key.family);
	KUNIT_EXPECT_EQ(test, c->plen, key.plen);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&key.addr, &addr));
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
	KUNIT_EXPECT_EQ(test, 1, lengths_in_use(test));

	KUNIT_ASSERT_EQ(test, 0, give(test, owner_a, "2001:db8::/64"));
	KUNIT_EXPECT_PTR_EQ(test, (void *)owner_a, owner_of(test, "2001:db8::1"));
	for (i = 1; i < n; i++) {
		void *owner;

		rcu_read_lock();
		owner = nemo_prefix_lookup(&f->table, &keys[i].addr);
		rcu_read_unlock();
		KUNIT_ASSERT_NULL(test, owner);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(prefix_empty),
	KUNIT_CASE(prefix_edges),
	KUNIT_CASE(prefix_odd_length),
	KUNIT_CASE(prefix_longest_wins),
	KUNIT_CASE(prefix_nested),
	KUNIT_CASE(prefix_lengths),
	KUNIT_CASE_PARAM(prefix_of_another, taken_gen_params),
	KUNIT_CASE(prefix_of_another_length),
	KUNIT_CASE(prefix_replace),
	KUNIT_CASE(prefix_handed_on),
	KUNIT_CASE(prefix_doubled),
	KUNIT_CASE_PARAM(prefix_no_room, no_room_gen_params),
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
