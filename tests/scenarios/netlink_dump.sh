#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the two netlink families say: what the specs list and nothing else; and what is so at one
# moment, though the tables change while they are read.
set -eu
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"

lab_families

part replies on here "$LAB/netlink_replies.py"
part dump on here "$LAB/netlink_errors.py" dump

# All bindings change, one after the other, while nemoctl reads them: what it shows was so at
# one moment, or it says that it cannot tell.
N=300
load=$BUILD/lab/load
one_moment() {
	jq -e "[.[].seq] | length == $N and . == (sort | reverse) and .[0] - .[-1] <= 1" \
		"$LAB_RUN/show"
}

show() {
	ctl here -j ha show > "$LAB_RUN/show" 2>> "$LAB_RUN/show.err"
}

on here "$load" bindings nemo-ha0 $N
lab_spawn here load.log "$load" changes nemo-ha0 $N 10000000
whole=0 mixed=0 none=0
for _ in {1..8}; do
	if ! show; then
		none=$((none + 1))
	elif one_moment > /dev/null; then
		whole=$((whole + 1))
	else
		mixed=$((mixed + 1))
	fi
done
ok "bindings change all the time" kill -0 "$LAB_PID"
lab_end "$LAB_PID"
echo "# nemoctl ha show: $whole of one moment; $none: $(sort -u "$LAB_RUN/show.err")"
is "... and nemoctl never shows several moments as one" $mixed 0
ok "... and all of them, when they stand still" eval 'show && one_moment'
ok "a dump that is interrupted twice is read a third time" on here "$load" dump nemo-ha0 $N
plan
