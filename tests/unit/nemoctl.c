// SPDX-License-Identifier: GPL-2.0
/* What nemoctl prints of fixed structures; messages to structures; names. */
#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json_tokener.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/extack.h"
#include "lib/names.h"
#include "nemoctl/show.h"
#include "nemoctl/timeline.h"
#include "../wire/tap.h"

static char *text;
static size_t size;

static struct out start(bool json)
{
	struct out out = { .json = json };

	free(text);
	text = NULL;
	out.file = open_memstream(&text, &size);
	return out;
}

/* Did it print just this? Shows both if not. */
static bool printed(struct out *out, const char *want)
{
	fclose(out->file);
	if (!strcmp(text, want))
		return true;
	printf("# got:\n%s\n# want:\n%s\n", text, want);
	return false;
}

static struct in6_addr addr(const char *string)
{
	struct in6_addr result;

	inet_pton(AF_INET6, string, &result);
	return result;
}

static struct nemo_mr_info example_mr(void)
{
	struct nemo_mr_info info = {
		.ifindex = 5, .name = "guest1", .hoa = addr("2001:db8:f:1::1"),
		.ha = addr("2001:db8:f::1"), .coa = addr("2001:db8:1a::1"),
		.state = NEMO_MR_STATE_ACTIVE, .prefixes = 2,
		.prefix = { { addr("2001:db8:100:1::"), 64 },
			    { addr("2001:db8:200::"), 48 } },
		.attachment = 3, .guests = 1,
		.guest = { { 0x52, 0x54, 0, 0, 0, 1 } }, .excludes = 1,
		.exclude = { "eth1" }, .flags = NEMO_MR_FLAG_TRIGGER,
		.seq = 7, .lifetime = 60, .expires = 59999, .last_frame = 12,
		.hold_packets = 8192, .hold_bytes = 16777216,
		.held_uplink = 1, .held_downlink = 2, .marker_timeout = 200,
	};

	info.stats[NEMO_MR_A_STATS_TX_PACKETS] = 18446744073709551615ULL;
	NEMO_SET(&info, NEMO_MR_A_HOA);
	NEMO_SET(&info, NEMO_MR_A_HA);
	NEMO_SET(&info, NEMO_MR_A_COA);
	NEMO_SET(&info, NEMO_MR_A_LAST_FRAME);
	return info;
}

static void mr_text(void)
{
	struct nemo_mr_info info = example_mr();
	struct out out = start(false);

	out_array(&out, NULL);
	show_mr(&out, &info, "nemo0", "br0");
	out_end(&out);
	CHECK(printed(&out,
		"guest1: dev nemo0 state active\n"
		"    hoa 2001:db8:f:1::1 ha 2001:db8:f::1 coa 2001:db8:1a::1\n"
		"    mnp 2001:db8:100:1::/64 mnp 2001:db8:200::/48\n"
		"    attachment br0 guest 52:54:00:00:00:01 exclude eth1 trigger on\n"
		"    seq 7 lifetime 60s expires 59999ms last-frame 12ms\n"
		"    hold-packets 8192 hold-bytes 16777216 marker-timeout 200ms "
		"held-uplink 1 held-downlink 2\n"
		"    counters tx-packets 18446744073709551615\n"));
}

