/* A message's payload as `send` takes it or `message` brings it: its size and its beginning. */

import { quietly } from './limits.js'

const HEAD = 4096 // characters or bytes that are read at most
const LONG_TEXT = 8192 // characters from which the encoder is faster than the loop
const NOT_ASCII = /[^\0-\x7f]/
const encoder = new TextEncoder()

/* By the native getters: they read objects of other frames too, and never run code of the page. */
const getter = (kind, name) => Object.getOwnPropertyDescriptor(kind.prototype, name).get
const bufferLength = getter(ArrayBuffer, 'byteLength')
const blobSize = getter(Blob, 'size')

const readNative = quietly((get, data) => Reflect.apply(get, data, []))

/* Bytes of `string` in UTF-8; a surrogate without its other half counts as U+FFFD, as it is sent. */
export const utf8Length = string => {
  if (!NOT_ASCII.test(string)) return string.length
  if (string.length > LONG_TEXT) return encoder.encode(string).length
  let bytes = string.length
  for (let i = 0; i < string.length; i++) {
    const unit = string.charCodeAt(i)
    if (unit > 0x7ff) {
      bytes += 2
      if (unit >= 0xd800 && unit < 0xdc00 && (string.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
    } else if (unit > 0x7f) bytes++
  }
  return bytes
}

/* Bytes of a payload; 0 where only the browser can tell, such as an object with a `toString`. */
export const size = data => {
  if (typeof data === 'string') return utf8Length(data)
  if (ArrayBuffer.isView(data)) return data.byteLength
  if (Object(data) !== data) return utf8Length(String(data))
  return readNative(bufferLength, data) ?? readNative(blobSize, data) ?? 0
}

/* The first 4,096 characters of a text or bytes of a binary message; undefined for a Blob, which
 * cannot be read at once. */
export const head = data => {
  if (typeof data === 'string') return data.length > HEAD ? data.slice(0, HEAD) : data
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, Math.min(data.byteLength, HEAD))
  }
  const length = readNative(bufferLength, data)
  return length === undefined ? undefined : new Uint8Array(data, 0, Math.min(length, HEAD))
}
