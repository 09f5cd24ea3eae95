/* What every page does with its library: asks, one after the other, and the time of each. */

export const timed = async ask => {
  const begun = performance.now()
  await ask()
  return performance.now() - begun
}

/* `client` of the page: start(url), ask(number of asks) -> ms of each, end(), ready(). */
export const publish = ({ ask, ...client }) => {
  window.client = {
    ...client,
    ask: async number => {
      const took = []
      for (let i = 0; i < number; i++) took.push(await timed(() => ask(`text ${i}`)))
      return took
    }
  }
}

/* A socket's next message. */
export const next = (target, type = 'message') => new Promise(resolve => {
  target.addEventListener(type, resolve, { once: true })
})

export const socketUrl = (url, path) => url.replace(/^http/, 'ws') + path
export const RETRY_MS = 300
