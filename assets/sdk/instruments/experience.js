/* What people met on the page: load, largest paint, layout shifts, slow interactions, errors.
 * Definitions follow web.dev/vitals. Where a browser does not measure something it stays absent. */

import { createInteractions } from './interactions.js'
import { bounded, quietly } from '../core/limits.js'

const SHIFT_GAP_MS = 1000 // a window of layout shifts ends after this pause
const SHIFT_WINDOW_MS = 5000
const LEAST_EVENT_MS = 40

const observe = (type, each, durationThreshold) => quietly(() => {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return
  new PerformanceObserver(quietly(list => list.getEntries().forEach(each)))
    .observe({ type, buffered: true, durationThreshold })
})()

/* The greatest sum of the layout shifts of one window. */
const watchShifts = () => {
  let worst = 0
  let sum = 0
  let start = 0
  let last = -Infinity
  observe('layout-shift', ({ hadRecentInput, startTime, value }) => {
    if (hadRecentInput) return
    if (startTime - last > SHIFT_GAP_MS || startTime - start > SHIFT_WINDOW_MS) {
      sum = 0
      start = startTime
    }
    sum += value
    last = startTime
    worst = Math.max(worst, sum)
  })
  return () => Math.round(worst * 1e4) / 1e4
}

export const createExperience = () => {
  let errors = 0
  let interactions = 0
  let times = createInteractions()
  let paintMs
  let isSettled // by the first input
  let isLoadTold
  let isPaintTold
  let toldInp
  const shifts = watchShifts()

  observe('largest-contentful-paint', ({ startTime }) => {
    if (!isSettled) paintMs = startTime
  })
  observe('event', entry => times.add(entry), LEAST_EVENT_MS)
  observe('first-input', entry => times.add(entry))
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, () => errors++)
  for (const type of ['click', 'keydown']) {
    addEventListener(type, () => {
      interactions++
      isSettled = true
    }, { capture: true, passive: true })
  }

  const load = () => {
    const ms = performance.getEntriesByType('navigation')[0]?.loadEventEnd
    if (isLoadTold || !(ms > 0)) return undefined
    isLoadTold = true
    return { page_load_ms: bounded(ms) }
  }

  const paint = isFinal => {
    if (isPaintTold || paintMs === undefined || !(isSettled || isFinal)) return undefined
    isPaintTold = true
    return { lcp_ms: bounded(paintMs), cls: shifts() }
  }

  const response = () => {
    const ms = times.percentile98()
    if (ms === undefined || ms === toldInp) return undefined
    toldInp = ms
    return { inp_ms: bounded(ms) }
  }

  return {
    /* The page came back from the cache: a page view of its own, as web-vitals counts it. */
    restored () {
      times = createInteractions()
      toldInp = undefined
    },

    /* The section `ux` since the last call. Load, paint and shifts are told once per page view, the
     * latter two when they are final: at the first input or when the page is hidden. The response
     * to interactions is told when the page is hidden, and again when it changed by then. */
    take (isLeaving) {
      const isFinal = isLeaving || document.hidden
      const section = { errors, interactions, ...load(), ...paint(isFinal), ...(isFinal && response()) }
      errors = interactions = 0
      return section
    }
  }
}
