#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Signalling that is wrong: what the home agent answers, and that nothing is lost by it.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
here=$(cd "$(dirname "$0")" && pwd)

export LAB_HOSTS=A
lab_up || exit 1
LAB_GUESTS=(1)
lab_keys
# It has two prefixes, and asks for more time than it gets: a multiple of 4 s.
mnp2=2001:db8:100:99::/64
LAB_HA_OPTIONS='max-lifetime = 42' LAB_MR_OPTIONS+=$'\n'"mnp = $mnp2" lab_agent ha

export COA OLD_COA HA=$LAB_HA HOA MNP SPI=257 KEY=$LAB_RUN/guest1.key
COA=$(lab_coa A) OLD_COA=$(lab_host_net A)::bad HOA=$(lab_hoa 1) MNP=$(lab_mnp 1)
MNP=${MNP%/*}

# want TEST ANSWER WHAT - one line of agent_mh.py
want() {
	is "$3" "$(sed -n "s/^$1 //p" "$LAB_RUN/answers")" "$2"
}

mapfile -t tests < <(sed -n '/^TESTS = {/,/^}/s/^    "\([a-z-]*\)".*/\1/p' "$here/agent_mh.py" |
	grep -vx -e explicit -e release)
binding() { ctl ha -j ha show | jq -c ".[0] | $1"; }
# The old host is another address here, that nobody listens at.
ip -n hostA addr add "$OLD_COA/64" dev eth0 nodad
on hostA python3 "$here/agent_mh.py" "${tests[@]}" > "$LAB_RUN/answers" 2>&1
bound=$(ctl ha -j ha show | jq -r '.[].coa') implicit=$(binding '.mnp | sort')
on hostA python3 "$here/agent_mh.py" explicit >> "$LAB_RUN/answers" 2>&1
explicit=$(binding .mnp) lifetime=$(binding .lifetime)
on hostA python3 "$here/agent_mh.py" release >> "$LAB_RUN/answers" 2>&1
ip -n hostA addr del "$OLD_COA/64" dev eth0
sed 's/^/# /' "$LAB_RUN/answers"
want good 0 'a good Binding Update is accepted'
is 'implicit mode: bound with all prefixes' "$implicit" "[\"$MNP/64\",\"$mnp2\"]"
want explicit 0 'explicit mode, one of the own prefixes'
is '... bound with this one' "$explicit" "[\"$MNP/64\"]"
want lifetime '0 10' 'max-lifetime, in the Acknowledgement'
is '... and in the binding' "$lifetime" 40
want checksum - 'a bad checksum: silence'
want short icmp 'a Binding Update of 8 octets: Parameter Problem, by the kernel'
want long - 'a length beyond the packet: silence'
want payload icmp 'a payload proto that is not 59: Parameter Problem, by the kernel'
want option-beyond - 'an option that ends behind the message: silence'
want unknown-type 'BE 2' 'an unknown type: Binding Error 2'
want unknown-option 0 'an unknown option is skipped'
want wrong-key 146 'the wrong key: 146'
want wrong-spi 146 'the wrong SPI: 146'
want no-auth 146 'no AUTH option: 146'
want other-coa 146 'the care-of address is covered by the MAC: 146'
want no-stamp 145 'no time stamp: 145'
want old-stamp 144 'a time stamp out of the window: 144'
want replay '0 144' 'the same message again: 144'
want old-sequence '135 current' 'an old sequence number: 135, with the current one'
want foreign-prefix 142 'a prefix of others: 142'
want bad-prefix 141 'a prefix that is none: 141'
want no-r 129 'no R flag: 129'
want no-h 129 'no H flag: 129'
want no-hao 133 'a home address that is not configured: 133'
want late-release '0 0 135 0 0' 'a de-registration by a host that has lost the binding'
is 'a late de-registration changes nothing' "$bound" "$COA"
want release 0 'de-registration'

is 'the binding has gone' "$(ctl ha -j ha show | jq length)" 0
ok 'the home agent lives' kill -0 "${LAB_AGENT[ha]}"
refused=$(lab_status ha | jq '.ha.mr[0].bu_refused')
is 'it counts what it refused' "$refused" 13

# A home agent that does not know NEMO (no R flag in its answer) is not used.
lab_end "${LAB_AGENT[ha]}"
lab_spawn ha fake.log python3 "$here/agent_mh.py" --ha
fake=$LAB_PID
LAB_GUESTS=()
lab_guest_add 1 A
lab_agent hostA
no_nemo() { grep -q 'not a NEMO home agent' "$LAB_RUN/hostA.log"; }
ok 'no R flag in the answer: said' lab_wait 20 no_nemo
is 'no R flag in the answer: not used' "$(lab_mr A 1 .state)" standby

