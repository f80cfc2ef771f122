import { abbreviations } from './abbreviations-script.ts'
import { accessRules } from './acls-script.ts'
import { clientMetrics } from './client-metrics-script.ts'
import { cluster } from './cluster-script.ts'
import { configs, entityConfigs, groupConfigs } from './configs-script.ts'
import { consoleShare, consoleTools } from './console-script.ts'
import { consumerGroups } from './consumer-groups-script.ts'
import { controllers } from './controllers-script.ts'
import { delegationTokens } from './delegation-tokens-script.ts'
import { dumpLog, dumpTransactions } from './dump-log-script.ts'
import { elections } from './elections-script.ts'
import { features } from './features-script.ts'
import { allGroups } from './groups-script.ts'
import { moves } from './moves-script.ts'
import { perfTools, sharePerfTools } from './perf-script.ts'
import { quorum } from './quorum-script.ts'
import { reassign } from './reassign-script.ts'
import { replicas } from './replicas-script.ts'
import type { Script } from './script.ts'
import { shareGroups } from './share-groups-script.ts'
import { storage } from './storage-script.ts'
import { streamsGroups } from './streams-groups-script.ts'
import { topics } from './topics-script.ts'
import { transactionTools } from './transactions-script.ts'

/** All scripts, in the order in which they run. */
export const scripts: readonly Script[] = [
  topics,
  configs,
  groupConfigs,
  entityConfigs,
  accessRules,
  clientMetrics,
  delegationTokens,
  transactionTools,
  cluster,
  features,
  quorum,
  elections,
  reassign,
  replicas,
  moves,
  consumerGroups,
  consoleTools,
  consoleShare,
  perfTools,
  sharePerfTools,
  allGroups,
  dumpLog,
  dumpTransactions,
  shareGroups,
  streamsGroups,
  storage,
  abbreviations,
  controllers,
]
