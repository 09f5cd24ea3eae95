/* Messages and heartbeats of this page whose answer is awaited, by id, oldest first. */

const MOST_PENDING = 1000
const SILENT_MS = 1000 // an answer or beat that is later is missing

export class Unanswered {
  constructor () {
    this.asks = new Map() // id -> { at, isBeat, isOptional, … }
  }

  add (id, ask) {
    if (this.asks.size >= MOST_PENDING) this.asks.delete(this.asks.keys().next().value)
    this.asks.set(id, ask)
  }

  /* Take out what `id` answers. A heartbeat answered makes those before it good. */
  take (id) {
    const ask = this.asks.get(id)
    if (!ask) return undefined
    this.asks.delete(id)
    if (ask.isBeat) {
      for (const [other, { at, isBeat }] of this.asks) if (isBeat && at <= ask.at) this.asks.delete(other)
    }
    return ask
  }

  clear () {
    this.asks.clear()
  }

  /* What was silent at `now`, as facts of an end. A message counts when nothing at all was heard
   * after it (an application may never answer some), a heartbeat always. `promisedMs`: the longest
   * silence the peer promised. */
  silence (now, heardAt, promisedMs = Infinity) {
    const missing = [...this.asks.values()].filter(({ at, isBeat, isOptional }) =>
      now - at > SILENT_MS && !isOptional && (isBeat || at >= heardAt))
    const starts = missing.map(({ at }) => Math.max(at, heardAt))
    const isOverdue = now - heardAt > promisedMs + SILENT_MS
    if (isOverdue) starts.push(heardAt + promisedMs)
    return {
      hasSilentBeat: isOverdue || missing.some(({ isBeat }) => Boolean(isBeat)),
      hasSilentMessage: missing.some(({ isBeat }) => !isBeat),
      silentMs: starts.length ? now - Math.min(...starts) : 0
    }
  }
}