speaks() {
	on guest1 ping -c 1 -W 1 fe80::1%eth0 > /dev/null
	lab_is_active A
}
told() { lab_status hostA | jq ".host.mr[0].$1"; }
heard() { [ "$(lab_status hostA | jget ".received.\"${2:-Binding Revocation}\"")" = "$1" ]; }
said() { grep -c "Revocation $1" "$LAB_RUN/hostA.log"; }
revoked() { [ "$(told bri_received)" = 1 ]; }

lab_end "$fake" "${LAB_AGENT[hostA]}"
LAB_MR_OPTIONS+=$'\n''lifetime = 400'	# no refresh by itself in this test
lab_agent ha
lab_agent hostA
ok 'with a home agent that does: active' lab_wait 20 speaks

# Hints to refresh a binding: an authentic Refresh Request, a Binding Error of the home agent. The
# host listens to them when its last Update was a second ago.
brr='Binding Refresh Request' be='Binding Error'
idle() { [ "$(told exchange)" = '"none"' ]; }
listens() {
	lab_wait 10 idle
	sleep 1.1
	sent=$(told bu_sent)
}
listens
on ha python3 "$here/agent_mh.py" --brr no-auth
ok 'a Refresh Request without AUTH option is heard' lab_wait 10 heard 1 "$brr"
on ha python3 "$here/agent_mh.py" --brr wrong-key
ok 'a Refresh Request with the wrong key is heard' lab_wait 10 heard 2 "$brr"
is '... and nothing follows' "$(told bu_sent)" "$sent"
on ha python3 "$here/agent_mh.py" --brr good
ok 'a Refresh Request with the right key is heard' lab_wait 10 heard 3 "$brr"
ok '... and answered by an Update' test "$(told bu_sent)" -gt "$sent"
listens
on ha python3 "$LAB/signalling.py" error 2001:db8:f::99 "$COA" "$HOA"
ok 'a Binding Error of somebody is heard' lab_wait 10 heard 1 "$be"
is '... and nothing follows' "$(told bu_sent)" "$sent"
on ha python3 "$LAB/signalling.py" error "$LAB_HA" "$COA" "$HOA"
ok 'a Binding Error of the home agent is heard' lab_wait 10 heard 2 "$be"
ok '... and answered by an Update' test "$(told bu_sent)" -gt "$sent"

# The home agent asks for it itself when a binding has not the prefixes that are configured.
asked() { lab_status ha | jget ".sent.\"$brr\""; }
both() { [ "$(binding '.mnp | length')" = 2 ]; }
listens
echo "mnp = $mnp2" >> "$LAB_RUN/ha.conf"
ok 'the home agent reads another prefix' ctl ha -S "$LAB_RUN/ha.sock" reload
ok '... asks the host' lab_wait 10 heard 4 "$brr"
ok '... and binds it' lab_wait 10 both
ok 'the home agent reads the same again' ctl ha -S "$LAB_RUN/ha.sock" reload
is '... and does not ask' "$(asked)" 1

# A revocation takes the guest's traffic away from a host: only the home agent's may.
seq=$(($(told seq) + 3000))	# newer than what the host may claim with in this test
on ha python3 "$here/agent_mh.py" --revoke no-auth $seq
ok 'a revocation without AUTH option is heard' lab_wait 10 heard 1
on ha python3 "$here/agent_mh.py" --revoke wrong-key $seq
ok 'a revocation with the wrong key is heard' lab_wait 10 heard 2
is 'the first is logged, more in 10 s are not' "$(said 'without valid AUTH')" 1
on ha python3 "$here/agent_mh.py" --revoke good $seq never
ok 'a revocation without time stamp is heard' lab_wait 10 heard 3
on ha python3 "$here/agent_mh.py" --revoke good $seq $(($(date +%s) - 60))
ok 'a revocation with a time stamp out of the window is heard' lab_wait 10 heard 4
is 'the host still serves' "$(lab_mr A 1 .state) $(told bri_received)" 'active 0'
soon=$(($(date +%s) + 4))	# so that a slow machine may take longer than the window
on ha python3 "$here/agent_mh.py" --revoke good $seq $soon
ok 'the same with the right key, and of now, is believed' lab_wait 10 revoked
ok 'the host has gone to standby' grep -q 'another host has registered; standby' "$LAB_RUN/hostA.log"
ok 'the guest speaks: active again' lab_wait 20 speaks
on ha python3 "$here/agent_mh.py" --revoke good $seq $soon
ok 'the very same revocation, replayed, is heard' lab_wait 10 heard 6
is 'the host serves' "$(lab_mr A 1 .state) $(told bri_received)" 'active 1'
plan
