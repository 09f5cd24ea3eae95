#!/usr/bin/env bash
# plotly.js ignores the colours of a pattern where `marker.color` is a list
#
# Believed: `marker.pattern.fgcolor` and `bgcolor` set the colours of a hatch; only their defaults
#   follow `marker.color`, and only a colour scale overrides them (the reference says "when there is
#   no colorscale").
# True: where `marker.color` is a list of plain colours, without any scale, both are ignored, be they
#   one colour or lists: the lines take the bar's own colour and the ground is transparent; with
#   `fillmode: overlay` lines are a contrast to it. A hatch for "no data" among coloured bars is
#   white on white. With one `marker.color` for all bars both are heeded. The full trace says nothing
#   of it: `_fullData` holds the colours that are not drawn.
# For a hatch of its own colour among others, give its bars that colour in `marker.color`.
# Seen with plotly.js-dist-min 4.1.1, jsdom 26.1.0, Node.js 20.20, and in Chromium, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-save plotly.js-dist-min@4.1.1 jsdom@26.1.0 > /dev/null

cat > run.cjs <<'JS'
const fs = require('fs')
const { JSDOM } = require('jsdom')

const { window } = new JSDOM('', { runScripts: 'outside-only', pretendToBeVisual: true })
// What plotly.js asks for and jsdom lacks; none of it is about colours.
Object.assign(window, { TextDecoder, TextEncoder })
window.URL.createObjectURL = () => ''
window.HTMLCanvasElement.prototype.getContext = () => null
window.SVGElement.prototype.getBBox = () => ({ x: 0, y: 0, width: 0, height: 0 })
window.eval(fs.readFileSync(require.resolve('plotly.js-dist-min'), 'utf8'))

const layout = { width: 300, height: 200, xaxis: { visible: false }, yaxis: { visible: false } }
const draw = async (label, color, extra = {}) => {
  const graph = window.document.body.appendChild(window.document.createElement('div'))
  const pattern = { shape: '/', fgcolor: '#cc0000', bgcolor: '#eeeeee', ...extra }
  await window.Plotly.newPlot(graph, [{ type: 'bar', y: [1], marker: { color, pattern } }], layout)
  const drawn = graph.querySelector('defs pattern')
  const ground = drawn.querySelector('rect')?.getAttribute('fill') ?? 'none'
  console.log(`${label}: line ${drawn.querySelector('path').getAttribute('stroke')}, ground ${ground}`)
}
const main = async () => {
  await draw('one colour', '#ffffff')
  await draw('a list', ['#ffffff'])
  await draw('all are lists', ['#ffffff'], { fgcolor: ['#cc0000'], bgcolor: ['#eeeeee'] })
  await draw('a list, overlay', ['#ffffff'], { fillmode: 'overlay' })
  process.exit()
}
main()
JS
node run.cjs | tee output

diff output - <<'OUT'
one colour: line rgb(204, 0, 0), ground rgb(238, 238, 238)
a list: line rgb(255, 255, 255), ground none
all are lists: line rgb(255, 255, 255), ground none
a list, overlay: line rgb(68, 68, 68), ground rgb(255, 255, 255)
OUT
