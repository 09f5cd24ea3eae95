/* A few members of a frame, read without parsing it: a frame costs the way to its id. Text may be
 * cut anywhere: what is not within it counts as absent.
 *
 * Ids leave a reader as 32-bit hashes (FNV-1a): a slice of a string would keep the frame that it
 * was cut from in memory, and the name of a room or channel is content. */

import { quietly } from '../core/limits.js'

const MOST_ITEMS = 100
const LONGEST_WORD = 48
const LONGEST_BEGINNING = 1024
const QUOTE = 34
const COMMA = 44
const MINUS = 45
const NINE = 57
const COLON = 58
const BACKSLASH = 92
const OPENING = 123 // of {, and of [ with bit 5 set
const CLOSING = 125

/* Hash of `text` from `at` to `end`; `seed` keeps kinds of ids apart. */
export const hashOf = (text, at = 0, end = text.length, seed = 0) => {
  let hash = Math.imul(0x811c9dc5 ^ seed, 0x01000193)
  for (; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/* Index of the first character from `at` that is no white space. */
const solidFrom = (text, at) => {
  while (text.charCodeAt(at) <= 32) at++
  return at
}

/* Index after the string whose opening quote is at `at`; beyond the text when that is cut. */
export const afterString = (text, at) => {
  for (;;) {
    const quote = text.indexOf('"', at + 1)
    if (quote < 0) return text.length + 1
    let back = quote
    while (text.charCodeAt(back - 1) === BACKSLASH) back--
    if ((quote - back) % 2 === 0) return quote + 1
    at = quote
  }
}

/* Index of the comma or bracket after the value at `at`; the text's end when that is cut. */
const afterValue = (text, at) => {
  for (let depth = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = afterString(text, at) - 1
    else if (code === COMMA && depth === 0) return at
    else if ((code | 32) === OPENING) depth++
    else if ((code | 32) === CLOSING && --depth < 0) return at
  }
  return text.length
}

/* Index after the digits (and sign) at `at`. */
export const afterDigits = (text, at) => {
  while (text.charCodeAt(at) >= MINUS && text.charCodeAt(at) <= NINE) at++
  return at
}

/* Where the value of member `name` of the object at `at` begins; -1 when it is absent. */
export const memberOf = (text, at, name) => {
  if (text.charCodeAt(at) !== OPENING) return -1
  at = solidFrom(text, at + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const end = afterString(text, at)
    const colon = solidFrom(text, end)
    if (text.charCodeAt(colon) !== COLON) break
    const value = solidFrom(text, colon + 1)
    if (end - at - 2 === name.length && text.startsWith(name, at + 1)) return value
    const next = afterValue(text, value)
    if (text.charCodeAt(next) !== COMMA) break
    at = solidFrom(text, next + 1)
  }
  return -1
}

/* Where the items of the array at `at` begin, at most `most` of them. */
export const itemsOf = (text, at = 0, most = MOST_ITEMS) => {
  const starts = []
  if (text[at] !== '[') return starts
  while (starts.length < most) {
    at = solidFrom(text, at + 1)
    if (at >= text.length || text[at] === ']') break
    starts.push(at)
    at = afterValue(text, at)
    if (text[at] !== ',') break
  }
  return starts
}

/* Whether the object at `at` has a member `name`. */
export const has = (text, at, name) => memberOf(text, at, name) >= 0

/* The text of the string at `at`, its escapes left as they are; undefined unless it is short and
 * not cut. For comparison only, never to be kept. */
export const wordAt = (text, at) => {
  if (text[at] !== '"') return undefined
  const end = afterString(text, at)
  return end <= text.length && end - at < LONGEST_WORD ? text.slice(at + 1, end - 1) : undefined
}

export const wordIn = (text, at, name) => wordAt(text, memberOf(text, at, name))

/* The string at `at` without its escapes, as far as the text goes; undefined when malformed. */
export const stringAt = (text, at) => {
  if (text[at] !== '"') return undefined
  const raw = text.slice(at + 1, afterString(text, at) - 1)
  return raw.includes('\\') ? quietly(JSON.parse)(`"${raw}"`) : raw
}

/* The id that is the string or number at `at` (`1` and `"1"` are the same), undefined for null. */
export const idAt = (text, at, seed) => {
  const isText = text[at] === '"'
  const end = isText ? afterString(text, at) : afterDigits(text, at)
  if (isText) return end > text.length ? undefined : hashOf(text, at + 1, end - 1, seed)
  return end > at ? hashOf(text, at, end, seed) : undefined
}

export const idIn = (text, at, name, seed) => idAt(text, memberOf(text, at, name), seed)

/* Id of the string that is member `name`, as an object of another JSON writer would tell it. */
export const nameOf = (text, at, name, seed) => {
  const value = stringAt(text, memberOf(text, at, name))
  return value === undefined ? undefined : hashOf(value, 0, value.length, seed)
}

/* The number that is member `name`; NaN when there is none. */
export const numberOf = (text, at, name) => {
  const value = memberOf(text, at, name)
  return value < 0 ? NaN : parseFloat(text.slice(value, value + 20))
}

/* The number of 7 bits a byte, lowest first, at `at` of `bytes` (as MQTT, MessagePack framing and
 * protobuf write it) and the index after it; undefined when cut or longer than 5 bytes. */
export const varintAt = (bytes, at) => {
  let value = 0
  for (let index = 0; index < 5 && at + index < bytes.length; index++) {
    value += (bytes[at + index] & 127) * 128 ** index
    if (bytes[at + index] < 128) return { value, after: at + index + 1 }
  }
  return undefined
}

/* Characters of a frame's beginning, or from `at` to `end`; bytes are read as Latin-1. */
export const latin = (frame, at = 0, end = LONGEST_BEGINNING) =>
  typeof frame === 'string' ? frame : String.fromCharCode(...frame.subarray(at, end))

/* Call `each(at)` for every record from `at` on, text that ends with a separator or the frame. */
export const eachRecord = (text, at, separator, each) => {
  for (; at < text.length; at = text.indexOf(separator, at) + 1 || text.length) each(at)
}

/* Call `each(at, length)` for every message from `at` on that stands behind its length. */
export const eachMessage = (bytes, at, each) => {
  for (let size; at < bytes.length && (size = varintAt(bytes, at)); at = size.after + size.value) {
    each(size.after, size.value)
  }
}
