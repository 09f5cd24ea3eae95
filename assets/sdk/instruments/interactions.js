/* Interaction to next paint as web-vitals defines it: the 98th percentile of the page view's
 * interactions, that is the longest but one for every 50 of them. */

const MOST_LONGEST = 10
const PER_OUTLIER = 50
const IDS_APART = 7 // ids of Chromium's interactions grow by this

export class Interactions {
  constructor () {
    this.longest = [] // { id, ms }, longest first
    this.leastId = Infinity
    this.greatestId = 0
    this.before = this.browserCount
  }

  /* Absent in older browsers, which then count by ids. */
  get browserCount () {
    return performance.interactionCount || 0
  }

  get count () {
    const byIds = this.greatestId ? (this.greatestId - this.leastId) / IDS_APART + 1 : 0
    return 'interactionCount' in performance ? this.browserCount - this.before : byIds
  }

  /* An entry of type `event` or `first-input`; those of one interaction share its id. */
  add ({ interactionId: id, duration: ms }) {
    if (!id) return
    this.leastId = Math.min(this.leastId, id)
    this.greatestId = Math.max(this.greatestId, id)
    const same = this.longest.find(interaction => interaction.id === id)
    if (same) same.ms = Math.max(same.ms, ms)
    else this.longest.push({ id, ms })
    this.longest = this.longest.sort((a, b) => b.ms - a.ms).slice(0, MOST_LONGEST)
  }

  /* In ms; undefined without an interaction long enough to be measured. */
  percentile98 () {
    const index = Math.min(this.longest.length - 1, Math.floor(this.count / PER_OUTLIER))
    return this.longest[Math.max(index, 0)]?.ms
  }
}
