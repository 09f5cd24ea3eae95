/* Property names of the browser monitor that others read or write, which the build therefore keeps:
 * those of its interface and of its reports, and of the platform what terser's own list of them
 * lacks. Every other name that no browser has is private to the monitor and shortened. */

const INTERFACE = `
  WebSocketClientMonitor webSocketClientMonitor sessionId isOn connect install uninstall observe
  roundTrip queued flush stop
  endpoint app release page key sampleRate onAnswer correlate debug
  protocols optionsOf frames eventSource messageId ping everyMs message id`

const REPORT = `
  reports report_id session_id app release page endpoint protocol sdk_version sample_rate
  lost_reports may_be_blind leaving period_start period_end
  connection attempts opened failed abandoned drops lost ended_by_server replaced never_back
  reconnect_attempts reconnect_successes open_ms downtime_ms downtime_hidden_ms suspended_ms
  longest_silence_ms close_codes close_codes_given recovery_ms silent_ms open_losses
  messages sent received queued errors bytes_sent bytes_received
  latency reply samples_ms histogram setup_ms
  ends ago_ms code by own_code
  network type effective_type rtt_ms downlink_mbps
  ux interactions inp_ms page_load_ms lcp_ms cls`

const ANSWER = 'rejected index field server_time'

const PLATFORM = `
  WebSocketStream closeCode readable writable interactionCount interactionId durationThreshold`

module.exports = [INTERFACE, REPORT, ANSWER, PLATFORM].join(' ').trim().split(/\s+/)
