import type { Option } from 'commander'
import {
  accessOptions,
  cacheOptions,
  fitOptions,
  getOptions,
  jsonOption,
  queueOptions,
  searchOptions,
  tokenOptions,
} from './options.ts'

export interface CommandDefinition {
  /** Two words for a command of a group. */
  readonly name: string
  readonly words: string
  readonly summary: string
  readonly options: readonly Option[]
  readonly after?: string
  /** It does nothing but show what there is, and its exit code says nothing of that. @default false */
  readonly isOnlyShown?: true
}

/** Every command, in the order of the help. */
export const commandList: readonly CommandDefinition[] = [
  {
    name: 'search',
    words: '[text...]',
    summary: 'find models: words anywhere in the id, all of them',
    options: searchOptions,
    isOnlyShown: true,
    after: `
Examples:
  hubgate search llama --params 6B..9B
  hubgate search qwen coder --gated public --json
  hubgate search --fits="2x RTX 4090" --at 32k
  hubgate search --source offline --category MoE --style brackets`,
  },
  {
    name: 'show',
    words: '<id>',
    summary: 'everything known of one model; takes the address of its page as well',
    options: [jsonOption],
    isOnlyShown: true,
  },
  {
    name: 'access',
    words: '[id...]',
    summary: 'may you have it? asks the Hub with your token, and says the one next step',
    options: accessOptions,
    after: `
Ids may also be piped in. Exit codes: 0 all open, 3 not found, 4 refused, 5 Hub not reached, 1 no usable answer.

Examples:
  hubgate access meta-llama/Llama-3.1-8B-Instruct
  hubgate access https://huggingface.co/google/gemma-3-27b-it --watch
  cat models.txt | hubgate access --json --allow sign-in`,
  },
  {
    name: 'get',
    words: '<id...>',
    summary: 'fetch models, verified, into the cache that all Hugging Face tools read',
    options: getOptions,
    after: `
Fetches what a runtime needs: safetensors in one precision, configuration, tokenizer, templates. Asks the gate first; goes on
where an earlier run stopped; uses what is there, whoever put it there. Prints the folder of the files.

Exit codes: 0 done, 3 not found, 4 refused, 5 Hub not reached, 6 wrong bytes, 7 no space, 130 interrupted, 141 nobody read
on: what has come stays, as after Ctrl-C.

Examples:
  hubgate get Qwen/Qwen2.5-1.5B-Instruct
  hubgate get unsloth/Qwen3-8B-GGUF:Q4_K_M --limit-rate 20MB/s
  hubgate get meta-llama/Llama-3.1-8B-Instruct --when-granted
  hubgate get openai/gpt-oss-20b --dry-run`,
  },
  {
    name: 'queue add',
    words: '<id...>',
    summary: 'put downloads into the queue; prints the ids of their jobs',
    options: queueOptions.add,
    after: `
The commit is settled now: a branch that moves later changes nothing. What is queued already is not queued twice; with
--priority it moves to that one.

Examples:
  hubgate queue add Qwen/Qwen2.5-1.5B-Instruct unsloth/Qwen3-8B-GGUF:Q4_K_M
  hubgate queue add meta-llama/Llama-3.1-8B-Instruct --when-granted --priority 5`,
  },
  {
    name: 'queue list',
    words: '',
    summary: 'what is queued, waits, runs, and what became of what ended within a day',
    options: queueOptions.list,
    isOnlyShown: true,
  },
  {
    name: 'queue run',
    words: '',
    summary: 'do the jobs until none is left; prints the folder of each',
    options: queueOptions.run,
    after: `
Several may run at once, here and in a server: each job is done by one of them, and goes to another if that one dies. Ctrl-C
gives back what is running; the next run goes on where it stopped.

Exit codes: as \`hubgate get\`, of the worst job that failed.`,
  },
  {
    name: 'queue pause',
    words: '<job...>',
    summary: 'stop these, and keep what has come; a job goes by its id, the end of it, or its model',
    options: [jsonOption],
  },
  {
    name: 'queue resume',
    words: '<job...>',
    summary: 'go on with what was paused',
    options: [jsonOption],
  },
  {
    name: 'queue cancel',
    words: '<job...>',
    summary: 'give these up; what has come stays until `hubgate cache prune`',
    options: [jsonOption],
  },
  {
    name: 'queue retry',
    words: '<job...>',
    summary: 'try again what failed or was cancelled',
    options: [jsonOption],
  },
  {
    name: 'queue log',
    words: '[job]',
    summary: 'what happened, in order; without a job, the last 100 events of all',
    options: queueOptions.log,
    isOnlyShown: true,
  },
  {
    name: 'watch add',
    words: '<id...>',
    summary: 'keep an eye on the gates of models',
    options: [jsonOption],
  },
  {
    name: 'watch list',
    words: '',
    summary: 'look at all watched gates, and say what has changed since the last look',
    options: [jsonOption],
  },
  {
    name: 'watch remove',
    words: '<id...>',
    summary: 'no longer watch these',
    options: [jsonOption],
  },
  {
    name: 'cache ls',
    words: '[id...]',
    summary: 'what lies in the cache that all Hugging Face tools share, how large, last used when',
    options: cacheOptions.ls,
    isOnlyShown: true,
  },
  {
    name: 'cache verify',
    words: '[id...]',
    summary: 'read everything and hold it against its hash; needs no network',
    options: cacheOptions.verify,
    after: `
Exit codes: 0 all is whole, 1 something could not be read, 6 something is damaged.`,
  },
  {
    name: 'cache rm',
    words: '<id...>',
    summary: 'remove models, or one revision of them: org/name, org/name@v1',
    options: cacheOptions.rm,
  },
  {
    name: 'cache prune',
    words: '',
    summary: 'remove unfinished downloads of any tool, broken links and content nothing uses',
    options: cacheOptions.prune,
    after: `
Shows what it would remove and asks; away from a terminal it only shows, unless --yes is given. What another Hubgate works on
stays, and what another tool touched within the hour.`,
  },
  {
    name: 'token status',
    words: '',
    summary: 'whose token is used, what it may do, where it came from and who gets it',
    options: [jsonOption],
    after: `
Exit codes: 0 the Hub knows it, 3 there is none, 4 the Hub refuses it, 5 the Hub was not reached.`,
  },
  {
    name: 'token set',
    words: '',
    summary: 'store a token for all Hugging Face tools, from a hidden prompt or a pipe',
    options: tokenOptions.set,
    after: `
Asks the Hub whose it is first; offline it is stored unchecked. Never write a token on the command line.

Examples:
  hubgate token set
  pass show huggingface | hubgate token set --yes`,
  },
  {
    name: 'token remove',
    words: '',
    summary: 'remove the tokens that hubgate stored, and no others',
    options: [jsonOption],
  },
  {
    name: 'token allow-endpoint',
    words: '<url>',
    summary: 'let the token go to another Hub than huggingface.co',
    options: tokenOptions.allowEndpoint,
    after: `
Whoever runs that Hub can then use your token as you. Only over https; this machine needs no permission.

Examples:
  hubgate token allow-endpoint https://hub.company.example
  hubgate token allow-endpoint https://hub.company.example --remove`,
  },
  {
    name: 'fit',
    words: '<id>',
    summary: 'does it run on this machine, or on one you name? memory with its sum shown',
    options: fitOptions,
    isOnlyShown: true,
    after: `
Without --gpu or --vram, what is free on this machine counts.

Examples:
  hubgate fit meta-llama/Llama-3.1-8B-Instruct --at 32k
  hubgate fit Qwen/Qwen3-32B --gpu "2x RTX 4090" --engine vllm
  hubgate fit openai/gpt-oss-20b --vram 16GB --json
  hubgate fit ./models/Qwen3-8B-Q4_K_M.gguf`,
  },
  {
    name: 'doctor',
    words: '',
    summary: 'look at settings, token, folders and network, and say what to mend',
    options: [jsonOption],
  },
]

/** What commands of two words have in common. */
export const commandGroups: Readonly<Record<string, string>> = {
  cache: 'look after the cache that all Hugging Face tools share',
  queue: 'downloads that wait their turn, for whichever hubgate runs them',
  watch: 'a list of gates to keep an eye on',
  token: 'the token that says who you are: look at it, store it, remove it, and say who gets it',
}
