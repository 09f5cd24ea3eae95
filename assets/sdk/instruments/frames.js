/* Frames of the same origin, each with constructors of its own. A frame's first, empty document
 * shares its window with the page loaded into it, so what is put there in time stays. Later pages
 * have a window of their own behind the same `contentWindow`: it is told by its constructor. */

import { quietly } from '../core/limits.js'
import { listen } from './wrap.js'

const EMPTY = 'about:blank'
const hasMonitor = view => 'WebSocketClientMonitor' in view

/* Whether some frame of this origin is not watched. Frames of others are not this page's. A window is
 * a list of its frames. */
export const hasUnwatchedFrame = watched =>
  Array.from(globalThis).some(quietly(view =>
    view.location.href !== EMPTY && !watched.has(view.WebSocket) && !hasMonitor(view)))

/* Call `entered(view)` with the window of each frame, `left(view)` when its page ends, and
 * `missed()` for one whose scripts ran before. `watched`: the set of WebSocket constructors entered. */
export const watchFrames = (watched, { entered, left, missed }) => {
  const visit = quietly(frame => {
    const view = frame.contentWindow
    const { document: inner } = view // throws for another origin
    watchDocument(inner)
    if (watched.has(view.WebSocket) || hasMonitor(view)) return
    if (view.location.href !== EMPTY && inner.scripts.length) missed()
    listen(view, 'pagehide', () => left(view))
    entered(view)
    watched.add(view.WebSocket)
  })
  const visitAll = root => root.querySelectorAll?.('iframe').forEach(visit)
  const documents = new WeakSet()
  const watchDocument = tree => {
    if (documents.has(tree)) return
    documents.add(tree)
    visitAll(tree)
    tree.addEventListener('load', ({ target }) => target.contentWindow && visit(target), true)
    const added = node => {
      if (node.contentWindow) visit(node)
      visitAll(node)
    }
    new MutationObserver(quietly(records => records.forEach(({ addedNodes }) => addedNodes.forEach(added))))
      .observe(tree, { childList: true, subtree: true })
  }
  watchDocument(document)
}
