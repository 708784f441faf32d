import { asString, isObject, type JsonObject } from '../util/json.ts'

/** Where multimodal configs put their language model. */
const textKeys = ['text_config', 'llm_config', 'language_config', 'language_model_config', 'thinker_config'] as const
const MAX_DEPTH = 3

/** What is known of a model's kind from elsewhere, for configs that were cut down. */
export interface FamilyHints {
  readonly modelType?: string
  readonly architecture?: string
  readonly name?: string
}

/**
 * Reads fields of an untrusted config: the language model's own part first, then the whole. A value beyond what any model can
 * have is not believed, and remembered as doubtful.
 */
export class ConfigReader {
  readonly whole: JsonObject
  readonly text: JsonObject
  readonly doubts: string[] = []
  readonly #hints: FamilyHints
  readonly #sources: readonly JsonObject[]

  constructor(config: unknown, hints: FamilyHints = {}) {
    this.whole = isObject(config) ? config : {}
    this.text = innermost(this.whole, 0)
    this.#hints = hints
    // DBRX and MPT keep attention and MLP in parts of their own.
    const parts = [this.text['attn_config'], this.text['ffn_config']].filter(isObject)
    this.#sources = [this.text, this.whole, ...parts]
  }

  /** `model_type` of the whole, lower case: `gemma3` where the language model inside is `gemma3_text`. */
  get wholeType(): string {
    return (asString(this.whole['model_type']) ?? this.#hints.modelType ?? '').toLowerCase()
  }

  /** The model's id or file name, or an empty text. */
  get name(): string {
    return this.#hints.name?.slice(-200) ?? ''
  }

  /** `model_type` of the language model. */
  get textType(): string {
    return (asString(this.text['model_type']) ?? this.wholeType).toLowerCase()
  }

  /** A count of 1 or more under any of the names, as engines would read it. Of figures layer by layer, the largest. */
  count(max: number, ...names: readonly string[]): number | undefined {
    const found = this.#find(names, (value) => typeof value === 'number' || isNumberList(value))
    const value = isNumberList(found) ? found.reduce((most, one) => Math.max(most, one), 0) : found
    if (typeof value !== 'number' || value === 0) return undefined
    if (Number.isInteger(value) && value > 0 && value <= max) return value
    this.doubts.push(`${names[0]} ${String(value).slice(0, 30)} in config.json is not believed`)
    return undefined
  }

  flag(...names: readonly string[]): boolean | undefined {
    const value = this.#find(names, (found) => typeof found === 'boolean')
    return typeof value === 'boolean' ? value : undefined
  }

  string(...names: readonly string[]): string | undefined {
    const value = this.#find(names, (found) => typeof found === 'string')
    return typeof value === 'string' ? value : undefined
  }

  list(...names: readonly string[]): readonly unknown[] | undefined {
    const value = this.#find(names, Array.isArray)
    return Array.isArray(value) ? value : undefined
  }

  object(...names: readonly string[]): JsonObject | undefined {
    const value = this.#find(names, isObject)
    return isObject(value) ? value : undefined
  }

  /** The modelling class, such as `LlamaForCausalLM`. */
  get architecture(): string {
    const first = this.list('architectures')?.[0]
    return asString(first) ?? this.string('architecture') ?? this.#hints.architecture ?? ''
  }

  /** Is the name there at all, with something in it? */
  has(name: string): boolean {
    return (this.text[name] ?? this.whole[name] ?? undefined) !== undefined
  }

  #find(names: readonly string[], isRight: (value: unknown) => boolean): unknown {
    for (const source of this.#sources)
      for (const name of names) if (Object.hasOwn(source, name) && isRight(source[name])) return source[name]
    return undefined
  }
}

function innermost(config: JsonObject, depth: number): JsonObject {
  if (depth >= MAX_DEPTH) return config
  for (const key of textKeys) {
    const inner = Object.hasOwn(config, key) ? config[key] : undefined
    if (isObject(inner)) return innermost(inner, depth + 1)
  }
  return config
}

/** Layers are at most some thousands; a longer list is none of them. */
const MAX_LIST = 10_000

function isNumberList(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_LIST &&
    value.every((one) => typeof one === 'number')
  )
}
