// SPDX-License-Identifier: GPL-2.0
/* Names of numbers, after the IANA registry and the RFCs. */
#include "wire.h"

struct name {
	uint8_t value;
	const char *name;
};

/* @table ends with an entry without a name. */
static const char *find(const struct name *table, uint8_t value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return "unassigned";
}

static const struct name types[] = {
	{ MH_BRR, "Binding Refresh Request" },
	{ MH_HOTI, "Home Test Init" },
	{ MH_COTI, "Care-of Test Init" },
	{ MH_HOT, "Home Test" },
	{ MH_COT, "Care-of Test" },
	{ MH_BU, "Binding Update" },
	{ MH_BA, "Binding Acknowledgement" },
	{ MH_BE, "Binding Error" },
	{ MH_FBU, "Fast Binding Update" },
	{ MH_FBACK, "Fast Binding Acknowledgment" },
	{ MH_FNA, "Fast Neighbor Advertisement" },
	{ MH_EXPERIMENTAL, "Experimental Mobility Header" },
	{ MH_HA_SWITCH, "Home Agent Switch" },
	{ MH_HEARTBEAT, "Heartbeat" },
	{ MH_HI, "Handover Initiate" },
	{ MH_HACK, "Handover Acknowledge" },
	{ MH_BR, "Binding Revocation" },
	{ MH_LRI, "Localized Routing Initiation" },
	{ MH_LRA, "Localized Routing Acknowledgment" },
	{ MH_UPN, "Update Notification" },
	{ MH_UPA, "Update Notification Acknowledgement" },
	{ MH_FB, "Flow Binding" },
	{ MH_SUB_QUERY, "Subscription Query" },
	{ MH_SUB_RESP, "Subscription Response" },
	{ }
};

static const struct name ba_statuses[] = {
	{ MH_BA_ACCEPTED, "accepted" },
	{ MH_BA_PREFIX_DISCOVERY, "accepted, prefix discovery necessary" },
	{ 2, "accepted, GRE key option not required" },
	{ 3, "accepted, GRE tunnelling without TLV header" },
	{ MH_BA_MCOA_NOT_COMPLETE, "accepted, not all care-of addresses" },
	{ 5, "accepted, returning home without neighbour discovery" },
	{ MH_BA_TB_IGNORED, "accepted, transient binding ignored" },
	{ MH_BA_UNSPECIFIED, "reason unspecified" },
	{ MH_BA_PROHIBITED, "administratively prohibited" },
	{ MH_BA_NO_RESOURCES, "insufficient resources" },
	{ MH_BA_NO_HOME_REGISTRATION, "home registration not supported" },
	{ MH_BA_NOT_HOME_SUBNET, "not home subnet" },
	{ MH_BA_NOT_HOME_AGENT, "not home agent for this mobile node" },
	{ MH_BA_DAD_FAILED, "duplicate address detection failed" },
	{ MH_BA_SEQ, "sequence number out of window" },
	{ 136, "expired home nonce index" },
	{ 137, "expired care-of nonce index" },
	{ 138, "expired nonces" },
	{ MH_BA_TYPE_CHANGE, "registration type change disallowed" },
	{ MH_BA_MR_NOT_PERMITTED, "mobile router operation not permitted" },
	{ MH_BA_INVALID_PREFIX, "invalid prefix" },
	{ MH_BA_NOT_AUTHORIZED_PREFIX, "not authorized for prefix" },
	{ MH_BA_FORWARDING_FAILED, "forwarding setup failed" },
	{ MH_BA_ID_MISMATCH, "message identification mismatch" },
	{ MH_BA_MESG_ID_REQUIRED, "message identification required" },
	{ MH_BA_AUTH_FAILED, "authentication failed" },
	{ 147, "permanent home keygen token unavailable" },
	{ 148, "CGA and signature verification failed" },
	{ 149, "permanent home keygen token exists" },
	{ 150, "non-null home nonce index expected" },
	{ 151, "service authorization failed" },
	{ 152, "proxy registration not enabled" },
	{ 153, "not LMA for this mobile node" },
	{ 154, "MAG not authorized for proxy registration" },
	{ 155, "not authorized for home network prefix" },
	{ 156, "timestamp mismatch" },
	{ 157, "timestamp lower than previously accepted" },
	{ 158, "missing home network prefix option" },
	{ 159, "prefix sets do not match" },
	{ 160, "missing MN identifier option" },
	{ 161, "missing handoff indicator option" },
	{ 162, "missing access technology type option" },
	{ 163, "GRE key option required" },
	{ MH_BA_MCOA_MALFORMED, "binding identifier malformed" },
	{ 165, "binding without identifier exists" },
	{ MH_BA_MCOA_PROHIBITED, "multiple care-of addresses prohibited" },
	{ 167, "unknown care-of address" },
	{ 168, "bulk registration of care-of addresses prohibited" },
	{ 169, "simultaneous home and foreign binding prohibited" },
	{ MH_BA_INVALID_COA, "invalid care-of address" },
	{ }
};

static const struct name be_statuses[] = {
	{ MH_BE_UNKNOWN_BINDING, "unknown binding for home address option" },
	{ MH_BE_UNKNOWN_TYPE, "unrecognized mobility header type" },
	{ }
};

static const struct name bra_statuses[] = {
	{ MH_BRA_SUCCESS, "success" },
	{ MH_BRA_PARTIAL, "partial success" },
	{ MH_BRA_NO_BINDING, "binding does not exist" },
	{ MH_BRA_NO_IPV4_BINDING, "IPv4 home address binding does not exist" },
	{ MH_BRA_GLOBAL_DENIED, "global revocation not authorized" },
	{ MH_BRA_UNIDENTIFIED, "cannot identify binding" },
	{ MH_BRA_MN_ATTACHED, "revocation failed, mobile node is attached" },
	{ }
};

static const struct name errors[] = {
	{ MH_OK, "no error" },
	{ MH_ERR_SHORT, "message too short" },
	{ MH_ERR_LENGTH, "header length beyond the packet" },
	{ MH_ERR_PROTO, "payload protocol is not 59" },
	{ MH_ERR_TYPE, "message type not known" },
	{ MH_ERR_BR_KIND, "revocation is neither indication nor acknowledgement" },
	{ MH_ERR_OPT_SHORT, "option without a length" },
	{ MH_ERR_OPT_BEYOND, "option ends beyond the message" },
	{ MH_ERR_OPT_LEN, "option length is wrong" },
	{ MH_ERR_OPT_VALUE, "option has an impossible value" },
	{ MH_ERR_OPT_REPEATED, "option is repeated" },
	{ MH_ERR_TOO_MANY, "too many options of one kind" },
	{ MH_ERR_AFTER_AUTH, "option behind the authentication option" },
	{ }
};

const char *mh_type_name(uint8_t type)
{
	return find(types, type);
}

const char *mh_ba_status_name(uint8_t status)
{
	return find(ba_statuses, status);
}

const char *mh_be_status_name(uint8_t status)
{
	return find(be_statuses, status);
}

const char *mh_bra_status_name(uint8_t status)
{
	return find(bra_statuses, status);
}

const char *mh_error_name(enum mh_error error)
{
	return find(errors, error);
}
