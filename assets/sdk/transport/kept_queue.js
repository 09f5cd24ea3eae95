/* Reports that were not delivered when the page ended, for the next page of this tab: they survive
 * a reload, not the tab. Storage may be forbidden, full or absent (workers): then nothing stays. */

import { quietly } from '../core/limits.js'

const PREFIX = 'websocket-client-monitor '
const MOST_CHARACTERS = 250000

export class KeptQueue {
  /* `name`: another one for each monitor of a page. */
  constructor (name) {
    this.key = PREFIX + name
  }

  /* What an earlier page left, which is then in the caller's hands. */
  take () {
    return quietly(() => {
      const items = JSON.parse(sessionStorage.getItem(this.key) || '[]')
      sessionStorage.removeItem(this.key)
      return items.filter(({ report, lastedMs }) => report.report_id && lastedMs >= 0)
    })() || []
  }

  /* Leave `items` and nothing else. The oldest give way. */
  save (items) {
    quietly(() => {
      let json = JSON.stringify(items)
      for (let i = 1; json.length > MOST_CHARACTERS; i++) json = JSON.stringify(items.slice(i))
      if (items.length) sessionStorage.setItem(this.key, json)
      else sessionStorage.removeItem(this.key)
    })()
  }
}
