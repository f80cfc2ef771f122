import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../process/samsa-process.ts'

export type Verdict = 'passes' | 'skips' | 'fails'

/** What is expected of one of librdkafka's test programs; a row of expected.tsv. */
export interface Expectation {
  /** Its number, four digits. */
  readonly test: string
  readonly name: string
  readonly here: Verdict | 'not run'
  /** `group.initial.rebalance.delay.ms` of the broker that it runs against. */
  readonly delayMs: number
  /** What its librdkafka is told beside the address, as key=value; mostly nothing. */
  readonly setting: string
  /** Why it does not pass, or what it needs. */
  readonly why: string
}

/** The table that docs/reference/compatibility.md is written from, too. */
export function expectations(): Expectation[] {
  const path = join(root, 'tests/interop/librdkafka-tests/expected.tsv')
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map(line => {
    const [test = '', name = '', here = '', , delay = '', setting = '', why = ''] = line.split('\t')
    return { test, name, here: here as Expectation['here'], delayMs: Number(delay), setting, why }
  })
}
