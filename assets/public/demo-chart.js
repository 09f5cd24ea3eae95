// Draws round trips over time into an SVG: `drawRoundTrips(chart, points, gaps)` with points
// {at, ms}, oldest first, and gaps {from, to} without a connection, all on performance.now().
(() => {
  'use strict'

  const LONGEST_MS = 120000 // shown; the chart grows with the age of the page up to here
  const SHORTEST_MS = 30000
  const MARGIN = { left: 44, right: 64, top: 10, bottom: 26 }
  const FEWEST_RULES = 3

  const shape = (name, attributes, text) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name)
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
    if (text !== undefined) node.textContent = text
    return node
  }

  // From one rule of the axis to the next: 1, 2 or 5 times a power of ten.
  const stepOf = most => {
    const power = 10 ** Math.floor(Math.log10(most / FEWEST_RULES))
    return [5, 2, 1].map(step => step * power).find(step => step * FEWEST_RULES <= most)
  }

  const frame = (chart, points) => {
    const width = chart.clientWidth - MARGIN.left - MARGIN.right
    const height = chart.clientHeight - MARGIN.top - MARGIN.bottom
    const end = performance.now()
    const span = Math.min(Math.max(end, SHORTEST_MS), LONGEST_MS)
    const highest = Math.max(1, ...points.map(point => point.ms))
    const step = stepOf(highest)
    const most = Math.ceil(highest / step) * step
    return {
      end,
      span,
      most,
      step,
      height,
      right: MARGIN.left + width,
      floor: MARGIN.top + height,
      x: at => MARGIN.left + width * (1 - (end - at) / span),
      y: ms => MARGIN.top + height * (1 - ms / most)
    }
  }

  const rules = ({ most, step, right, y }) => Array.from({ length: Math.round(most / step) + 1 }, (_, line) => {
    const value = step * line
    const text = String(Number(value.toPrecision(3)))
    const at = { x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }
    return [
      shape('line', { class: line ? 'rule' : 'axis', ...at }),
      shape('text', { x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, text)
    ]
  }).flat()

  const times = ({ end, span, floor, x }) => {
    const step = span > LONGEST_MS / 2 ? 30 : 10
    return Array.from({ length: Math.floor(span / 1000 / step) + 1 }, (_, place) => {
      const ago = place * step
      const at = { x: x(end - ago * 1000), y: floor + 18, 'text-anchor': 'middle' }
      return shape('text', at, ago ? `−${ago} s` : 'now')
    })
  }

  const away = ({ end, span, height, x }, gaps) => gaps
    .map(({ from, to = end }) => ({ from: Math.max(from, end - span), to }))
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => shape('rect', { class: 'gap', x: x(from), width: x(to) - x(from), y: MARGIN.top, height }))

  // The points in runs, cut where the connection was away.
  const unbroken = (points, gaps) => {
    const runs = [[]]
    for (const point of points) {
      const run = runs[runs.length - 1]
      const before = run[run.length - 1]
      const isCut = before && gaps.some(gap => gap.from >= before.at && gap.from <= point.at)
      if (isCut) runs.push([point])
      else run.push(point)
    }
    return runs
  }

  const lines = ({ x, y }, points, gaps) => unbroken(points, gaps).map(run => {
    const corners = run.map(point => `${x(point.at)},${y(point.ms)}`).join(' ')
    return shape('polyline', { class: 'line', points: corners })
  })

  const last = ({ x, y }, points) => points.slice(-1).map(({ at, ms }) => {
    const text = `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
    return shape('text', { class: 'last', x: x(at) + 8, y: y(ms) + 4 }, text)
  })

  window.drawRoundTrips = (chart, points, gaps) => {
    const view = frame(chart, points)
    chart.replaceChildren(
      ...away(view, gaps), ...rules(view), ...times(view), ...lines(view, points, gaps), ...last(view, points)
    )
  }
})()
