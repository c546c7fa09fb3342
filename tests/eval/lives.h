/* SPDX-License-Identifier: Apache-2.0 */
/* Each kind's first plans; kinds.c has the parameters they read. */
#pragma once

#include "tests/eval/life.h"

/* those who must be left alone */
life_wake start_home_server, start_queue_flush, start_nas, start_list,
    start_forwarder, start_forwarder_srs, start_mail_program, start_monitor,
    start_scan_to_mail, start_port_scan, start_newsletter, start_broken_spf,
    start_softfail, start_receiver_down, start_forged_syn, start_listed_line;
life_wake start_account_person, start_account_traveller, start_account_branches,
    start_account_newsletter, start_account_script, start_account_old_password;
/* those who must be found */
life_wake start_burst, start_snowshoe, start_submission_foreign, start_spoofer,
    start_household, start_cgn_ports, start_cgn_shared, start_ipv6,
    start_starttls, start_mixed, start_blocked_line, start_carriers,
    start_thief;
