/**
 * The name somebody probably meant, or undefined when none is near.
 *
 * Near is: four letters or a third of them differ (insertions, removals, replacements, swapped neighbours), or it
 * is made of the same words in another order (`ms.retention`). Blanks, case and `_` or `-` for `.` do not count.
 */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const wanted = plain(name)
  let nearest: string | undefined
  let least = Math.min(Math.floor(wanted.length / 3), 4) + 1
  for (const candidate of names) {
    const known = plain(candidate)
    if (Math.abs(known.length - wanted.length) >= least) continue
    const distance = sameWords(wanted, known) ? 0.5 : editDistance(wanted, known, least)
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

function plain(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[_-]/g, '.')
}

function sameWords(a: string, b: string): boolean {
  return a !== b && a.length === b.length && words(a) === words(b)
}

function words(name: string): string {
  return name.split('.').sort().join('.')
}

/** Optimal string alignment distance; gives up with `enough` once it cannot be smaller. */
function editDistance(a: string, b: string, enough: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    if (Math.min(...row) >= enough) return enough
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
