import { cluster } from './cluster-script.ts'
import { configs } from './config-script.ts'
import { groups } from './group-script.ts'
import type { Pair } from './pair.ts'
import { records } from './record-script.ts'
import { sessions } from './session-script.ts'
import { topics } from './topic-script.ts'

/** Everything that is asked, by theme. A script runs through all versions that both brokers speak. */
export const scripts: Readonly<Record<string, (pair: Pair) => Promise<void>>> = {
  cluster,
  topics,
  configs,
  records,
  sessions,
  groups,
}
