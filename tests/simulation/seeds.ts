/** Seeds of `npm test`: enough to notice what is badly broken, in a few seconds. */
const USUAL = '1-25'

/**
 * The seeds to run: SAMSA_SEEDS is a list like `7,12,100-200`, of seeds and ranges.
 *
 * @throws RangeError when it is something else
 */
export function seedsToRun(text = process.env['SAMSA_SEEDS'] ?? USUAL): number[] {
  return text.split(',').flatMap(part => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part)
    if (match === null) throw new RangeError(`SAMSA_SEEDS=${text}: give seeds and ranges, like 7,12,100-200`)
    const first = Number(match[1])
    const last = Number(match[2] ?? first)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  })
}
