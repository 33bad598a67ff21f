# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# ktap.sh - KTAP output for a scenario (sourced).
#
#   ok NAME COMMAND...      passes when the command succeeds; its output is shown if not
#   not_ok NAME COMMAND...  passes when it fails
#   is NAME GOT WANT        passes when both are the same
#   le NAME GOT MOST        passes when GOT <= MOST, both whole numbers
#   skip NAME REASON
#   part NAME COMMAND...    a program with KTAP lines of its own, which counts on from KTAP_N
#   plan                    prints the plan; the last line of a scenario
#
# A scenario that ends before its plan has failed: the runner counts the plan.

export KTAP_N=0
KTAP_FAILED=0

exec {LAB_NEVER}<> <(:)

echo "KTAP version 1"

ktap_line() {
	KTAP_N=$((KTAP_N + 1))
	[ "$1" = ok ] || KTAP_FAILED=$((KTAP_FAILED + 1))
	echo "$1 $KTAP_N - $2"
}

ok() {
	local name=$1 out rc=0
	shift
	out=$("$@" 2>&1) || rc=$?
	if [ $rc = 0 ]; then
		ktap_line ok "$name"
	else
		ktap_line "not ok" "$name"
		echo "# $* returned $rc"
		[ -z "$out" ] || echo "$out" | tail -n 20 | sed 's/^/# /'
	fi
}

not_ok() {
	local name=$1
	shift
	if "$@" > /dev/null 2>&1; then
		ktap_line "not ok" "$name"
		echo "# $* succeeded"
	else
		ktap_line ok "$name"
	fi
}

is() {
	if [ "$2" = "$3" ]; then
		ktap_line ok "$1"
	else
		ktap_line "not ok" "$1"
		echo "# got '$2', want '$3'"
	fi
}

le() {
	if [ -n "$2" ] && [ "$2" -le "$3" ] 2> /dev/null; then
		ktap_line ok "$1"
	else
		ktap_line "not ok" "$1"
		echo "# got '$2', want at most '$3'"
	fi
}

skip() {
	ktap_line ok "$1 # SKIP $2"
}

part() {
	local log=$LAB_RUN/$1 rc=0 last
	shift
	"$@" > "$log" 2>&1 || rc=$?
	# what else it says is a note, which the runner shows with the failure
	sed -E '/^((not )?ok |#)/!s/^/# /' "$log"
	last=$(grep -cE '^(not )?ok ' "$log") || true
	KTAP_N=$((KTAP_N + last))
	KTAP_FAILED=$((KTAP_FAILED + $(grep -c '^not ok ' "$log" || true)))
	grep -q '^not ok ' "$log" || is "$(basename "$log") ended well" $rc 0
}

plan() {
	echo "1..$KTAP_N"
	return $((KTAP_FAILED > 0))
}

# lab_wait SECONDS COMMAND... - poll until the command succeeds
lab_wait() {
	local end=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		lab_pause 0.1
	done
}

# lab_pause SECONDS - a sleep without a process: nobody ever writes there
lab_pause() {
	read -rt "$1" -u "$LAB_NEVER" || true
}