static void mr_json(void)
{
	struct nemo_mr_info info = example_mr();
	struct out out = start(true);

	out_array(&out, NULL);
	show_mr(&out, &info, "nemo0", "br0");
	out_end(&out);
	CHECK(printed(&out,
		"[{\"name\":\"guest1\",\"dev\":\"nemo0\",\"ifindex\":5,"
		"\"state\":\"active\",\"hoa\":\"2001:db8:f:1::1\","
		"\"ha\":\"2001:db8:f::1\",\"coa\":\"2001:db8:1a::1\","
		"\"mnp\":[\"2001:db8:100:1::/64\",\"2001:db8:200::/48\"],"
		"\"attachment\":\"br0\",\"guest\":[\"52:54:00:00:00:01\"],"
		"\"exclude\":[\"eth1\"],\"trigger\":true,\"prepared-uplink\":false,"
		"\"undo\":false,\"leave-with-port\":false,\"quiet\":false,"
		"\"seq\":7,\"lifetime\":60,\"expires\":59999,\"last-frame\":12,"
		"\"hold-packets\":8192,\"hold-bytes\":16777216,"
		"\"marker-timeout\":200,\"held-uplink\":1,\"held-downlink\":2,"
		"\"marker-due\":false,"
		"\"stats\":{\"tx-packets\":18446744073709551615,\"tx-bytes\":0,"
		"\"rx-packets\":0,\"rx-bytes\":0,\"held\":0,\"forwarded\":0,"
		"\"dropped\":0}}]\n"));
}

static void flags_that_are_on(void)
{
	struct nemo_mr_info info = example_mr();
	struct out out = start(false);

	info.flags = NEMO_MR_FLAG_PREPARED_UPLINK | NEMO_MR_FLAG_UNDO |
		     NEMO_MR_FLAG_LEAVE_WITH_PORT | NEMO_MR_FLAG_QUIET;
	info.marker_due = 1;
	show_mr(&out, &info, "nemo0", "br0");
	fclose(out.file);
	CHECK(strstr(text, " trigger off prepared-uplink on undo on"
			   " leave-with-port on quiet on\n"));
	CHECK(strstr(text, " held-downlink 2 marker-due on\n"));
}

static void state_has_colour(void)
{
	struct nemo_mr_info info = example_mr();
	struct out out = start(false);

	out.colour = true;
	show_mr(&out, &info, "nemo0", "br0");
	fclose(out.file);
	CHECK(strstr(text, "\033[32m active\033[0m\n"));
}

static struct nemo_bce_info example_bce(void)
{
	struct nemo_bce_info info = {
		.ifindex = 6, .name = "guest1", .hoa = addr("2001:db8:f:1::1"),
		.local = addr("2001:db8:f::1"), .coa = addr("2001:db8:1b::1"),
		.seq = 8, .lifetime = 60, .expires = 1, .prefixes = 1,
		.prefix = { { addr("2001:db8:100:1::"), 64 } },
		.old_coa = addr("2001:db8:1a::1"),
		.reason = NEMO_HA_REASON_REPLACED, .time = 1764000000123456789ULL,
	};

	NEMO_SET(&info, NEMO_HA_A_NAME);
	return info;
}

static void bce_both(void)
{
	struct nemo_bce_info info = example_bce();
	struct out out = start(false);

	show_bce(&out, &info, "nemo-ha0");
	CHECK(printed(&out,
		"2001:db8:f:1::1: name guest1 dev nemo-ha0\n"
		"    coa 2001:db8:1b::1 local 2001:db8:f::1\n"
		"    mnp 2001:db8:100:1::/64\n"
		"    seq 8 lifetime 60s expires 1ms\n"
		"    counters\n"));
	out = start(true);
	out_array(&out, NULL);
	show_bce(&out, &info, "nemo-ha0");
	out_end(&out);
	CHECK(printed(&out,
		"[{\"hoa\":\"2001:db8:f:1::1\",\"name\":\"guest1\","
		"\"dev\":\"nemo-ha0\",\"ifindex\":6,\"coa\":\"2001:db8:1b::1\","
		"\"local\":\"2001:db8:f::1\",\"mnp\":[\"2001:db8:100:1::/64\"],"
		"\"seq\":8,\"lifetime\":60,\"expires\":1,\"stats\":{"
		"\"tx-packets\":0,\"tx-bytes\":0,\"rx-packets\":0,\"rx-bytes\":0}}]\n"));
}

