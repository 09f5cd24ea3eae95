/* What the reader of a socket's protocol tells of its frames; see protocols/events.js. */

import { head } from '../core/payload.js'
import { takeAsk } from '../core/unanswered.js'
import { recognise } from '../protocols/recognise.js'

const FRAMES_TO_RECOGNISE = 8 // of each direction
const LONGEST_PROMISE_MS = 3600000

/* `asked(asks, id, figure, optional, heartbeat)` and `answered(asks, id)` count the round trips; see
 * round_trips.js. */
export const createReading = ({ endpoint, opening, asked, answered }) => {
  const triesLeft = [FRAMES_TO_RECOGNISE, FRAMES_TO_RECOGNISE] // of those received, and sent
  const asks = new Map()
  let reader
  let state

  const countError = () => endpoint.tally.messages.errors++

  const tell = {
    asksStack: (id, optional) => asked(asks, id, 'latency', optional),
    asksApplication: (id, optional) => asked(asks, id, 'reply', optional),
    asksBeat: id => asked(asks, id, 'latency', false, true),
    answers: (id, isFailed) => answered(asks, id) && isFailed && countError(),
    fails (id) {
      answered(asks, id)
      countError()
    },
    forgets: id => takeAsk(asks, id),
    promises (ms) {
      if (ms > 0 && ms <= LONGEST_PROMISE_MS) reading.promisedMs = ms
    }
  }

  const reading = {
    asks,
    promisedMs: undefined,

    read (data, isSent, length) {
      if (!reader && !(triesLeft[Number(isSent)]-- > 0)) return
      const frame = head(data)
      if (frame === undefined) return
      if (!reader) {
        reader = recognise(opening(), frame, isSent)
        if (!reader) return
        state = reader.begin?.(opening())
      }
      reader.read(frame, isSent, tell, state, length)
      endpoint.protocol = reader.nameOf ? reader.nameOf(state) : reader.name
    }
  }
  return reading
}
