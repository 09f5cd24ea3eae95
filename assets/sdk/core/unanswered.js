/* Messages and heartbeats of this page whose answer is awaited: maps of ids to { at, heartbeat,
 * optional, … }, oldest first. */

const MOST_PENDING = 1000
const SILENT_MS = 1000 // an answer or beat that is later is missing

export const addAsk = (asks, id, ask) => {
  if (asks.size >= MOST_PENDING) asks.delete(asks.keys().next().value)
  asks.set(id, ask)
}

/* Take out what `id` answers. A heartbeat answered makes those before it good. */
export const takeAsk = (asks, id) => {
  const ask = asks.get(id)
  asks.delete(id)
  if (ask && ask.heartbeat) {
    for (const [other, { at, heartbeat }] of asks) if (heartbeat && at <= ask.at) asks.delete(other)
  }
  return ask
}

/* What was silent at `now`, as facts of an end. A message counts when nothing at all was heard
 * after it (an application may never answer some), a heartbeat always. `promisedMs`: the longest
 * silence the peer promised. */
export const silenceOf = (asks, now, heardAt, promisedMs = Infinity) => {
  const missing = asks.filter(({ at, heartbeat, optional }) =>
    now - at > SILENT_MS && !optional && (heartbeat || at >= heardAt))
  const starts = missing.map(({ at }) => Math.max(at, heardAt))
  const isOverdue = now - heardAt > promisedMs + SILENT_MS
  if (isOverdue) starts.push(heardAt + promisedMs)
  return {
    hasSilentBeat: isOverdue || missing.some(({ heartbeat }) => heartbeat),
    hasSilentMessage: missing.some(({ heartbeat }) => !heartbeat),
    silentMs: now - Math.min(now, ...starts)
  }
}