static void bce_event(void)
{
	struct nemo_bce_info info = example_bce();
	struct out out = start(false);

	NEMO_SET(&info, NEMO_HA_A_OLD_COA);
	NEMO_SET(&info, NEMO_HA_A_TCOA);
	NEMO_SET(&info, NEMO_HA_A_TCOA_LIFETIME);
	info.tcoa = info.old_coa;
	info.tcoa_lifetime = 2000;
	setenv("TZ", "UTC", 1);
	show_bce_event(&out, &info, "nemo-ha0");
	CHECK(printed(&out, "2025-11-24T16:00:00.123456789 ha replaced "
		"2001:db8:f:1::1: name guest1 dev nemo-ha0 coa 2001:db8:1b::1 "
		"tcoa 2001:db8:1a::1 tcoa-lifetime 2000ms local 2001:db8:f::1 old-coa 2001:db8:1a::1 seq 8 lifetime 60s\n"));
}

static void mr_events(void)
{
	struct nemo_mr_info info = { .cmd = NEMO_MR_CMD_STATE_NTF, .ifindex = 5,
		.name = "guest1", .state = NEMO_MR_STATE_ACTIVATING,
		.reason = NEMO_MR_REASON_FIRST_FRAME, .time = 1764000000000000001ULL };
	struct out out = start(true);

	NEMO_SET(&info, NEMO_MR_A_TIME);
	show_mr_event(&out, &info, "nemo0", "", 0);
	CHECK(printed(&out, "{\"time\":1764000000000000001,\"event\":\"state\","
		"\"name\":\"guest1\",\"dev\":\"nemo0\",\"ifindex\":5,"
		"\"old-state\":\"standby\",\"state\":\"activating\","
		"\"reason\":\"first-frame\",\"seq\":0,\"held-uplink\":0,"
		"\"held-downlink\":0,\"marker-due\":false,\"stats\":{"
		"\"tx-packets\":0,\"tx-bytes\":0,\"rx-packets\":0,\"rx-bytes\":0,"
		"\"held\":0,\"forwarded\":0,\"dropped\":0}}\n"));
	info.cmd = NEMO_MR_CMD_MR_DEL_NTF;
	out = start(false);
	setenv("TZ", "UTC", 1);
	show_mr_event(&out, &info, "nemo0", "", 0);
	CHECK(printed(&out,
		"2025-11-24T16:00:00.000000001 mr del guest1: dev nemo0\n"));
}

static void marker_events(void)
{
	struct nemo_mr_info info = { .cmd = NEMO_MR_CMD_STATE_NTF, .ifindex = 5,
		.name = "guest1", .state = NEMO_MR_STATE_ACTIVE,
		.old_state = NEMO_MR_STATE_PREPARED, .held_downlink = 9,
		.marker_due = 1, .reason = NEMO_MR_REASON_FIRST_FRAME,
		.time = 1764000000000000001ULL };
	struct out out = start(false);

	NEMO_SET(&info, NEMO_MR_A_TIME);
	info.stats[NEMO_MR_A_STATS_HELD] = 30;
	setenv("TZ", "UTC", 1);
	show_mr_event(&out, &info, "nemo0", "", 0);
	CHECK(printed(&out, "2025-11-24T16:00:00.000000001 mr state guest1: "
		"dev nemo0 prepared -> active reason first-frame seq 0 "
		"held-uplink 0 held-downlink 9 marker-due on counters held 30\n"));
	info.old_state = info.state;
	info.reason = NEMO_MR_REASON_MARKER_TIMEOUT;
	info.marker_due = 0;
	out = start(false);
	show_mr_event(&out, &info, "nemo0", "", 0);
	CHECK(printed(&out, "2025-11-24T16:00:00.000000001 mr state guest1: "
		"dev nemo0 active reason marker-timeout seq 0 "
		"held-uplink 0 held-downlink 9 counters held 30\n"));
}

static void timeline_of(const char *answer, bool json, const char *want)
{
	struct json_object *tree = json_tokener_parse(answer);
	struct out out = start(json);

	timeline_show(&out, tree);
	json_object_put(tree);
	CHECK(printed(&out, want));
}

