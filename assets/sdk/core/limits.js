/* What a report may hold (the server refuses more), and values made to fit. */

export const VERSION = '2.0.0'
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
  } catch {
    return undefined
  }
}

/* A duration in ms, to the microsecond. */
export const bounded = (ms, most = LONGEST_MS) =>
  Math.round(Math.min(Math.max(ms, 0), most) * 1000) / 1000

/* At most `length` characters without control characters; undefined for nothing. */
export const text = (value, length) => {
  const plain = value == null ? '' : String(value).replace(/[\p{Cc}\p{Cs}]/gu, '')
  return [...plain].slice(0, length).join('') || undefined
}

/* A random UUID (RFC 9562, version 4); `crypto.randomUUID` exists on https alone. */
export const uuid = () => {
  if (crypto.randomUUID) return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 15) | 64
  bytes[8] = (bytes[8] & 63) | 128
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
