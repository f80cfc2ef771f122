import { type Command, command, exitCodes } from '../command/command.ts'
import type { KafkaTool } from '../command/kafka-tool.ts'

/** What there is to complete: asked for when the command runs. */
export interface CompletionSource {
  readonly commands: readonly Command[]
  readonly nouns: Readonly<Record<string, string>>
  /** Kafka's tools. */
  tools(): Promise<readonly KafkaTool[]>
}

/** `samsa completion SHELL`: a script that completes command lines, read off the commands themselves. */
export function completionCommand(source: () => CompletionSource): Command {
  return command({
    name: 'completion',
    about: "Print a script with which a shell completes samsa and Kafka's tools.",
    words: [
      { name: 'shell', about: 'bash, zsh or fish.', isRequired: true, choices: ['bash', 'zsh', 'fish'] },
    ],
    options: {},
    examples: [
      ["echo 'source <(samsa completion bash)' >> ~/.bashrc", 'For bash.'],
      ["echo 'source <(samsa completion zsh)' >> ~/.zshrc", 'For zsh, after compinit.'],
      ['samsa completion fish > ~/.config/fish/completions/samsa.fish', 'For fish.'],
    ],
    async run(_options, io, [shell]) {
      const { completableProgram, completableTool } = await import('../completion/completable.ts')
      const { commands, nouns, tools } = source()
      const all = [completableProgram('samsa', commands, nouns), ...(await tools()).map(completableTool)]
      io.print((await scripts[shell as keyof typeof scripts]())(all))
      return exitCodes.ok
    },
  })
}

const scripts = {
  bash: async () => (await import('../completion/bash.ts')).bashCompletion,
  zsh: async () => (await import('../completion/zsh.ts')).zshCompletion,
  fish: async () => (await import('../completion/fish.ts')).fishCompletion,
}
