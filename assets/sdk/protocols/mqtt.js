/* MQTT 3.1.1 and 5 over WebSocket: docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html.
 *
 * Each direction is a stream of packets: one may be many messages, or several one. Of a packet its
 * header, id and reason are collected, the rest is skipped by its length. A broker promises no
 * beat: an idle page pings once a keep-alive, and that ping is answered. */

import { opened, pageOpen, pagePing, pong, refused } from './events.js'
import { varintAt } from './scan.js'

const CONNECT = 1
const CONNACK = 2
const PUBLISH = 3
const PUBACK = 4
const PUBREC = 5
const SUBSCRIBE = 8
const SUBACK = 9
const UNSUBSCRIBE = 10
const UNSUBACK = 11
const PINGREQ = 12
const PINGRESP = 13

/* The packets that are read, and of the body of each how many bytes: topic length and id, or id and
 * reason. */
const SENT_SIZES = { [CONNECT]: 0, [PUBLISH]: 4, [SUBSCRIBE]: 2, [UNSUBSCRIBE]: 2, [PINGREQ]: 0 }
const RECEIVED_SIZES = { [CONNACK]: 2, [PUBACK]: 3, [PUBREC]: 3, [SUBACK]: 3, [UNSUBACK]: 3, [PINGRESP]: 0 }
const QUALITY = 6 // bits of PUBLISH; with quality of service 0 it is not acknowledged
const FAILURE_REASON = 0x80 // reasons from here on (MQTT 5, section 2.4; of SUBACK in 3.1.1 too)
const LONGEST_FIXED_HEADER = 5
const CONNECT_PACKET = /^\x10[\x80-\xff]{0,3}[^]\0(\x04MQTT|\x06MQIsdp)/

const stream = isSent =>
  ({ sizes: isSent ? SENT_SIZES : RECEIVED_SIZES, bytes: [], skip: 0, isLost: false })

/* Bytes between the first two of the body and the others: a topic, or all reasons but the last. */
const between = (type, pair, length) => {
  if (type === PUBLISH) return pair
  return type === SUBACK || type === UNSUBACK ? length - 3 : 0
}

const tellPacket = (tell, type, [high, low, third, fourth]) => {
  const id = high * 256 + low
  switch (type) {
    case CONNECT: return pageOpen(0, tell)
    case PINGREQ: return pagePing(0, tell)
    case PINGRESP: return pong(0, tell)
    case CONNACK: return (low ? refused : opened)(0, tell)
    case PUBLISH: return tell.asksStack(third * 256 + fourth)
    case SUBSCRIBE:
    case UNSUBSCRIBE: return tell.asksStack(id)
    default: return tell.answers(id, third >= FAILURE_REASON)
  }
}

/* Tell the packet collected so far, once it is enough; then the rest of it is skipped. */
const advance = (packets, tell) => {
  const { bytes, sizes } = packets
  const header = varintAt(bytes, 1)
  packets.isLost = !header && bytes.length >= LONGEST_FIXED_HEADER
  if (!header) return
  const { value: length, after } = header
  const type = bytes[0] >> 4
  const least = sizes[type] & ~1 // a reason may be left out
  const isRead = type in sizes && length >= least && (type !== PUBLISH || (bytes[0] & QUALITY) > 0)
  const size = isRead ? Math.min(sizes[type], length) : 0
  const gap = size > 2 ? between(type, bytes[after] * 256 + bytes[after + 1], length) : 0
  if (bytes.length < after + size) {
    if (bytes.length === after + 2) packets.skip = gap
    return
  }
  packets.bytes = []
  packets.skip = length - size - gap
  packets.isLost = packets.skip < 0
  if (isRead && !packets.isLost) tellPacket(tell, type, bytes.slice(after))
}

/* Whether a frame is made of whole packets: where a lost stream is found again. */
const isWhole = (bytes, length) => {
  let at = 0
  while (at < length) {
    const header = varintAt(bytes, at + 1)
    if (!header || bytes[at] < 16) return false
    at = header.after + header.value
  }
  return at === length
}

const readPackets = (packets, frame, length, tell) => {
  for (let at = 0; at < length && !packets.isLost;) {
    const step = Math.min(packets.skip, length - at)
    packets.skip -= step
    at += step
    if (step > 0) continue
    packets.isLost = at >= frame.length // a packet begins in the part that is not read
    if (packets.isLost) break
    packets.bytes.push(frame[at++])
    advance(packets, tell)
  }
}

export const mqtt = {
  name: 'mqtt',
  subprotocols: /^mqtt(v3\.1)?$/,
  recognises: (_, text, isSent) => isSent && CONNECT_PACKET.test(text),
  begin: () => [stream(false), stream(true)],

  read: (frame, isSent, tell, streams, length) => {
    if (typeof frame === 'string') return
    const direction = Number(isSent)
    if (streams[direction].isLost && isWhole(frame, length)) streams[direction] = stream(isSent)
    readPackets(streams[direction], frame, length, tell)
  }
}
