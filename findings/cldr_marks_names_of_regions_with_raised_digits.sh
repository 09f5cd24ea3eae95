#!/usr/bin/env bash
# English names of regions in the Unicode CLDR carry raised digits that are no part of the name
#
# Believed: `localeDisplayNames.subdivisions` of the CLDR are names to display, as those of its
#   territories, languages and scripts are.
# True: where a country has had several regions of one name, all but one carry a raised digit; often
#   it is the region there is today that does, and one of the past that does not: Nepal's provinces
#   Gandaki and Karnali, districts of Ivory Coast. The mark also stays where the other one is gone
#   from the file: the region of Paris is `Île-de-France²`, and no key has `Île-de-France`.
# Seen with cldr-subdivisions-full 48.2.0 (CLDR 48), Node.js 20.20, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-save --legacy-peer-deps \
  cldr-subdivisions-full@48.2.0 > /dev/null

cat > run.cjs <<'JS'
const { subdivisions } = require('cldr-subdivisions-full/subdivisions/en/en.json')
const names = subdivisions.localeDisplayNames.subdivisions
const marked = Object.entries(names).filter(([, name]) => /[\u00b2\u00b3\u2070-\u2079]/.test(name))
console.log(`${marked.length} of ${Object.keys(names).length} names are marked`)
for (const [code, name] of marked) {
  const plain = name.replace(/[\u00b2\u00b3\u2070-\u2079]+$/, '')
  const first = Object.keys(names).find(each => each.slice(0, 2) === code.slice(0, 2) && names[each] === plain)
  console.log(`${code} ${name}: ${first ? `first is ${first}` : 'there is no other'}`)
}
JS
node run.cjs | tee output

diff output - <<'OUT'
16 of 5395 names are marked
ci03 Savanes²: first is cisv
cibs Bas-Sassandra²: first is ci09
cidn Denguélé²: first is ci10
cilc Lacs²: first is ci07
cilg Lagunes²: first is ci01
civb Vallée du Bandama²: first is ci04
cizz Zanzan²: first is ci08
ee663 Rakvere²: first is ee661
ee796 Tartu²: first is ee793
ee897 Viljandi²: first is ee84
ee899 Viljandi³: first is ee84
ee917 Võru²: first is ee919
fridf Île-de-France²: there is no other
npp4 Gandaki²: first is npga
npp6 Karnali²: first is npka
ug330 Zombo²: first is ug331
OUT
