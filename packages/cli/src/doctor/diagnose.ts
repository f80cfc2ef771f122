import { checkBrokers } from './broker-checks.ts'
import type { ClusterFacts } from './cluster-facts.ts'
import { type Finding, levels } from './finding.ts'
import { checkGroups } from './group-checks.ts'
import { checkPartitions } from './partition-checks.ts'
import { checkReach } from './reach-checks.ts'
import { checkTopics } from './topic-checks.ts'

/** Everything there is to see to, what matters most first. */
export function diagnose(facts: ClusterFacts, maxLag: number): Finding[] {
  const findings = [
    ...checkReach(facts),
    ...checkPartitions(facts),
    ...checkGroups(facts, maxLag),
    ...checkTopics(facts),
    ...checkBrokers(facts),
  ]
  return findings.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
}
