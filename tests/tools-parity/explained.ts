import { clusterExplanations } from './cluster-explained.ts'
import { consoleExplanations } from './console-explained.ts'
import { storageExplanations } from './storage-explained.ts'

/** A difference that is meant: where it is seen, and why. */
export interface Explanation {
  /** Of which tools; all when missing. */
  readonly tool?: string | RegExp
  /** What the command line has in it. */
  readonly line?: RegExp
  /** What Kafka's line looks like, what ours looks like; no line counts as an empty one. */
  readonly kafka: RegExp
  readonly ours: RegExp
  readonly subject?: 'kafka' | 'samsa'
  readonly reason: string
}

export interface Difference {
  readonly script: string
  readonly subject: 'kafka' | 'samsa'
  readonly line: string
  readonly what: 'exit code' | 'output' | 'errors'
  readonly kafka: string
  readonly ours: string
}

/** The explanation of a difference, if there is one. */
export function explanationOf(one: Difference): Explanation | undefined {
  return explanations.find(
    ({ tool, line, kafka, ours, subject }) =>
      (tool === undefined ||
        (typeof tool === 'string' ? one.line.startsWith(`${tool} `) : tool.test(one.line))) &&
      (line === undefined || line.test(one.line)) &&
      (subject === undefined || subject === one.subject) &&
      kafka.test(one.kafka) &&
      ours.test(one.ours),
  )
}

