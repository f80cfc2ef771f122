export {
  type Command,
  type CommandWord,
  FailedError,
  type Io,
  type StopSignal,
  command,
  exitCodes,
  signalExitCodes,
} from './command/command.ts'
export {
  OptionError,
  type OptionRow,
  type OptionTable,
  type OptionsOf,
  flag,
  integer,
  number,
  text,
} from './command/options.ts'
export { bugReport, endOnUncaughtErrors, processIo } from './command/process-io.ts'
export { type KafkaTool, ToolUsageError, kafkaTool } from './command/kafka-tool.ts'
export { type Program, runCommandLine } from './command/run-command-line.ts'
export { runKafkaTool } from './command/run-kafka-tool.ts'
export { type TestIo, type TestIoGiven, testIo } from './command/test-io.ts'
export {
  type MetadataVersion,
  defaultLevel,
  dependencyLines,
  features,
  latestMetadataVersion,
  metadataVersionOf,
} from './feature-levels.ts'
export { type CompletionSource, completionCommand } from './nouns/completion.ts'
export { samsaCommands, samsaNouns } from './nouns/index.ts'
export { kafkaTools } from './tools/index.ts'
