/* What a report may hold (the server refuses more), and values made to fit. */

export const VERSION = '2.1.0'
export const MOST_SAMPLES = 500 // round trips told one by one; further ones are counted in buckets
export const MOST_LISTED = 100
export const MOST_COUNT = 1e9
export const LONGEST_MS = 86400000
export const LONGEST_ROUND_TRIP_MS = 600000
export const LONGEST_PERIOD_MS = 3600000

/* Workers have no document. */
export const isPage = typeof document !== 'undefined'

/* The monitor never breaks the page: `work` that fails does nothing. */
export const quietly = work => (...parameters) => {
  try {
    return work(...parameters)
  } catch { /* as if it had not been called */ }
}

/* The value, or what a function of the page gives for it. */
export const valueFor = (value, ...parameters) =>
  typeof value === 'function' ? quietly(value)(...parameters) : value

/* A duration in ms, to the microsecond. */
export const bounded = ms => Math.round(Math.min(Math.max(ms, 0), LONGEST_MS) * 1000) / 1000

/* At most `length` characters without control characters; undefined for nothing. */
export const text = (value, length) =>
  [...String(value ?? '').replace(/[\p{Cc}\p{Cs}]/gu, '')].slice(0, length).join('') || undefined

/* A random UUID (RFC 9562, version 4); `crypto.randomUUID` exists on https alone. Each digit but the
 * version is random: 0 and 1 in all bits, 8 (the variant) in the lower two. */
export const uuid = () => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, digit =>
  (digit ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> digit / 4).toString(16))
