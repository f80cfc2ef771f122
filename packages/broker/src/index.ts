export type { CreatedTopic, NewTopic } from '@samsa/cluster'
export { type Broker, type BrokerOptions, startBroker } from './broker.ts'
export { type ClientConnection, type Handler, type RequestContext, servedVersions } from './handler.ts'
export { handlers } from './handlers/index.ts'
export type { ListenerEndpoint } from './listeners.ts'
export {
  type BrokerConfig,
  type ConfigArea,
  brokerConfig,
  brokerConfigAreas,
} from './config/broker-config.ts'
export { checkBrokerConfig } from './config/check-broker-config.ts'
export { dynamicBrokerConfig } from './config/dynamic-broker-config.ts'
export { deliberateDifferences } from './config/kafka-differences.ts'
export {
  type ListenerConfig,
  type ListenersConfig,
  listenerNames,
  listenersOf,
} from './config/listener-config.ts'
export { listenerKeyProblem, withoutListener } from './config/listener-keys.ts'
export { DataDirectoryError } from './partitions/data-directories.ts'
