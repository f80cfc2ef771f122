import type { Preparation, Script } from './script.ts'

const metrics = 'kafka-client-metrics --bootstrap-server {server}'

/** Kafka's brokers hear of changes a little later than the controller. */
const aMomentLater: Preparation = async () => {
  await new Promise(done => setTimeout(done, 300))
  return {}
}

export const clientMetrics: Script = {
  name: 'client-metrics',
  steps: [
    `${metrics} --list`,
    `${metrics} --describe`,
    `${metrics} --describe --name basic`,
    `${metrics} --alter --name basic --interval 5000 --metrics org.apache.kafka.,other. --match client_id=a.*,client_software_name=b`,
    aMomentLater,
    `${metrics} --list`,
    { line: `${metrics} --describe --name basic`, isUnordered: true },
    { line: `${metrics} --describe`, isUnordered: true },
    `${metrics} --alter --name basic --interval '' --match ''`,
    aMomentLater,
    { line: `${metrics} --describe --name basic`, isUnordered: true },
    `${metrics} --alter --name basic --interval 1`,
    `${metrics} --alter --name basic --interval often`,
    `${metrics} --alter --name basic --match no_such=1`,
    `${metrics} --alter --name basic`,
    `${metrics} --alter`,
    `${metrics} --alter --name basic --generate-name`,
    `${metrics} --delete`,
    `${metrics} --delete --name nothing`,
    `${metrics} --delete --name basic --interval 5`,
    `${metrics} --describe --metrics a`,
    `${metrics} --list --name basic`,
    `${metrics} --list --describe`,
    `${metrics} --name basic`,
    `${metrics} --delete --name basic`,
    aMomentLater,
    `${metrics} --list`,
    `${metrics} --list --nam basic`,
    'kafka-client-metrics --help',
    'kafka-client-metrics --version',
    'kafka-client-metrics',
  ],
}
