// SPDX-License-Identifier: GPL-2.0
/*
 * The codec as a filter, for tests in other languages. A line in, a line out:
 *
 *   parse HEX              -> the message as words, or "error NAME"
 *   build WORD...          -> HEX, or "error ERRNO"
 *   checksum SRC DST HEX   -> HEX with the checksum set
 *   sign KEYHEX COA HOA HEX -> HEX signed by lib/auth
 *   bu COA HA HOA HEX      -> IPv6 packet as HEX
 *   ba HA COA HOA HEX
 *   plain SRC DST HEX
 *
 * Words of a message, in the order in which parse prints them; numbers are
 * decimal, octets hex, "-" is no octet; a care-of address may be missing:
 *
 *   bu=SEQ,FLAGS,LIFETIME  ba=STATUS,FLAGS,SEQ,LIFETIME  be=STATUS,HOA  brr
 *   hi=SEQ,FLAGS,CODE  hack=SEQ,FLAGS,CODE  br=KIND,CODE,SEQ,FLAGS
 *   refresh=N alt_coa=ADDR mn_id=SUBTYPE,OCTETS auth=SPI,OCTETS mesg_id=N
 *   link_local=ADDR timestamp=N lma=ADDR iid=OCTETS transient=LATE,LIFETIME
 *   mnp=LEN,ADDR hnp=LEN,ADDR bid=ID,STATUS,FLAGS[,ADDR]
 *   vendor=ID,SUBTYPE,OCTETS ctx_req=TYPE,OCTETS unknown=OFF,TYPE,LEN
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/lib/auth.h"
#include "message.h"

#define LINE_MAX_LEN	32768

/* Octets of the words of one line live here. */
static uint8_t pool[LINE_MAX_LEN];
static size_t pool_used;

static size_t from_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	if (!strcmp(hex, "-"))
		return 0;
	for (; hex[0] && hex[1]; hex += 2, n++)
		if (sscanf(hex, "%2hhx", &out[n]) != 1)
			return 0;
	return n;
}

static struct mh_data octets(const char *hex)
{
	struct mh_data d = { pool + pool_used, 0 };

	d.len = from_hex(hex, pool + pool_used);
	pool_used += d.len;
	return d;
}

static void print_hex(const uint8_t *data, size_t len)
{
	if (!len)
		putchar('-');
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
}

/* The comma-separated fields of a word. */
#define MAX_FIELDS	4

static char *fields[MAX_FIELDS];

static void split(char *value)
{
	memset(fields, 0, sizeof(fields));
	for (int i = 0; i < MAX_FIELDS; i++)
		fields[i] = strsep(&value, ",");
}

static uint64_t num(int i)
{
	return fields[i] ? strtoull(fields[i], NULL, 10) : 0;
}

static struct in6_addr address(int i)
{
	return addr(fields[i] ? fields[i] : "::");
}

static const struct {
	const char *name;
	uint8_t type;
} types[] = {
	{ "brr", MH_BRR }, { "bu", MH_BU }, { "ba", MH_BA }, { "be", MH_BE },
	{ "hi", MH_HI }, { "hack", MH_HACK }, { "br", MH_BR },
};

static void read_fields(struct mh_msg *m)
{
	switch (m->type) {
	case MH_BU:
		m->bu = (struct mh_bu){ num(0), num(1), num(2) };
		break;
	case MH_BA:
		m->ba = (struct mh_ba){ num(0), num(1), num(2), num(3) };
		break;
	case MH_BE:
		m->be = (struct mh_be){ num(0), address(1) };
		break;
	case MH_HI:
	case MH_HACK:
		m->hi = (struct mh_hi){ num(0), num(1), num(2) };
		break;
	case MH_BR:
		m->br = (struct mh_br){ num(0), num(1), num(2), num(3) };
		break;
	}
}

static bool read_type(struct mh_msg *m, const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(name, types[i].name)) {
			m->type = types[i].type;
			read_fields(m);
			return true;
		}
	return false;
}

static bool read_single(struct mh_opts *o, const char *name)
{
#define IS(word, opt)	(!strcmp(name, word) && (o->has |= MH_BIT(opt)))
	if (IS("refresh", MH_OPT_REFRESH_ADVICE))
		o->refresh_advice = num(0);
	else if (IS("alt_coa", MH_OPT_ALT_COA))
		o->alt_coa = address(0);
	else if (IS("mn_id", MH_OPT_MN_ID))
		o->mn_id = (struct mh_mn_id){ num(0), octets(fields[1]) };
	else if (IS("auth", MH_OPT_AUTH))
		o->auth = (struct mh_auth){ num(0), octets(fields[1]) };
	else if (IS("mesg_id", MH_OPT_MESG_ID))
		o->mesg_id = num(0);
	else if (IS("link_local", MH_OPT_LINK_LOCAL))
		o->link_local = address(0);
	else if (IS("timestamp", MH_OPT_TIMESTAMP))
		o->timestamp = num(0);
	else if (IS("lma", MH_OPT_LMA))
		o->lma = address(0);
	else if (IS("iid", MH_OPT_MN_LLA_IID))
		memcpy(o->mn_lla_iid, octets(fields[0]).data, 8);
	else if (IS("transient", MH_OPT_TRANSIENT))
		o->transient = (struct mh_transient){ num(0), num(1) };
	else
		return false;
	return true;
#undef IS
}