/** Every difference that is meant. One that is seen no more is reported, to be removed. */
export const explanations: readonly Explanation[] = [
  ...clusterExplanations,
  ...consoleExplanations,
  ...storageExplanations,
  {
    line: / --help$/,
    kafka: /./s,
    ours: /^0$/,
    reason: 'help that was asked for is no failure: exit code 0',
  },
  {
    line: / --help$|^\S+$/,
    kafka: /^/,
    ours: /^/,
    reason: 'help texts are our own words, and on the standard output when asked for',
  },
  {
    kafka: /^(Error occurred: )?(\S+) is not a recognized option$/,
    ours: /^(Error occurred: )?(\S+) is not a recognized option\. Did you mean /,
    reason: 'ours names the nearest option',
  },
  {
    line: /missing\.properties/,
    kafka: /^$|missing\.properties/,
    ours: /^$|missing\.properties cannot be read: ENOENT/,
    reason: 'Kafka only names the file, ours says what is the matter with it',
  },
  {
    kafka: /^((Error while executing .*command : )?Cannot parse argument '.*' of option \S+)?$/,
    ours: /^(Cannot parse argument '.*' of option \S+: .*)?$/,
    reason: 'ours says what the option takes, and says it of every option before anything is done',
  },
  {
    kafka:
      /^((Error while executing .*command : )?Found multiple arguments for option \S+, but you asked for only one)?$/,
    ours: /^(Found multiple arguments for option \S+, but you asked for only one)?$/,
    reason: 'ours says it of every option before anything is done',
  },
  {
    tool: 'kafka-topics',
    line: /--config retention\.ms$/,
    kafka: /requirement failed: Invalid topic config/,
    ours: /Invalid topic config: .*, and retention\.ms is not\.$/,
    reason: 'ours names the entry that is wrong',
  },
  {
    tool: 'kafka-topics',
    kafka: /^delete-config option is no longer supported/,
    ours: /^--delete-config: has no effect any more\. Use kafka-configs /,
    reason: 'ours says what to use instead',
  },
  {
    tool: 'kafka-topics',
    kafka: /For input string: "a"/,
    ours: /--replica-assignment: 'a' is not the id of a broker/,
    reason: 'ours names the option and what it takes',
  },
  {
    tool: 'kafka-topics',
    kafka: /Input string `abc` decoded as 2 bytes/,
    ours: /'abc' is not the id of a topic/,
    reason: 'ours says what an id looks like',
  },
  {
    tool: 'kafka-topics',
    kafka: /Option combination "\[\[(config|bootstrap-server)\], \[/,
    ours: /Option combination "\[\[bootstrap-server\], \[config\]\]"/,
    reason: 'the order of the two is that of a Java hash set',
  },
  {
    subject: 'samsa',
    kafka: /Unknown topic config name: |Invalid value .* for configuration /,
    ours: /is not a configuration key|Allowed: /,
    reason:
      'Kafka checks the configurations of topics in its tool, ours leaves it to the broker, which says more',
  },
  {
    line: /missing\.json/,
    kafka: /Unable to read file .*missing\.json/,
    ours: /missing\.json cannot be read: ENOENT/,
    reason: 'ours says what is the matter with the file',
  },
  {
    kafka: /error: argument \S+: could not convert '.*' to (Integer|Long)/,
    ours: /error: argument \S+: could not convert '.*': '.*' is not a whole number/,
    reason: "ours says what the option takes, in place of Java's type",
  },
  {
    tool: 'kafka-get-offsets',
    kafka: /org\.apache\.kafka\.tools\.TerseException: Invalid rule specification/,
    ours: /^Error occurred: Invalid rule specification/,
    reason: "the name of Java's class tells nothing",
  },
  {
    tool: 'kafka-delete-records',
    kafka: /OffsetOutOfRangeException: The requested offset is not/,
    ours: /OffsetOutOfRangeException: The offset lies before/,
    reason: 'an error that a broker gave without a message is told in our own words',
  },
  {
    tool: 'kafka-delete-records',
    line: /nowhere\.json/,
    kafka: /TimeoutException/,
    ours: /TimeoutException: .* the last error was UNKNOWN_TOPIC_OR_PARTITION/,
    reason: 'Kafka counts its attempts, ours says what is the matter',
  },
  {
    tool: 'kafka-log-dirs',
    kafka: /^For input string: "a"$/,
    ours: /^--broker-list: 'a' is not the id of a broker$/,
    reason: 'ours names the option and what it takes',
  },
  {
    kafka: /: error: unrecognized arguments: '\S+' Did you mean: /,
    ours: /: error: unrecognized arguments: '\S+'/,
    reason: 'ours names another option as the nearest, or none',
  },
  {
    tool: 'kafka-configs',
    kafka: /^requirement failed: Invalid entity config: /,
    ours: /^Invalid entity config: /,
    reason: 'what Scala puts before it helps nobody',
  },
  {
    tool: 'kafka-configs',
    kafka: /Unexpected config names: (Set|ArrayBuffer)\(.*\)$/,
    ours: /Unexpected config names: .*/,
    reason: 'the names alone, without the Scala collection that holds them',
  },
  {
    tool: 'kafka-configs',
    kafka: /^Invalid credential property SCRAM_SHA_256=secret$/,
    ours: /^Invalid credential property SCRAM-SHA-256: password=… is missing$/,
    reason: 'ours does not print what may be a password',
  },
  {
    kafka: /The node does not support [A-Z_]+$/,
    ours: /does not know \w+: it is too old, or the feature is switched off there\.$/,
    reason: 'ours names the broker and says why',
  },
  {
    line: /--bootstrap-server \{controller\}/,
    kafka: /The node does not support METADATA$|^Request METADATA failed on brokers /,
    ours: /wanted an endpoint of type BROKER$|it seems to be a controller\. Name brokers\.$/,
    reason: 'ours says that this is a controller',
  },
  {
    tool: 'kafka-configs',
    line: /--bootstrap-controller \{controller\} --alter --user ann .*SCRAM/,
    kafka: /^1$|^$|^Error while executing config command with args /,
    ours: /^0$|^$|^Completed updating config for user ann\.$/,
    reason: 'controllers answer it, and ours asks them; Kafka’s client leaves it to brokers',
  },
  {
    kafka: /error: invalid choice: '\S+' \(choose from .*\)/,
    ours: /error: invalid choice: '\S+' \(choose from .*\)\. Did you mean \S+\?/,
    reason: 'ours names the nearest',
  },
  {
    tool: /^kafka-((consumer|share|streams)-groups|acls|reassign-partitions) /,
    kafka: /^(\s+at \S+\(.*\)|\t\.\.\. \d+ more|(Caused by: )?[a-z]+(\.\w+)+: .*| at \[Source: .*)$/,
    ours: /^$/,
    reason: 'Kafka prints where in its code it failed, ours does not',
  },
  {
    tool: /^kafka-(consumer|share|streams)-groups /,
    kafka:
      /org\.apache\.kafka\.common\.errors\.(\w+): |^Error: The group id does not exist|: This server does not host|failed due to /,
    ours: /org\.apache\.kafka\.common\.errors\.(\w+): |^Error: There is no such group|failed due to /,
    reason: 'the words of an error are ours where the broker sends none; its name is that of Kafka’s class',
  },
  {
    tool: /^kafka-(consumer|share|streams)-groups /,
    kafka: /^Exception in thread "main" joptsimple\.\w+: /,
    ours: /^((Option(s|\(s\))? |\S+ is not a recognized option).*)?$/,
    reason: 'Kafka does not catch what its parser says of a command line',
  },
  {
    tool: /^kafka-(consumer|share|streams)-groups /,
    line: / --(reset-offsets|delete-offsets) /,
    kafka: /^$/,
    ours: /^New offset \(-?\d+\) is (higher than latest|lower than earliest) offset for topic partition /,
    reason: 'what Kafka’s tools log is not compared',
  },
  {
    tool: /^kafka-(consumer|share|streams)-groups /,
    kafka: /^WARN: No action will be performed as the --execute option is missing/,
    ours: /^WARN: Nothing is changed, for --execute is missing/,
    reason: 'the same in our own words',
  },
  {
    tool: /^kafka-(consumer|share|streams)-groups /,
    kafka: /^Invalid (state|types) list '.*'\. Valid (states|types) are: /,
    ours: /^Invalid (state|types) list '.*'\. Valid (states|types) are: /,
    reason: 'the order of the allowed ones is that of a Java hash set, another in each run',
  },
  {
    tool: /^kafka-(consumer|streams)-groups /,
    line: / --timeout soon$/,
    kafka: /^0$|Cannot parse argument|^$/,
    ours: /^1$|^Cannot parse argument|^$/,
    reason: 'ours reads every option before anything is done, and a wrong one is a failure',
  },
  {
    tool: 'kafka-consumer-groups',
    line: /wrong\.csv/,
    kafka: /^Error: No reset plan for group billing found$|^GROUP .*NEW-OFFSET$/,
    ours: /^Error: .* Line 1 of the file is not 'group,topic,partition,offset'|^$/,
    reason: 'Kafka takes no notice of what it cannot read, ours names the line',
  },
  {
    tool: /^kafka-(producer|consumer|share-consumer)-perf-test /,
    kafka: /^Exception in thread "main" java\.lang\.IllegalArgumentException: (.*)$/,
    ours: /^(File does not exist or empty file provided\.|Invalid property: .*)$/,
    reason: "the name of Java's class tells nothing",
  },
  {
    tool: /^kafka-(producer-perf-test|verifiable-\S+) /,
    kafka: /: error: argument \S+: (could not convert '.*' to |invalid choice: )/,
    ours: /: error: argument \S+: could not convert '.*': /,
    reason: "ours says what the option takes, in place of Java's type",
  },
  {
    tool: /^kafka-(share-)?consumer-perf-test /,
    line: /--(reporting-interval|date-format) \w$/,
    kafka: /^start\.time, end\.time, /,
    ours: /^$/,
    reason: 'ours looks at all options before it prints anything',
  },
  {
    tool: 'kafka-consumer-perf-test',
    kafka: /Illegal pattern character 'b'/,
    ours: /--date-format 'b': the letter 'b' is not known here/,
    reason: 'ours names the option and what it takes',
  },
  {
    tool: 'kafka-verifiable-consumer',
    kafka: /^$|"name":"(records_consumed|offsets_committed)"/,
    ours: /^$|"name":"(records_consumed|offsets_committed)"/,
    reason: 'Kafka tells of what one poll brought, ours of each batch of a partition',
  },
  {
    tool: 'kafka-acls',
    kafka: /Cannot parse argument 'strange' of option resource-pattern-type$/,
    ours: /Cannot parse argument 'strange' of option resource-pattern-type: literal, prefixed, any and match/,
    reason: 'ours says what there is',
  },
  {
    tool: 'kafka-delegation-tokens',
    kafka: /^org\.apache\.kafka\.common\.errors\.UnsupportedByAuthenticationException: /,
    ours: /^org\.apache\.kafka\.common\.errors\.UnsupportedByAuthenticationException: /,
    reason: 'the broker sends no message with this error; each client has a sentence of its own',
  },
  {
    tool: 'kafka-delegation-tokens',
    kafka: /Cannot invoke "java\.lang\.Long\.longValue\(\)"|^Cannot parse argument 'soon'/,
    ours: /^Cannot parse argument 'soon' of option max-life-time-period: /,
    reason: 'Kafka’s trips over it and tells of Java',
  },
  {
    tool: 'kafka-transactions',
    kafka: /^(Failed to [^:]*): .*\. Enable debug logging for additional detail\.$/,
    ours: /^(Failed to [^:]*): /,
    reason:
      'ours tells what the broker said, or its own sentence for the error; there is no more in a debug log',
  },
  {
    tool: /^kafka-(consumer|share|streams)-groups /,
    kafka:
      /^Option .* (takes (one of these|the following) options|requires one of the following scenarios): /,
    ours: /^Option .* (takes (one of these|the following) options|requires one of the following scenarios): /,
    reason: 'the order of the options is that of a Java hash set, another in each run',
  },
  {
    tool: 'kafka-transactions',
    line: /find-hung/,
    kafka: /invalid choice: .* Did you mean: find-hanging$/,
    ours: /invalid choice: /,
    reason: 'ours names only what is nearly the same',
  },
  {
    tool: 'kafka-dump-log',
    kafka: /^Exception in thread "main" (java|joptsimple)(\.\w+)+: |^Dumping a\.log$/,
    ours: /^For input string|cannot be read: ENOENT|^Failed to decode message|is a Java class, which cannot be run here|is not a recognized option|^Cannot parse argument|^$/,
    reason: 'Kafka does not catch what goes wrong, ours says what is wrong with the files and options',
  },
]
