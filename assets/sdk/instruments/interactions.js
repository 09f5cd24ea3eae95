/* Interaction to next paint as web-vitals defines it: the 98th percentile of the page view's
 * interactions, that is the longest but one for every 50 of them. */

const MOST_LONGEST = 10
const PER_OUTLIER = 50
const IDS_APART = 7 // ids of Chromium's interactions grow by this

export const createInteractions = () => {
  let longest = [] // { id, ms }, longest first
  let leastId = Infinity
  let greatestId = 0
  const before = performance.interactionCount

  /* By ids in older browsers, which do not count. */
  const count = () => performance.interactionCount - before ||
    (before === undefined && greatestId && (greatestId - leastId) / IDS_APART + 1)

  return {
    /* An entry of type `event` or `first-input`; those of one interaction share its id. */
    add ({ interactionId: id, duration }) {
      if (!id) return
      leastId = Math.min(leastId, id)
      greatestId = Math.max(greatestId, id)
      const same = longest.find(interaction => interaction.id === id)
      const others = longest.filter(interaction => interaction !== same)
      longest = [...others, { id, ms: Math.max(duration, same?.ms ?? 0) }]
        .sort((a, b) => b.ms - a.ms).slice(0, MOST_LONGEST)
    },

    /* In ms; undefined without an interaction long enough to be measured. */
    percentile98: () => longest[Math.min(longest.length - 1, Math.floor(count() / PER_OUTLIER))]?.ms
  }
}