static bool read_repeated(struct mh_opts *o, const char *name)
{
	if (!strcmp(name, "mnp") && o->n_mnp < MH_MAX_MNP)
		o->mnp[o->n_mnp++] = (struct mh_prefix){ address(1), num(0) };
	else if (!strcmp(name, "hnp") && o->n_hnp < MH_MAX_HNP)
		o->hnp[o->n_hnp++] = (struct mh_prefix){ address(1), num(0) };
	else if (!strcmp(name, "bid") && o->n_bid < MH_MAX_BID)
		o->bid[o->n_bid++] = (struct mh_bid){
			num(0), num(1), num(2), fields[3], address(3),
		};
	else if (!strcmp(name, "vendor") && o->n_vendor < MH_MAX_VENDOR)
		o->vendor[o->n_vendor++] = (struct mh_vendor){
			num(0), num(1), octets(fields[2]),
		};
	else if (!strcmp(name, "ctx_req") && o->n_ctx_req < MH_MAX_CTX_REQ)
		o->ctx_req[o->n_ctx_req++] = (struct mh_ctx_req){
			num(0), octets(fields[1]),
		};
	else
		return false;
	return true;
}

static void do_build(char *rest)
{
	struct mh_msg msg = { .type = 255 };
	uint8_t buf[MH_MAX_LEN];
	char *word;
	ssize_t len;

	pool_used = 0;
	while ((word = strsep(&rest, " "))) {
		char *name = strsep(&word, "=");

		split(word);
		if (!read_type(&msg, name) && !read_single(&msg.opts, name) &&
		    !read_repeated(&msg.opts, name)) {
			printf("error word %s", name);
			return;
		}
	}
	len = mh_build(&msg, buf, sizeof(buf));
	if (len < 0)
		printf("error %zd", len);
	else
		print_hex(buf, len);
}

static void print_addr(const char *head, const struct in6_addr *a)
{
	char text[INET6_ADDRSTRLEN];

	printf("%s%s", head, inet_ntop(AF_INET6, a, text, sizeof(text)));
}

static void print_octets(const char *head, unsigned int number,
			 const struct mh_data *data)
{
	printf("%s%u,", head, number);
	print_hex(data->data, data->len);
}

static void print_fields(const struct mh_msg *m)
{
	switch (m->type) {
	case MH_BRR:
		printf("brr");
		break;
	case MH_BU:
		printf("bu=%u,%u,%u", m->bu.seq, m->bu.flags, m->bu.lifetime);
		break;
	case MH_BA:
		printf("ba=%u,%u,%u,%u", m->ba.status, m->ba.flags, m->ba.seq,
		       m->ba.lifetime);
		break;
	case MH_BE:
		printf("be=%u", m->be.status);
		print_addr(",", &m->be.hoa);
		break;
	case MH_HI:
	case MH_HACK:
		printf("%s=%u,%u,%u", m->type == MH_HI ? "hi" : "hack",
		       m->hi.seq, m->hi.flags, m->hi.code);
		break;
	case MH_BR:
		printf("br=%u,%u,%u,%u", m->br.kind, m->br.code, m->br.seq,
		       m->br.flags);
		break;
	}
}

static void print_singles(const struct mh_opts *o)
{
	if (mh_has(o, MH_OPT_REFRESH_ADVICE))
		printf(" refresh=%u", o->refresh_advice);
	if (mh_has(o, MH_OPT_ALT_COA))
		print_addr(" alt_coa=", &o->alt_coa);
	if (mh_has(o, MH_OPT_MN_ID))
		print_octets(" mn_id=", o->mn_id.subtype, &o->mn_id.id);
	if (mh_has(o, MH_OPT_AUTH))
		print_octets(" auth=", o->auth.spi, &o->auth.mac);
	if (mh_has(o, MH_OPT_MESG_ID))
		printf(" mesg_id=%" PRIu64, o->mesg_id);
	if (mh_has(o, MH_OPT_LINK_LOCAL))
		print_addr(" link_local=", &o->link_local);
	if (mh_has(o, MH_OPT_TIMESTAMP))
		printf(" timestamp=%" PRIu64, o->timestamp);
	if (mh_has(o, MH_OPT_LMA))
		print_addr(" lma=", &o->lma);
	if (mh_has(o, MH_OPT_MN_LLA_IID)) {
		printf(" iid=");
		print_hex(o->mn_lla_iid, 8);
	}
	if (mh_has(o, MH_OPT_TRANSIENT))
		printf(" transient=%u,%u", o->transient.late,
		       o->transient.lifetime);
}

