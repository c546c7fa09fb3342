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
	X(LINK_MPLS_OTHER, "link_mpls_other")                                  \
	X(LINK_PPPOE_CONTROL, "link_pppoe_control")                            \
	X(LINK_PPP_OTHER, "link_ppp_other")                                    \
	X(LINK_OTHER, "link_other")                                            \
	X(LINK_FCS_BAD, "link_fcs_bad")                                        \
	X(TUNNEL_DEPTH, "tunnel_depth_over")                                   \
	X(TUNNEL_PACKETS, "tunnel_packets")                                    \
	X(TUNNEL_CONTROL, "tunnel_control")                                    \
	X(TUNNEL_SHORT, "tunnel_short")                                        \
	X(TUNNEL_OTHER, "tunnel_other")                                        \
	X(IP_SHORT, "ip_short")                                                \
	X(IP_BAD, "ip_bad")                                                    \
	X(IP_CHECKSUM_BAD, "ip_checksum_bad")                                  \
	X(FRAGMENTS, "fragments")                                              \
	X(FRAGMENTS_REASSEMBLED, "fragments_reassembled")                      \
	X(FRAGMENTS_OVERLAP, "fragments_overlap")                              \
	X(FRAGMENTS_TIMED_OUT, "fragments_timed_out")                          \
	X(FRAGMENTS_OVER_BUDGET, "fragments_over_budget")                      \
	X(FRAGMENTS_BAD, "fragments_bad")                                      \
	X(IP_EXTENSIONS, "ip_extensions_over")                                 \
	X(IP_UDP, "ip_udp")                                                    \
	X(IP_ESP, "ip_esp")                                                    \
	X(IP_OTHER, "ip_other")                                                \
	X(ICMP_UNREACHABLE, "icmp_unreachable")                                \
	X(ICMP_OTHER, "icmp_other")                                            \
	X(RADIUS_REQUESTS, "radius_requests")                                  \
	X(RADIUS_LEASES, "radius_leases")                                      \
	X(RADIUS_NO_LEASE, "radius_no_lease")                                  \
	X(RADIUS_UNCONFIRMED, "radius_unconfirmed")                            \
	X(RADIUS_WRONG_SECRET, "radius_wrong_secret")                          \
	X(RADIUS_NOT_BELIEVED, "radius_not_believed")                          \
	X(RADIUS_MALFORMED, "radius_malformed")                                \
	X(RADIUS_OTHER, "radius_other")                                        \
	X(TCP_SHORT, "tcp_short")                                              \
	X(TCP_BAD, "tcp_bad")                                                  \
	X(TCP_CHECKSUM_BAD, "tcp_checksum_bad")                                \
	X(TCP_SYN_AGAIN, "tcp_syn_again")                                      \
	X(TCP_SYN_IGNORED, "tcp_syn_ignored")                                  \
	X(TCP_RST_IGNORED, "tcp_rst_ignored")                                  \
	X(TCP_RETRANSMITTED, "tcp_retransmitted")                              \
	X(TCP_OVERLAP_BYTES, "tcp_overlap_bytes")                              \
	X(TCP_OVERLAP_DIFFERENT, "tcp_overlap_different")                      \
	X(TCP_DUPLICATES, "tcp_duplicates")                                    \
	X(TCP_OUT_OF_ORDER, "tcp_out_of_order")                                \
	X(TCP_OUT_OF_WINDOW, "tcp_out_of_window")                              \
	X(TCP_OVER_BUDGET, "tcp_over_budget")                                  \
	X(GAPS, "gaps")                                                        \
	X(GAP_BYTES, "gap_bytes")                                              \
	X(FLOWS, "flows")                                                      \
	X(FLOWS_MIDSTREAM, "flows_midstream")                                  \
	X(FLOWS_ONE_SIDED, "flows_one_sided")                                  \
	X(FLOWS_EVICTED, "flows_evicted")                                      \
	X(FLOWS_OPEN, "flows_open")                                            \
	X(ATTEMPTS, "attempts")                                                \
	X(ATTEMPTS_ANSWERED, "attempts_answered")                              \
	X(ATTEMPTS_REFUSED, "attempts_refused")                                \
	X(ATTEMPTS_UNANSWERED, "attempts_unanswered")                          \
	X(ATTEMPTS_HALF_OPEN, "attempts_half_open")                            \
	X(ATTEMPTS_EVICTED, "attempts_evicted")                                \
	X(ATTEMPTS_SUMMARISED, "attempts_summarised")                          \
	X(SUMMARIES, "summaries")                                              \
	X(SUMMARIES_DISPLACED, "summaries_displaced")                          \
	X(REPLIES_NOT_KEPT, "replies_not_kept")                                \
	X(SMTP_OVER_BUDGET, "smtp_over_budget")                                \
	X(SESSIONS, "sessions")                                                \
	X(TRANSACTIONS, "transactions")                                        \
	X(CLOSES, "closes")                                                    \
	X(DPI_ASKED, "dpi_asked")                                              \
	X(DPI_UNKNOWN, "dpi_unknown")                                          \
	X(DPI_PACKETS, "dpi_packets")                                          \
	X(DPI_FLOWS_OPEN, "dpi_flows_open")                                    \
	X(DPI_OVER_BUDGET, "dpi_over_budget")                                  \
	X(DPI_CPU_US, "dpi_cpu_us")                                            \
	X(NO_MEMORY, "no_memory")                                              \
	X(FILES_READ, "files_read")                                            \
	X(FILES_BROKEN, "files_broken")                                        \
	X(KERNEL_RECEIVED, "kernel_received")                                  \
	X(KERNEL_DROPPED, "kernel_dropped")                                    \
	X(INTERFACE_DROPPED, "interface_dropped")                              \
	X(INTERFACE_LOST, "interface_lost")                                    \
	X(RECORDS, "records")                                                  \
	X(RECORDS_DROPPED, "records_dropped")                                  \
	X(RECORDS_ACKED, "records_acked")                                      \
	X(QUEUE_BYTES, "queue_bytes")                                          \
	X(SPOOL_BYTES, "spool_bytes")                                          \
	X(SPOOL_DROPPED, "spool_dropped")                                      \
	X(SPOOL_DAMAGED, "spool_damaged")

#define COUNTER_ENUM(id, name) COUNTER_##id,
enum counter { COUNTER_LIST(COUNTER_ENUM) COUNTER_COUNT };
#undef COUNTER_ENUM

struct counters {
	uint64_t v[COUNTER_COUNT];
};

static inline void counter_add(struct counters *c, enum counter id, uint64_t n)
{
	c->v[id] += n;
}
/* For what is a level, or is counted elsewhere. */
void counter_set(struct counters *c, enum counter id, uint64_t n);
const char *counter_name(enum counter id);
