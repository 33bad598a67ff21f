// SPDX-License-Identifier: GPL-2.0
/*
 * load - many entries in the kernel's tables.
 *
 *   load bindings DEV N       registers N bindings, one prefix each
 *   load changes DEV N COUNT  then gives the N, in turn, a new care-of address, COUNT
 *                             times in all; prints changes a second
 *   load dump DEV N           then reads the N, and in the middle of that gives each a new
 *                             care-of address, twice: what is read must be of one moment
 *   load routers DEV N        makes N mobile routers
 *
 * Binding i has home address 2001:db8:e:1::i, prefix 2001:db8:80+…::/64 and a care-of
 * address of its own, as if each were on another host.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/ha.h"
#include "lib/mr.h"

static struct in6_addr numbered(const char *text, int at, uint32_t n)
{
	struct in6_addr a;

	inet_pton(AF_INET6, text, &a);
	n = htonl(n);
	memcpy(a.s6_addr + at, &n, 4);
	return a;
}

/* 2001:db8:80xx:xxxx::/64, in 2001:db8:8000::/33 */
static struct nemo_prefix mnp(uint32_t i)
{
	return (struct nemo_prefix) {
		.addr = numbered("2001:db8::", 4, 0x80000000 | i), .len = 64,
	};
}

static int check(struct nemo_nl *nl, int err)
{
	if (err)
		fprintf(stderr, "load: %s\n", nl->error);
	return err;
}

static int bind_one(struct nemo_nl *nl, uint32_t ifindex, uint32_t i, uint16_t seq)
{
	struct nemo_bce_info b = {
		.ifindex = ifindex, .seq = seq, .lifetime = 3600, .prefixes = 1,
		.hoa = numbered("2001:db8:e:1::", 12, i),
		.local = numbered("2001:db8:f::", 12, 1),
		.coa = numbered(seq & 1 ? "2001:db8:1a:1::" : "2001:db8:1b:1::", 12, i),
		.prefix = { mnp(i) },
	};

	snprintf(b.name, sizeof(b.name), "load%u", i);
	NEMO_SET(&b, NEMO_HA_A_IFINDEX);
	NEMO_SET(&b, NEMO_HA_A_NAME);
	NEMO_SET(&b, NEMO_HA_A_HOA);
	NEMO_SET(&b, NEMO_HA_A_LOCAL);
	NEMO_SET(&b, NEMO_HA_A_COA);
	NEMO_SET(&b, NEMO_HA_A_SEQ);
	NEMO_SET(&b, NEMO_HA_A_LIFETIME);
	NEMO_SET(&b, NEMO_HA_A_PREFIX);
	return check(nl, nemo_ha_bind(nl, &b));
}

static int bindings(struct nemo_nl *nl, uint32_t ifindex, uint32_t n)
{
	int err = 0;

	for (uint32_t i = 1; !err && i <= n; i++)
		err = bind_one(nl, ifindex, i, 1);
	return err;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int changes(struct nemo_nl *nl, uint32_t ifindex, uint32_t n, uint32_t count)
{
	double start = seconds();
	int err = 0;

	for (uint32_t k = 0; !err && k < count; k++)
		err = bind_one(nl, ifindex, 1 + k % n, 2 + k / n);
	printf("%.0f\n", count / (seconds() - start));
	return err;
}

/* Bindings that are read, and change meanwhile. */
struct moving {
	struct nemo_nl changer;
	uint32_t ifindex;
	uint32_t n;		/* of them */
	uint32_t read;
	uint16_t seq;		/* of what is read */
	unsigned int attempt;	/* from 0 */
	bool mixed;
	int err;
};

#define CHANGED_ATTEMPTS	2

static void read_one(struct nlmsghdr *nlh, void *arg)
{
	struct moving *m = arg;
	struct nemo_bce_info b;
	int err = nemo_ha_parse(nlh, &b);

	if (m->read && b.seq != m->seq)
		m->mixed = true;
	m->seq = b.seq;
	if (!m->read++ && m->attempt < CHANGED_ATTEMPTS)
		for (uint32_t i = 1; !err && i <= m->n; i++)
			err = bind_one(&m->changer, m->ifindex, i, b.seq + 1);
	m->err = m->err ?: err;
}

static void read_again(void *arg)
{
	struct moving *m = arg;

	m->attempt++;
	m->read = 0;
	m->mixed = false;
}

static int dump(struct nemo_nl *nl, uint32_t ifindex, uint32_t n)
{
	struct moving m = { .ifindex = ifindex, .n = n };
	int err = check(&m.changer, nemo_nl_open(&m.changer, NEMO_HA_FAMILY_NAME));

	if (err)
		return err;
	err = check(nl, nemo_nl_dump(nl, nemo_nl_msg(nl, NEMO_HA_CMD_BCE_GET), read_one,
				     read_again, &m)) ?: m.err;
	if (err)
		return err;
	printf("%u bindings%s, attempt %u\n", m.read, m.mixed ? " of several moments" : "",
	       m.attempt + 1);
	return m.read != n || m.mixed || m.attempt != CHANGED_ATTEMPTS;
}

static int router_one(struct nemo_nl *nl, uint32_t ifindex, uint32_t i)
{
	struct nemo_mr_info m = {
		.ifindex = ifindex, .prefixes = 1, .prefix = { mnp(i) },
		.hoa = numbered("2001:db8:e:1::", 12, i),
		.ha = numbered("2001:db8:f::", 12, 1),
		.coa = numbered("2001:db8:1a:1::", 12, 1),
	};

	snprintf(m.name, sizeof(m.name), "load%u", i);
	NEMO_SET(&m, NEMO_MR_A_IFINDEX);
	NEMO_SET(&m, NEMO_MR_A_NAME);
	NEMO_SET(&m, NEMO_MR_A_HOA);
	NEMO_SET(&m, NEMO_MR_A_HA);
	NEMO_SET(&m, NEMO_MR_A_COA);
	NEMO_SET(&m, NEMO_MR_A_PREFIX);
	return check(nl, nemo_mr_new(nl, &m));
}

static int routers(struct nemo_nl *nl, uint32_t ifindex, uint32_t n)
{
	int err = 0;

	for (uint32_t i = 1; !err && i <= n; i++)
		err = router_one(nl, ifindex, i);
	return err;
}

int main(int argc, char **argv)
{
	const char *family = NEMO_HA_FAMILY_NAME;
	struct nemo_nl nl;
	uint32_t ifindex;

	if (argc < 4 || (!strcmp(argv[1], "changes") && argc < 5)) {
		fprintf(stderr, "usage: load bindings|dump|routers DEV N | changes DEV N COUNT\n");
		return 2;
	}
	if (!strcmp(argv[1], "routers"))
		family = NEMO_MR_FAMILY_NAME;
	ifindex = if_nametoindex(argv[2]);
	if (check(&nl, nemo_nl_open(&nl, family)))
		return 1;
	if (!strcmp(argv[1], "bindings"))
		return !!bindings(&nl, ifindex, atoi(argv[3]));
	if (!strcmp(argv[1], "changes"))
		return !!changes(&nl, ifindex, atoi(argv[3]), atoi(argv[4]));
	if (!strcmp(argv[1], "dump"))
		return !!dump(&nl, ifindex, atoi(argv[3]));
	return !!routers(&nl, ifindex, atoi(argv[3]));
}
