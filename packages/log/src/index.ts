export { type LogConfig, topicConfig } from './topic-config.ts'
