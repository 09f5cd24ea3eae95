/* Reports that were not delivered when the page ended, for the next page of this tab: they survive
 * a reload, not the tab. Storage may be forbidden, full or absent (workers): then nothing stays.
 * Kept as [report, endedAt, lastedMs], without names, which differ between builds. */

import { quietly } from '../core/limits.js'

const PREFIX = 'websocket-client-monitor '
const MOST_CHARACTERS = 250000

/* What an earlier page left under `name`, which is then in the caller's hands. */
export const takeKept = quietly(name => {
  const items = JSON.parse(sessionStorage.getItem(PREFIX + name))
  sessionStorage.removeItem(PREFIX + name)
  return items.map(([report, endedAt, lastedMs]) => ({ report, endedAt, lastedMs }))
    .filter(({ report, lastedMs }) => report.report_id && lastedMs >= 0)
})

/* Leave `items` and nothing else. The oldest give way. `name`: another one for each monitor. */
export const keep = quietly((name, items) => {
  const kept = items.map(({ report, endedAt, lastedMs }) => [report, endedAt, lastedMs])
  while (JSON.stringify(kept).length > MOST_CHARACTERS) kept.shift()
  sessionStorage.removeItem(PREFIX + name)
  if (kept.length) sessionStorage.setItem(PREFIX + name, JSON.stringify(kept))
})