#define MOVE								\
	"{\"name\":\"guest1\",\"handovers\":[{\"id\":7,\"role\":\"new\","	\
	"\"peer\":\"hostA\",\"outcome\":\"done\",\"steps\":["		\
	"{\"step\":\"prepared\",\"time_ns\":1764000000000000000},"		\
	"{\"step\":\"first-frame\",\"time_ns\":1764000001234567890},"		\
	"{\"step\":\"marker\",\"time_ns\":1764000001254567890}],"		\
	"\"held\":12,\"forwarded\":0,\"dropped\":1}]}"

static void timelines(void)
{
	setenv("TZ", "UTC", 1);
	timeline_of(MOVE, false,
		    "guest1: handover 7 role new peer hostA outcome done\n"
		    "    prepared        16:00:00.000000     -1234.568 ms\n"
		    "    first-frame     16:00:01.234567        +0.000 ms\n"
		    "    marker          16:00:01.254567       +20.000 ms\n"
		    "    packets held 12 forwarded 0 dropped 1\n");
	timeline_of(MOVE, true, MOVE "\n");
	timeline_of("{\"name\":\"guest1\",\"handovers\":[]}", false,
		    "guest1: no handover yet\n");
	/* a running one that nobody announced; an answer of another agent */
	timeline_of("{\"name\":\"guest1\",\"handovers\":[{\"id\":8,\"role\":\"new\","
		    "\"outcome\":\"running\",\"steps\":[]}]}", false,
		    "guest1: handover 8 role new outcome running\n");
	timeline_of("{\"handovers\":[{\"role\":\"old\",\"steps\":["
		    "{\"step\":\"prepare\",\"time_ns\":1764000000000000000},"
		    "{\"step\":\"abort\",\"time_ns\":1764000000500000000}]},{}]}", false,
		    "?: handover 0 role old outcome ?\n"
		    "    prepare         16:00:00.000000        +0.000 ms\n"
		    "    abort           16:00:00.500000      +500.000 ms\n"
		    "?: handover 0 role ? outcome ?\n");
}

static void link_both(void)
{
	struct nemo_link_info info = { .kind = NEMO_MR_FAMILY_NAME, .ifindex = 5,
		.ifname = "nemo0", .count = 3, .hold_bytes = 67108864 };
	struct out out = start(false);

	info.drops[NEMO_MR_A_DROPS_SPOOFED] = 4;
	show_link(&out, &info);
	CHECK(printed(&out,
		"nemo0: type mr mobile-routers 3 hold-bytes 67108864 held-bytes 0\n"
		"    drops spoofed 4\n"));
	info.kind = NEMO_HA_FAMILY_NAME;
	out = start(true);
	show_link(&out, &info);
	CHECK(printed(&out,
		"{\"dev\":\"nemo0\",\"ifindex\":5,\"type\":\"ha\",\"count\":3,"
		"\"drops\":{\"malformed\":0,\"no-entry\":0,\"spoofed\":4,"
		"\"wrong-endpoint\":0,\"state\":0,\"hold-full\":0,\"flushed\":0,"
		"\"no-route\":0,\"too-big\":0,\"encap-limit\":0,\"ecn\":0,"
		"\"family\":0,\"nomem\":0}}\n"));
}

static struct nl_msg *mr_message(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct in6_addr net = addr("2001:db8:100:1::");
	struct nlattr *nest;

	genlmsg_put(msg, 0, 0, 30, 0, 0, NEMO_MR_CMD_MR_GET, 1);
	nla_put_u32(msg, NEMO_MR_A_IFINDEX, 5);
	nla_put_string(msg, NEMO_MR_A_NAME, "guest1");
	nest = nla_nest_start(msg, NEMO_MR_A_PREFIX);
	nla_put_u16(msg, NEMO_MR_A_PREFIX_FAMILY, AF_INET6);
	nla_put(msg, NEMO_MR_A_PREFIX_ADDRESS, sizeof(net), &net);
	nla_put_u8(msg, NEMO_MR_A_PREFIX_LENGTH, 64);
	nla_nest_end(msg, nest);
	nla_put_u16(msg, NEMO_MR_A_SEQ, 65535);
	nla_put_u32(msg, NEMO_MR_A_MARKER_TIMEOUT, 10000);
	nla_put_u8(msg, NEMO_MR_A_MARKER_DUE, 1);
	return msg;
}

