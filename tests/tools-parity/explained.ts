import { consoleExplanations } from './console-explained.ts'

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
  ...consoleExplanations,
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
    kafka: /: error: argument \S+: could not convert '.*' to Integer/,
    ours: /: error: argument \S+: could not convert '.*': '.*' is not a whole number/,
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
]
