/* The histogram of durations shared with the server: bucket i covers [0.1 * 1.04^i,
 * 0.1 * 1.04^(i+1)) ms. Its bounds are whole microseconds by exact arithmetic, never by a
 * logarithm: floats differ at the edges. */

import { LONGEST_MS } from './limits.js'

const LEAST_US = 100

/* Lower bounds of all buckets in microseconds, and the end of the last. */
export const boundsUs = () => {
  const bounds = [LEAST_US]
  let above = BigInt(LEAST_US)
  let below = 1n
  while (bounds[bounds.length - 1] <= LONGEST_MS * 1000) {
    above *= 26n
    below *= 25n
    bounds.push(Number((2n * above + below) / (2n * below))) // to the nearest; never a tie
  }
  return bounds
}

/* Index of the bucket that holds `ms`; shorter than 0.1 ms counts in bucket 0. */
export const bucketOf = (ms, bounds) => {
  const us = Math.floor(ms * 1000 + 0.5)
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (us < bounds[middle]) high = middle
    else low = middle + 1
  }
  return Math.max(0, Math.min(low - 1, bounds.length - 2))
}
