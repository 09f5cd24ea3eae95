/* Bundles plotly.js with the kinds of traces that our pages draw: node bundle.cjs OUTPUT */

const { build } = require('esbuild')
const { readdir, readFile, writeFile } = require('node:fs/promises')
const path = require('node:path')

const TRACES = ['bar', 'heatmap', 'choropleth', 'scattergeo'] // the core draws scatter
const [output] = process.argv.slice(2)
const plotly = path.dirname(require.resolve('plotly.js/package.json'))

const contents = `
  const Plotly = require('plotly.js/lib/core')
  Plotly.register([${TRACES.map(name => `require('plotly.js/lib/${name}')`)}])
  module.exports = Plotly`

/* Our maps name countries by their codes alone. */
const withoutNamesOfCountries = {
  name: 'without-names-of-countries',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^country-iso-search$/ }, () => ({ path: 'nothing', namespace: 'nothing' }))
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({
      contents: 'exports.COUNTRIES = []; exports.createLookup = () => ({ lookupAlpha3: () => undefined })'
    }))
  }
}

/* Where plotly.js would ask for maps, save figures and send readers: other hosts, which no page of
   ours may know. What is left are the names of XML's namespaces. */
const ADDRESS = /https?:\/\/(?!www\.w3\.org\/(?:1999|2000|XML)\/)[^\s"'`)\\<]+/g

/* Name, version and licence of each package that is in the bundle. */
const licences = async inputs => {
  const names = Object.keys(inputs).map(file => file.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)).filter(Boolean)
  const folders = new Map(names.map(([folder, name]) => [name, path.resolve(folder)]))
  const texts = [...folders].sort().map(async ([name, folder]) => {
    const { version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).find(each => /^licen[cs]e/i.test(each))
    return `${name} ${version}, ${license}\n\n${file ? await readFile(path.join(folder, file), 'utf8') : ''}`
  })
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n`).replace(/[ \t\r]+$/gm, '')
}

const bundle = async () => {
  const { version } = require('plotly.js/package.json')
  const outfile = path.join(output, 'plotly.min.js')
  const { metafile } = await build({
    stdin: { contents, resolveDir: plotly },
    plugins: [withoutNamesOfCountries],
    banner: { js: `/* plotly.js v${version} and what it is made of: plotly.LICENSE */` },
    loader: { '.css': 'empty' }, // that of maps with tiles
    define: { global: 'window' },
    bundle: true, minify: true, format: 'iife', globalName: 'Plotly', target: 'es2020',
    legalComments: 'none', logLevel: 'error', metafile: true,
    outfile
  })
  await writeFile(outfile, (await readFile(outfile, 'utf8')).replace(ADDRESS, ''))
  await writeFile(path.join(output, 'plotly.LICENSE'), `${await licences(metafile.inputs)}\n`)
}

bundle().catch(fault => {
  console.error(fault)
  process.exit(1)
})
