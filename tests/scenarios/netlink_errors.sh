#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Requests that the two netlink families must refuse, each with an error number and a
# sentence; who may ask at all; devices that cannot be made.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_families

# ... and in another namespace one that is not to be found
ip netns add there
ip -n there link add far0 index 4711 type nemo_mr
FAR_IFINDEX=4711
export FAR_IFINDEX

errors=$LAB/netlink_errors.py
part attributes on here "$errors" attributes
part meaning on here "$errors" meaning
export WHO="a user"
part stranger on here setpriv --reuid 65534 --regid 65534 --clear-groups "$errors" stranger
export WHO="root of a user namespace, in a network namespace that is not its own"
part foreign on here setpriv --reuid 65534 --regid 65534 --clear-groups \
	unshare -Ur "$errors" stranger
part owner on here setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn sh -c \
	"ip link add br0 type bridge; ip link add nemo0 type nemo_mr
	 ip link add nemo-ha0 type nemo_ha; exec '$errors' owner"

# Devices where they cannot be
# refused SENTENCE COMMAND...
refused() {
	local text=$1 out rc=0
	shift
	out=$("$@" 2>&1) || rc=$?
	echo "$out (status $rc)"
	[ $rc != 0 ] && [[ "$out" =~ $text ]]
}

devices() {
	ip -n here -br link
	ip -n there -br link
}

# 6.1 has no words for it
stays='netns is immutable|Invalid argument'
before=$(devices)
for dev in nemo0 nemo-ha0; do
	kind=nemo_mr
	[ $dev = nemo0 ] || kind=nemo_ha
	ok "$kind: made from another namespace" refused "make the device in the namespace" \
		ip -n there link add new0 netns here type $kind
	ok "$kind: to tunnel in another namespace" refused "$stays" \
		ip -n here link add new0 link-netns there type $kind
	ok "$kind: moved to another namespace" refused "$stays" ip -n here link set $dev netns there
	ok "$kind: made with a link-layer address" refused "has no link-layer address" \
		ip -n here link add new0 address 02:00:00:00:00:01 type $kind
done
is "nothing has come of it" "$(devices)" "$before"
plan
