/* An endpoint led through steps `[act, value]` by a clock that only they move. */
const travel = steps => {
  const life = { at: 0, visible: 0, isHidden: false, now: () => life.at, visibleMs: () => life.visible }
  const endpoint = createEndpoint('/chat', life)
  const [open, ended, periods, log] = [[], [], [], []]
  let attempts = []
  const take = () => {
    endpoint.judge()
    const period = endpoint.take()
    if (period) periods.push({ ...period.sections.connection, lastedMs: period.lastedMs })
  }
  const acts = {
    pass: ms => { life.at += ms; life.visible += life.isHidden ? 0 : ms },
    attempt: () => attempts.push(endpoint.attempted()),
    conclude: outcome => {
      if (!attempts.length) return
      endpoint.concluded(outcome, attempts.shift())
      if (outcome === 'opened') open.push(life.at)
    },
    end: facts => {
      if (!open.length) return
      const end = endpoint.ended({ ...facts })
      ended.push(end)
      log.push({ from: open.shift(), to: life.at, end })
    },
    close: facts => { if (ended.length) Object.assign(ended.shift(), { isClosed: true, ...facts }); endpoint.judge() },
    turn: () => { endpoint.advance(); life.isHidden = !life.isHidden },
    suspend: ms => endpoint.suspended(ms),
    judge: () => endpoint.judge(),
    leave: () => endpoint.judge(true),
    take
  }
  for (const [act, value] of steps) acts[act](value)
  return { periods, ends: log.map(({ from, to, end }) => ({ from, to, ...end })), open, at: life.at }
}