static void parse_message(void)
{
	struct nl_msg *msg = mr_message();
	struct nemo_mr_info info;

	nla_put_u32(msg, NEMO_MR_A_MAX + 1, 1);	/* of a newer kernel */
	CHECK(!nemo_mr_parse(nlmsg_hdr(msg), &info));
	CHECK(info.cmd == NEMO_MR_CMD_MR_GET && info.ifindex == 5);
	CHECK(!strcmp(info.name, "guest1") && info.seq == 65535);
	CHECK(info.marker_timeout == 10000 && info.marker_due == 1);
	CHECK(info.prefixes == 1 && info.prefix[0].len == 64);
	CHECK(NEMO_HAS(&info, NEMO_MR_A_SEQ) && !NEMO_HAS(&info, NEMO_MR_A_COA));
	nlmsg_free(msg);
}

static void parse_bad_messages(void)
{
	struct nl_msg *msg = mr_message();
	struct nemo_mr_info info;

	nla_put_u8(msg, NEMO_MR_A_LIFETIME, 1);
	CHECK(nemo_mr_parse(nlmsg_hdr(msg), &info) == -EBADMSG);
	nlmsg_free(msg);

	msg = mr_message();
	for (int i = 0; i <= NEMO_MR_GUEST_MAX; i++)
		nla_put(msg, NEMO_MR_A_GUEST, 6, "\2\0\0\0\0\1");
	CHECK(nemo_mr_parse(nlmsg_hdr(msg), &info) == -EBADMSG);
	nlmsg_free(msg);
}

/* NLMSG_ERROR about an attribute of mr_message(), as the kernel makes it. */
static struct nl_msg *refusal(struct nl_msg *request, struct nlattr *about)
{
	struct nlmsghdr *nlh = nlmsg_hdr(request);
	struct nl_msg *msg = nlmsg_alloc_simple(NLMSG_ERROR, NLM_F_ACK_TLVS);
	int error = -ERANGE;
	struct nlattr *nest;

	nlmsg_append(msg, &error, sizeof(error), 0);
	nlmsg_append(msg, nlh, nlh->nlmsg_len, NLMSG_ALIGNTO);
	nla_put_string(msg, NLMSGERR_ATTR_MSG, "integer out of range");
	nla_put_u32(msg, NLMSGERR_ATTR_OFFS, (char *)about - (char *)nlh);
	nest = nla_nest_start(msg, NLMSGERR_ATTR_POLICY);
	nla_put_u64(msg, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 1);
	nla_put_u64(msg, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 9);
	nla_nest_end(msg, nest);
	return msg;
}

static void extack_sentence(void)
{
	struct nl_msg *request = mr_message(), *answer;
	struct nlattr *seq = nlmsg_find_attr(nlmsg_hdr(request), GENL_HDRLEN,
					     NEMO_MR_A_SEQ);
	char sentence[NEMO_NL_ERROR_MAX];

	answer = refusal(request, seq);
	nemo_extack_print(sentence, sizeof(sentence), nlmsg_hdr(request),
			  nlmsg_hdr(answer), &nemo_mr_attrs, GENL_HDRLEN);
	CHECK(!strcmp(sentence, "seq: integer out of range (1 to 9)"));

	nlmsg_hdr(answer)->nlmsg_flags = 0;
	nemo_extack_print(sentence, sizeof(sentence), nlmsg_hdr(request),
			  nlmsg_hdr(answer), &nemo_mr_attrs, GENL_HDRLEN);
	CHECK(!strcmp(sentence, strerror(ERANGE)));
	nlmsg_free(request);
	nlmsg_free(answer);
}

