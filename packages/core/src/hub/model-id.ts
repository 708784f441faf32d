import { HubgateError } from '../errors.ts'
import { stripControlCharacters } from '../util/control-characters.ts'

/** What a person meant when they named a model. */
export interface ModelReference {
  readonly modelId: string
  /** Branch, tag, commit or `refs/pr/N`; `undefined` where none was named. */
  readonly revision?: string
  /** The file that an address leads to; with a slash at its end, the folder. As the Hub spells it, and not checked. */
  readonly path?: string
}

const MAX_ID_LENGTH = 96
const hubHosts = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co'])
// Pages of a model have these after the id; other first words of an address are not models at all.
const notModels = new Set([
  'datasets',
  'spaces',
  'collections',
  'papers',
  'docs',
  'settings',
  'api',
  'blog',
  'models',
  'organizations',
  'join',
  'login',
])

/** Pages of a model that show what lies at a revision: `tree` a folder, the others a file. */
const filePages = new Set(['tree', 'blob', 'resolve', 'raw'])

/** Is this `org/name` or a bare old name, as the Hub allows? @see huggingface_hub utils/_validators.py */
export function isModelId(text: string): boolean {
  return (
    text.length >= 1 &&
    text.length <= MAX_ID_LENGTH &&
    /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?(?:\/[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)?$/.test(text) &&
    !text.includes('--') &&
    !text.includes('..') &&
    !text.endsWith('.git')
  )
}

/**
 * Reads what a person gives for a model: `org/name`, `org/name@revision`, or the address of one of its pages.
 * @param endpointHost host of a Hub of one's own, whose addresses are then taken as well
 * @throws {HubgateError} `ERR_MODEL_ID`
 * @example parseModelReference('https://huggingface.co/openai/gpt-oss-20b/tree/main').modelId // 'openai/gpt-oss-20b'
 */
export function parseModelReference(input: string, endpointHost?: string): ModelReference {
  const text = input.trim()
  const reference =
    /^https?:\/\//i.test(text) || /^(?:www\.)?(?:huggingface\.co|hf\.co)\//i.test(text)
      ? parsePage(text, endpointHost)
      : parseName(text)
  if (reference === undefined || !isModelId(reference.modelId) || reference.revision === '') {
    const input = shorten(text)
    throw new HubgateError('ERR_MODEL_ID', `Cannot read "${input}" as a model id: ${whyNot(text)}`, { input })
  }
  return reference
}

/** A model id as part of an address: its slash stays, whatever else is special is encoded. */
export function encodeModelId(modelId: string): string {
  return modelId.split('/').map(encodeURIComponent).join('/')
}

/** Below the endpoint: where the Hub tells of a model. */
export function modelPath(modelId: string): string {
  return `/api/models/${encodeModelId(modelId)}`
}

function parseName(text: string): ModelReference {
  const [modelId = '', ...rest] = text.split('@')
  return rest.length === 0 ? { modelId } : { modelId, revision: rest.join('@') }
}

function parsePage(text: string, endpointHost: string | undefined): ModelReference | undefined {
  const url = URL.parse(/^https?:/i.test(text) ? text : `https://${text}`)
  if (url === null || !(hubHosts.has(url.hostname) || url.host === endpointHost)) return undefined
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart)
  const [first = ''] = parts
  if (notModels.has(first)) return undefined
  const [org, name, page = '', ...rest] = parts
  const modelId = [org, name].filter((part) => part !== undefined).join('/')
  const shown = url.searchParams.get('show_file_info')
  if (!filePages.has(page)) return { modelId, ...(shown === null ? {} : { path: shown }) }
  const [revision, ...inside] = rest
  const path = inside.join('/') + (page === 'tree' ? '/' : '')
  return {
    modelId,
    ...(revision === undefined ? {} : { revision }),
    ...(inside.length === 0 ? {} : { path }),
  }
}

/** Datasets and spaces have addresses like those of models, and are often pasted in their place. */
function whyNot(text: string): string {
  const [, kind] = /^(?:https?:\/\/[^/]+\/|(?:www\.)?(?:huggingface|hf)\.co\/)?(dataset|space)s?\/./i.exec(text) ?? []
  if (kind !== undefined) return `it is a ${kind.toLowerCase()}, and only models can be had here`
  return 'expected org/name, or the address of a model page'
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function shorten(text: string): string {
  const clean = stripControlCharacters(text)
  return clean.length > 120 ? `${clean.slice(0, 120)}…` : clean
}
