import { cluster } from './cluster-script.ts'
import { configEdges } from './config-edges.ts'
import { configs } from './config-script.ts'
import { frames } from './frame-script.ts'
import { groupEdges } from './group-edges.ts'
import { groups } from './group-script.ts'
import type { Pair } from './pair.ts'
import { produceEdges } from './produce-edges.ts'
import { recordEdges } from './record-edges.ts'
import { records } from './record-script.ts'
import { sessions } from './session-script.ts'
import { topicEdges } from './topic-edges.ts'
import { topics } from './topic-script.ts'

/** Everything that is asked, by theme. A script runs through all versions that both brokers speak. */
export const scripts: Readonly<Record<string, (pair: Pair) => Promise<void>>> = {
  cluster,
  topics,
  configs,
  records,
  sessions,
  groups,
  'topic-edges': topicEdges,
  'config-edges': configEdges,
  'produce-edges': produceEdges,
  'record-edges': recordEdges,
  'group-edges': groupEdges,
  frames,
}
