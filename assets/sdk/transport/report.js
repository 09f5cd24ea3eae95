/* A report's fields beside its counts. */

import { VERSION, isPage, text, uuid, valueFor } from '../core/limits.js'

/* The path of the page, or of a worker's script. */
const ownPath = () => isPage || /^http/.test(location.protocol) ? location.pathname : undefined

const network = () => {
  const { type, effectiveType, rtt, downlink } = navigator.connection || {} // Chromium alone has it
  const known = value => value === 'unknown' ? undefined : text(value, 32)
  return { type: known(type), effective_type: known(effectiveType), rtt_ms: rtt, downlink_mbps: downlink }
}

/* `settings` of the monitor, `endpoint` { name, protocol } or {}, `sections` of its tally. */
export const reportOf = (settings, sessionId, { name, protocol }, sections) => {
  const { app, release, page = ownPath(), sampleRate } = settings
  return {
    report_id: uuid(),
    session_id: sessionId,
    app: text(app, 64),
    release: text(release, 64),
    page: text(String(valueFor(page) ?? '').split(/[?#]/)[0], 256),
    endpoint: text(name, 256),
    protocol: text(protocol, 32),
    sdk_version: VERSION,
    sample_rate: sampleRate,
    ...sections,
    network: network(),
    lost_reports: 0
  }
}