static void every_number_has_a_name(void)
{
	for (int i = 1; i <= NEMO_MR_A_MAX; i++)
		CHECK(i == NEMO_MR_A_PAD || nemo_mr_attrs.name[i]);
	for (int i = 1; i <= NEMO_HA_A_MAX; i++)
		CHECK(i == NEMO_HA_A_PAD || nemo_ha_attrs.name[i]);
	for (int i = NEMO_MR_A_DROPS_PAD + 1; i <= NEMO_MR_A_DROPS_MAX; i++)
		CHECK(nemo_drops.name[i]);
	for (int i = NEMO_MR_A_STATS_PAD + 1; i <= NEMO_MR_A_STATS_MAX; i++)
		CHECK(nemo_mr_stats.name[i]);
	CHECK(nemo_number(&nemo_mr_reasons, "marker-timeout") ==
	      NEMO_MR_REASON_MARKER_TIMEOUT);
	CHECK(nemo_number(&nemo_mr_states, "leaving") == NEMO_MR_STATE_LEAVING);
	CHECK(nemo_number(&nemo_mr_states, "Leaving") == -1);
	CHECK(!strcmp(nemo_name(&nemo_mr_states, 99), "?"));
}

static bool bad_prefix(const char *string)
{
	struct nemo_prefix p;

	return nemo_prefix_parse(&p, string);
}

static void prefixes(void)
{
	struct nemo_prefix a, b;
	struct in6_addr in = addr("2001:db8:1:ffff::1");
	char buf[NEMO_PREFIX_STRLEN];

	CHECK(!nemo_prefix_parse(&a, "2001:db8:1::/48"));
	CHECK(!strcmp(nemo_prefix_print(&a, buf), "2001:db8:1::/48"));
	CHECK(nemo_prefix_contains(&a, &in));
	CHECK(!nemo_prefix_parse(&b, "2001:db8:1:8000::/49"));
	CHECK(nemo_prefix_overlap(&a, &b) && nemo_prefix_overlap(&b, &a));
	CHECK(nemo_prefix_contains(&b, &in));
	CHECK(!nemo_prefix_parse(&a, "2001:db8:1::/49"));
	CHECK(!nemo_prefix_overlap(&a, &b) && !nemo_prefix_contains(&a, &in));
	CHECK(!nemo_prefix_parse(&a, "2001:db8::1/128"));
	CHECK(bad_prefix("2001:db8::1/127") && bad_prefix("2001:db8::") &&
	      bad_prefix("2001:db8::/0") && bad_prefix("2001:db8::/129") &&
	      bad_prefix("2001:db8::/") && bad_prefix("2001:db8::/64 ") &&
	      bad_prefix("2001:db8::/+4") && bad_prefix("10.0.0.0/8") &&
	      bad_prefix("/64") && bad_prefix(""));
}

static const struct tap_test tests[] = {
	{ "a mobile router as text", mr_text },
	{ "a mobile router as JSON", mr_json },
	{ "flags show when they are on", flags_that_are_on },
	{ "a state has its colour on a terminal", state_has_colour },
	{ "a binding as text and JSON", bce_both },
	{ "a binding's event", bce_event },
	{ "a mobile router's events", mr_events },
	{ "events of end markers", marker_events },
	{ "a timeline as table and JSON", timelines },
	{ "a device as text and JSON", link_both },
	{ "a message becomes a structure", parse_message },
	{ "a bad message is refused", parse_bad_messages },
	{ "the kernel's refusal becomes a sentence", extack_sentence },
	{ "every number of the families has a name", every_number_has_a_name },
	{ "prefixes", prefixes },
};

int main(void)
{
	int failed = tap_run(tests, sizeof(tests) / sizeof(*tests));

	free(text);
	return failed;
}
