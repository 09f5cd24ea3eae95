/* The histogram of durations shared with the server: bucket i covers [0.1 * 1.04^i,
 * 0.1 * 1.04^(i+1)) ms. Its bounds are whole microseconds by exact arithmetic: a logarithm only
 * tells about where, floats differ at the edges. */

import { LONGEST_MS } from './limits.js'

const LEAST_US = 100
const GROWTH = 1.04

/* Lower bounds of all buckets in microseconds, and the end of the last. */
export const boundsUs = () => {
  const bounds = []
  let above = BigInt(LEAST_US)
  let below = 1n
  do {
    bounds.push(Number((2n * above + below) / (2n * below))) // to the nearest; never a tie
    above *= 26n
    below *= 25n
  } while (bounds[bounds.length - 1] <= LONGEST_MS * 1000)
  return bounds
}

/* Index of the bucket that holds `ms`; shorter than 0.1 ms counts in bucket 0. */
export const bucketOf = (ms, bounds) => {
  const us = Math.floor(ms * 1000 + 0.5)
  const last = bounds.length - 2
  let index = Math.min(Math.max(Math.floor(Math.log(us / LEAST_US) / Math.log(GROWTH)), 0), last)
  while (index && us < bounds[index]) index--
  while (index < last && us >= bounds[index + 1]) index++
  return index
}
