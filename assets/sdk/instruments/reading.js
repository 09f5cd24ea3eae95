/* What the reader of a socket's protocol tells of its frames; see protocols/events.js. */

import { head } from '../core/payload.js'
import { takeAsk } from '../core/unanswered.js'
import { recognise } from '../protocols/recognise.js'

const FRAMES_TO_RECOGNISE = 8 // of each direction

/* `asked(asks, id, event)` and `answered(asks, id)` count the round trips; see round_trips.js. */
export const createReading = ({ endpoint, opening, asked, answered }) => {
  const tries = { sent: FRAMES_TO_RECOGNISE, received: FRAMES_TO_RECOGNISE }
  let reader
  let state

  const follow = event => {
    const { ask, answer, forget, every, failed } = event
    asked(reading.asks, ask, event)
    takeAsk(reading.asks, forget)
    if (every > 0) reading.promisedMs = every
    const isRead = answer === undefined || answered(reading.asks, answer)
    if (failed && isRead) endpoint.tally.messages.errors++
  }

  const reading = {
    asks: new Map(),
    promisedMs: undefined,

    read (data, direction, length) {
      if (!reader && !(tries[direction]-- > 0)) return
      const frame = head(data)
      if (frame === undefined) return
      if (!reader) {
        reader = recognise(opening(), frame, direction)
        if (!reader) return
        state = reader.begin && reader.begin(opening())
      }
      reader.read(frame, direction, state, length).forEach(follow)
      endpoint.protocol = reader.nameOf ? reader.nameOf(state) : reader.name
    }
  }
  return reading
}
