/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent counts, by name. The names are in Counters records, in
 * --summary and in sekisho-capture(8). */
#pragma once

#include <stdint.h>

#define COUNTER_LIST(X)                                                        \
	X(PACKETS, "packets")                                                  \
	X(BYTES, "bytes")                                                      \
	X(PACKETS_WATCHED, "packets_watched")                                  \
	X(PACKETS_OTHER_PORT, "packets_other_port")                            \
	X(PACKETS_TRUNCATED, "packets_truncated")                              \
	X(PACKETS_NO_FLOW, "packets_no_flow")                                  \
	X(PACKETS_LATE, "packets_late")                                        \
	X(TIME_BACKWARDS, "time_backwards")                                    \
	X(TIME_GARBAGE, "time_garbage")                                        \
	X(LINK_UNKNOWN, "link_unknown")                                        \
	X(LINK_SHORT, "link_short")                                            \
	X(LINK_VLANS, "link_vlans_over")                                       \
	X(LINK_ARP, "link_arp")                                                \
	X(LINK_MPLS, "link_mpls")                                              \
	X(LINK_PPPOE, "link_pppoe")                                            \
	X(LINK_OTHER, "link_other")                                            \
	X(IP_SHORT, "ip_short")                                                \
	X(IP_BAD, "ip_bad")                                                    \
	X(IP_FRAGMENT, "ip_fragment")                                          \
	X(IP_EXTENSIONS, "ip_extensions_over")                                 \
	X(IP_UDP, "ip_udp")                                                    \
	X(IP_TUNNEL, "ip_tunnel")                                              \
	X(IP_ESP, "ip_esp")                                                    \
	X(IP_OTHER, "ip_other")                                                \
	X(ICMP_UNREACHABLE, "icmp_unreachable")                                \
	X(ICMP_OTHER, "icmp_other")                                            \
	X(TCP_SHORT, "tcp_short")                                              \
	X(TCP_BAD, "tcp_bad")                                                  \
	X(TCP_SYN_AGAIN, "tcp_syn_again")                                      \
	X(TCP_SYN_IGNORED, "tcp_syn_ignored")                                  \
	X(TCP_RST_IGNORED, "tcp_rst_ignored")                                  \
	X(TCP_RETRANSMITTED, "tcp_retransmitted")                              \
	X(TCP_OVERLAP_BYTES, "tcp_overlap_bytes")                              \
	X(TCP_OUT_OF_ORDER, "tcp_out_of_order")                                \
	X(TCP_OUT_OF_WINDOW, "tcp_out_of_window")                              \
	X(TCP_OVER_BUDGET, "tcp_over_budget")                                  \
	X(GAPS, "gaps")                                                        \
	X(GAP_BYTES, "gap_bytes")                                              \
	X(FLOWS, "flows")                                                      \
	X(FLOWS_MIDSTREAM, "flows_midstream")                                  \
	X(FLOWS_EVICTED, "flows_evicted")                                      \
	X(FLOWS_OPEN, "flows_open")                                            \
	X(ATTEMPTS, "attempts")                                                \
	X(ATTEMPTS_EVICTED, "attempts_evicted")                                \
	X(SESSIONS, "sessions")                                                \
	X(TRANSACTIONS, "transactions")                                        \
	X(CLOSES, "closes")                                                    \
	X(DPI_ASKED, "dpi_asked")                                              \
	X(DPI_UNKNOWN, "dpi_unknown")                                          \
	X(NO_MEMORY, "no_memory")                                              \
	X(FILES_READ, "files_read")                                            \
	X(FILES_BROKEN, "files_broken")                                        \
	X(KERNEL_RECEIVED, "kernel_received")                                  \
	X(KERNEL_DROPPED, "kernel_dropped")                                    \
	X(INTERFACE_DROPPED, "interface_dropped")                              \
	X(RECORDS, "records")                                                  \
	X(RECORDS_DROPPED, "records_dropped")                                  \
	X(RECORDS_ACKED, "records_acked")                                      \
	X(QUEUE_BYTES, "queue_bytes")

#define COUNTER_ENUM(id, name) COUNTER_##id,
enum counter { COUNTER_LIST(COUNTER_ENUM) COUNTER_COUNT };
#undef COUNTER_ENUM

struct counters {
	uint64_t v[COUNTER_COUNT];
};

void counter_add(struct counters *c, enum counter id, uint64_t n);
/* For what is a level, or is counted elsewhere. */
void counter_set(struct counters *c, enum counter id, uint64_t n);
const char *counter_name(enum counter id);
