/* Reports that were not delivered when the page ended, for the next page of this tab: they survive
 * a reload, not the tab. Storage may be forbidden, full or absent (workers): then nothing stays.
 * Kept as [report, endedAt, lastedMs], without names, which differ between builds; last, if any, the
 * number of reports that did not fit. */

import { quietly } from '../core/limits.js'

const PREFIX = 'websocket-client-monitor '
const MOST_CHARACTERS = 250000

/* What an earlier page left under `name`, which is then in the caller's hands: { items, lost }. */
export const takeKept = quietly(name => {
  const kept = JSON.parse(sessionStorage.getItem(PREFIX + name))
  sessionStorage.removeItem(PREFIX + name)
  const lost = kept[kept.length - 1] > 0 ? kept.pop() : 0
  const items = kept.map(([report, endedAt, lastedMs]) => ({ report, endedAt, lastedMs }))
    .filter(({ report, lastedMs }) => report.report_id && lastedMs >= 0)
  return { items, lost }
})

/* Leave `items` and nothing else, and how many were `lost` before. The oldest give way, and are lost
 * too, as are those that a full storage refuses. `name`: another one for each monitor. */
export const keep = quietly((name, items, lost) => {
  const kept = items.map(({ report, endedAt, lastedMs }) => [report, endedAt, lastedMs])
  sessionStorage.removeItem(PREFIX + name)
  while (kept.length || lost) {
    try {
      const text = JSON.stringify(lost ? [...kept, lost] : kept)
      if (text.length > MOST_CHARACTERS) throw text
      return sessionStorage.setItem(PREFIX + name, text)
    } catch {
      lost += 1 + kept.shift()[0].lost_reports // fails, and ends it, once even the number is too much
    }
  }
})
