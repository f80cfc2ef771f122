import type { Script } from './script.ts'

const verify = 'kafka-replica-verification --broker-list {server}'

/** Only what ends by itself: the tool compares until it is stopped. */
export const replicas: Script = {
  name: 'replicas',
  steps: [
    `${verify} --topics-include nothing`,
    `${verify} --topics-include '['`,
    `${verify} --fetch-size much`,
    `${verify} --bootstrap-server {server}`,
    'kafka-replica-verification --broker-list nowhere',
    'kafka-replica-verification --broker-list',
    'kafka-replica-verification',
    'kafka-replica-verification --help',
    'kafka-replica-verification --version',
  ],
}