static void print_repeated(const struct mh_opts *o)
{
	for (int i = 0; i < o->n_mnp; i++) {
		printf(" mnp=%u", o->mnp[i].len);
		print_addr(",", &o->mnp[i].addr);
	}
	for (int i = 0; i < o->n_hnp; i++) {
		printf(" hnp=%u", o->hnp[i].len);
		print_addr(",", &o->hnp[i].addr);
	}
	for (int i = 0; i < o->n_bid; i++) {
		printf(" bid=%u,%u,%u", o->bid[i].id, o->bid[i].status,
		       o->bid[i].flags);
		if (o->bid[i].has_coa)
			print_addr(",", &o->bid[i].coa);
	}
	for (int i = 0; i < o->n_vendor; i++) {
		printf(" vendor=%u", o->vendor[i].id);
		print_octets(",", o->vendor[i].subtype, &o->vendor[i].value);
	}
	for (int i = 0; i < o->n_ctx_req; i++)
		print_octets(" ctx_req=", o->ctx_req[i].type,
			     &o->ctx_req[i].value);
	for (int i = 0; i < o->n_unknown && i < MH_MAX_UNKNOWN; i++)
		printf(" unknown=%u,%u,%u", o->unknown[i].off,
		       o->unknown[i].type, o->unknown[i].len);
}

static void do_parse(char *hex)
{
	uint8_t buf[LINE_MAX_LEN];
	size_t len = from_hex(hex, buf);
	uint8_t *exact = malloc(len + 1);	/* ASan guards its end */
	struct mh_msg msg;

	memcpy(exact + 1, buf, len);
	if (mh_parse(exact + 1, len, &msg)) {
		printf("error %s", mh_error_name(msg.error));
	} else {
		print_fields(&msg);
		print_singles(&msg.opts);
		print_repeated(&msg.opts);
	}
	free(exact);
}

/* @n addresses, then the message. */
static size_t read_args(char *rest, struct in6_addr *addrs, int n, uint8_t *mh)
{
	for (int i = 0; i < n; i++)
		addrs[i] = addr(strsep(&rest, " "));
	return from_hex(rest, mh);
}

static void do_checksum(char *rest)
{
	uint8_t mh[LINE_MAX_LEN];
	struct in6_addr a[2];
	size_t len = read_args(rest, a, 2, mh);

	mh_set_checksum(mh, len, &a[0], &a[1]);
	print_hex(mh, len);
}

static void do_sign(char *rest)
{
	uint8_t key[LINE_MAX_LEN], mh[LINE_MAX_LEN];
	size_t keylen = from_hex(strsep(&rest, " "), key);
	struct in6_addr a[2];
	size_t len = read_args(rest, a, 2, mh);
	int err = nemo_auth_sign(key, keylen, &a[0], &a[1], mh, len);

	if (err)
		printf("error %d", err);
	else
		print_hex(mh, len);
}

static void do_packet(char kind, char *rest)
{
	uint8_t mh[LINE_MAX_LEN], packet[MH_MAX_LEN + MH_PACKET_OVERHEAD];
	struct in6_addr a[3];
	size_t len = read_args(rest, a, kind == 'p' ? 2 : 3, mh);
	ssize_t n;

	if (kind == 'u')
		n = mh_packet_bu(mh, len, &a[0], &a[1], &a[2], packet,
				 sizeof(packet));
	else if (kind == 'a')
		n = mh_packet_ba(mh, len, &a[0], &a[1], &a[2], packet,
				 sizeof(packet));
	else
		n = mh_packet_plain(mh, len, &a[0], &a[1], packet,
				    sizeof(packet));
	if (n < 0)
		printf("error %zd", n);
	else
		print_hex(packet, n);
}

int main(void)
{
	static char line[LINE_MAX_LEN];

	while (fgets(line, sizeof(line), stdin)) {
		char *rest = line, *verb;

		line[strcspn(line, "\n")] = '\0';
		verb = strsep(&rest, " ");
		if (!rest)
			printf("error usage");
		else if (!strcmp(verb, "parse"))
			do_parse(rest);
		else if (!strcmp(verb, "build"))
			do_build(rest);
		else if (!strcmp(verb, "checksum"))
			do_checksum(rest);
		else if (!strcmp(verb, "sign"))
			do_sign(rest);
		else if (!strcmp(verb, "bu") || !strcmp(verb, "ba") ||
			 !strcmp(verb, "plain"))
			do_packet(verb[0] == 'p' ? 'p' : verb[1], rest);
		else
			printf("error verb %s", verb);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
