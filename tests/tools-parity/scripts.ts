import { cluster } from './cluster-script.ts'
import { configs, entityConfigs } from './configs-script.ts'
import { consoleShare, consoleTools } from './console-script.ts'
import { consumerGroups } from './consumer-groups-script.ts'
import { features } from './features-script.ts'
import { allGroups } from './groups-script.ts'
import { quorum } from './quorum-script.ts'
import { elections } from './elections-script.ts'
import type { Script } from './script.ts'
import { topics } from './topics-script.ts'

/** All scripts, in the order in which they run. */
export const scripts: readonly Script[] = [
  topics,
  configs,
  entityConfigs,
  cluster,
  features,
  quorum,
  elections,
  consoleTools,
  consoleShare,
  consumerGroups,
  allGroups,
]
