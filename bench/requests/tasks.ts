import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Peers } from '../peers.ts'

export type Command = readonly [file: string, ...args: string[]]

export interface Tool {
  readonly name: string
  readonly command: Command
  /** Besides the endpoint and the token. */
  readonly environment?: Readonly<Record<string, string>>
}

/** What somebody wants to know, and how each tool is asked for it. */
export interface Task {
  readonly title: string
  readonly tools: readonly Tool[]
}

const bin = fileURLToPath(new URL('../../packages/cli/bin/hubgate.js', import.meta.url))
const GATED = 'meta-llama/Llama-3.1-8B-Instruct'

/** Each tool keeps one home for all tasks: "again" is what it makes of what it has seen. */
export function tasksFor(peers: Peers | undefined, manyIds: readonly string[]): Task[] {
  const hf = (...args: string[]): Tool[] => (peers ? [{ name: 'hf', command: [peers.hf, ...args] }] : [])
  const python = (call: string): Tool[] =>
    peers ? [{ name: 'python', command: [peers.python, '-c', `${PRELUDE}\n${call}`] }] : []
  const search = [
    ...hubgate('search', 'llama', '--limit', '20', '--json'),
    ...hf('models', 'ls', '--search', 'llama', '--limit', '20', '--expand', 'gated,downloads,likes,tags'),
    ...python("list(api.list_models(search='llama', limit=20, expand=['gated','downloads','likes','tags']))"),
  ]
  const show = [
    ...hubgate('show', GATED, '--json'),
    ...hf('models', 'info', GATED),
    ...python(`api.model_info('${GATED}')`),
  ]
  const access = [...hubgate('access', GATED, '--json'), ...python(`check('${GATED}')`)]
  const accessOfMany = [
    ...hubgate('access', ...manyIds, '--json'),
    ...python(`for name in ${JSON.stringify(manyIds)}: check(name)`),
  ]
  const offline = [
    ...hubgate('search', 'llama', '--limit', '20', '--json', '--offline'),
    ...hf('models', 'ls', '--search', 'llama', '--limit', '20').map((tool) => ({
      ...tool,
      environment: { HF_HUB_OFFLINE: '1' },
    })),
  ]
  return [
    { title: 'may I have it? one gated model', tools: access },
    { title: 'may I have it? again', tools: access },
    { title: `may I have them? ${manyIds.length} models`, tools: accessOfMany },
    { title: '20 models for a word, with their gates', tools: search },
    { title: '20 models for a word, again', tools: search },
    { title: '20 models for a word, without a network', tools: offline },
    { title: 'all of one model', tools: show },
    { title: 'all of one model, again', tools: show },
    { title: 'what is wrong with my set-up?', tools: [...hubgate('doctor'), ...hf('auth', 'whoami')] },
  ]
}

function hubgate(...args: string[]): Tool[] {
  return [{ name: 'hubgate', command: [process.execPath, bin, ...args] }]
}

const PRELUDE = `
from huggingface_hub import HfApi
api = HfApi()
def check(name):
    try: api.auth_check(name)
    except Exception as error: print(type(error).__name__)`
