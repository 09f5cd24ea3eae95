/* What people met on the page: load, largest paint, layout shifts, slow interactions, errors.
 * Definitions follow web.dev/vitals. Where a browser does not measure something it stays absent. */

import { Interactions } from './interactions.js'
import { MOST_COUNT, bounded, quietly } from '../core/limits.js'

const SHIFT_GAP_MS = 1000 // a window of layout shifts ends after this pause
const SHIFT_WINDOW_MS = 5000

const entries = (type, options, each) => quietly(() => {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return
  const observer = new PerformanceObserver(quietly(list => list.getEntries().forEach(each)))
  observer.observe({ type, buffered: true, ...options })
})()

export class Experience {
  constructor () {
    this.errors = this.interactions = 0
    this.shift = { worst: 0, sum: 0, start: 0, last: -Infinity }
    entries('largest-contentful-paint', {}, entry => this.paint(entry))
    entries('layout-shift', {}, entry => this.shifted(entry))
    this.interactionTimes = new Interactions()
    entries('event', { durationThreshold: 40 }, entry => this.interactionTimes.add(entry))
    entries('first-input', {}, entry => this.interactionTimes.add(entry))
    addEventListener('error', () => this.errors++)
    addEventListener('unhandledrejection', () => this.errors++)
    for (const type of ['click', 'keydown']) {
      addEventListener(type, () => this.input(), { capture: true, passive: true })
    }
  }

  input () {
    this.interactions++
    this.isSettled = true
  }

  paint (entry) {
    if (!this.isSettled) this.lcp = entry.startTime
  }

  shifted (entry) {
    if (entry.hadRecentInput) return
    const { shift } = this
    const at = entry.startTime
    const isNew = at - shift.last > SHIFT_GAP_MS || at - shift.start > SHIFT_WINDOW_MS
    if (isNew) Object.assign(shift, { sum: 0, start: at })
    shift.sum += entry.value
    shift.last = at
    shift.worst = Math.max(shift.worst, shift.sum)
  }

  /* The page came back from the cache: a page view of its own, as web-vitals counts it. */
  restored () {
    this.interactionTimes = new Interactions()
    this.toldInp = undefined
  }

  /* The section `ux` since the last call. Load, paint and shifts are told once per page view, the
   * latter two when they are final: at the first input or when the page is hidden. The response
   * to interactions is told when the page is hidden, and again when it changed by then. */
  take (isFinal = false) {
    const section = {
      errors: Math.min(this.errors, MOST_COUNT),
      interactions: Math.min(this.interactions, MOST_COUNT),
      ...this.load(),
      ...this.final(isFinal || document.hidden),
      ...this.response(isFinal || document.hidden)
    }
    this.errors = this.interactions = 0
    return section
  }

  response (isFinal) {
    const inp = this.interactionTimes.percentile98()
    if (inp === undefined || inp === this.toldInp || !isFinal) return {}
    this.toldInp = inp
    return { inp_ms: bounded(inp) }
  }

  load () {
    const [navigation] = performance.getEntriesByType('navigation')
    if (this.toldLoad || !(navigation && navigation.loadEventEnd > 0)) return {}
    this.toldLoad = true
    return { page_load_ms: bounded(navigation.loadEventEnd) }
  }

  final (isEnd) {
    const isFinal = this.isSettled || isEnd
    if (this.toldFinal || !isFinal || this.lcp === undefined) return {}
    this.toldFinal = true
    return { lcp_ms: bounded(this.lcp), cls: Math.round(this.shift.worst * 1e4) / 1e4 }
  }
}
