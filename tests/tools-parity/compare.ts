import type { Difference } from './explained.ts'
import type { Comparable } from './normalise.ts'

/** Where two runs of a command line differ, line by line. */
export function differencesOf(
  where: Pick<Difference, 'script' | 'subject' | 'line'>,
  kafka: Comparable,
  ours: Comparable,
  isUnordered: boolean,
): Difference[] {
  const found: Difference[] = []
  if (kafka.code !== ours.code) {
    found.push({ ...where, what: 'exit code', kafka: `${kafka.code}`, ours: `${ours.code}` })
  }
  for (const what of ['output', 'errors'] as const) {
    const [left, right] = isUnordered
      ? [[...kafka[what]].sort(), [...ours[what]].sort()]
      : [kafka[what], ours[what]]
    for (const [one, other] of unmatched(left, right)) found.push({ ...where, what, kafka: one, ours: other })
  }
  return found
}

/** Pairs of lines that are not in the longest common subsequence; an empty one where there is no counterpart. */
function unmatched(left: readonly string[], right: readonly string[]): [string, string][] {
  const lengths = commonLengths(left, right)
  const pairs: [string, string][] = []
  let [a, b] = [0, 0]
  let open: [string[], string[]] = [[], []]
  const close = () => {
    const count = Math.max(open[0].length, open[1].length)
    for (let at = 0; at < count; at++) pairs.push([open[0][at] ?? '', open[1][at] ?? ''])
    open = [[], []]
  }
  while (a < left.length || b < right.length) {
    if (a < left.length && b < right.length && left[a] === right[b]) {
      close()
      a++
      b++
    } else if (b === right.length || (a < left.length && lengths[a + 1]![b]! >= lengths[a]![b + 1]!)) {
      open[0].push(left[a++]!)
    } else open[1].push(right[b++]!)
  }
  close()
  return pairs
}

/** How many lines two lists have in common from each pair of positions on. */
function commonLengths(left: readonly string[], right: readonly string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let a = left.length - 1; a >= 0; a--) {
    for (let b = right.length - 1; b >= 0; b--) {
      lengths[a]![b] =
        left[a] === right[b]
          ? lengths[a + 1]![b + 1]! + 1
          : Math.max(lengths[a + 1]![b]!, lengths[a]![b + 1]!)
    }
  }
  return lengths
}
