/** What kind of file a name stands for, as far as choosing needs to know. Names only: nobody has looked inside. */

export const weightFormats = ['safetensors', 'gguf', 'pytorch', 'onnx', 'tensorflow', 'flax', 'other'] as const
export type WeightFormat = (typeof weightFormats)[number]

/** Formats that may run code when they are loaded. `.bin` counts: in this field it is most often a pickle. */
const PICKLE_EXTENSIONS = ['bin', 'pt', 'pth', 'ckpt', 'pkl', 'pickle', 'joblib', 'dill']

const formatByExtension: Readonly<Record<string, WeightFormat>> = {
  safetensors: 'safetensors',
  gguf: 'gguf',
  bin: 'pytorch',
  pt: 'pytorch',
  pth: 'pytorch',
  ckpt: 'pytorch',
  onnx: 'onnx',
  onnx_data: 'onnx',
  ort: 'onnx',
  h5: 'tensorflow',
  pb: 'tensorflow',
  tflite: 'tensorflow',
  msgpack: 'flax',
  npz: 'other',
  ot: 'other',
  mlmodel: 'other',
  ggml: 'other',
  nemo: 'other',
}

/** Folders in which repos keep a second copy of the model for another runtime. */
const copyFolders: ReadonlySet<string> = new Set([
  'original',
  'metal',
  'onnx',
  'openvino',
  'coreml',
  'tf',
  'tensorflow',
  'flax',
  'tflite',
  'rust',
  'mlx',
])
const LONGEST_COPY_FOLDER = Math.max(...Array.from(copyFolders, ({ length }) => length))

export function weightFormat(filePath: string): WeightFormat | undefined {
  const name = baseName(filePath)
  // An index lists the files of one set and goes where they go.
  const isJson = name.endsWith('.json')
  const index = isJson ? /\.(safetensors|bin|h5|msgpack)\.index(?:\.[\w-]+)?\.json$/.exec(name)?.[1] : undefined
  const extension = index ?? extensionOf(name)
  if (/^openvino_.*\.(?:xml|bin)$/.test(name)) return 'other'
  return Object.hasOwn(formatByExtension, extension) ? formatByExtension[extension] : undefined
}

export function isPickle(filePath: string): boolean {
  return PICKLE_EXTENSIONS.includes(extensionOf(baseName(filePath)))
}

/** The name of the folder when the file lies in a second copy of the model. */
export function copyFolder(filePath: string): string | undefined {
  const end = filePath.indexOf('/')
  // None has a longer name, and most paths of a large repo are looked at for nothing.
  if (end < 0 || end > LONGEST_COPY_FOLDER) return undefined
  const first = filePath.slice(0, end)
  return copyFolders.has(first.toLowerCase()) ? first : undefined
}

/** Left behind by training: no runtime reads it. */
export function isTrainingState(filePath: string): boolean {
  return (
    /(?:^|\/)(?:checkpoint-\d+|global_step\d+|runs)\//.test(filePath) ||
    /^(?:optimizer|scheduler|scaler|rng_state\w*|training_args|random_states\w*)\.(?:pt|pth|bin|pkl)$/.test(
      baseName(filePath),
    ) ||
    /^(?:trainer_state\.json|events\.out\.tfevents\..*)$/.test(baseName(filePath))
  )
}

/** Pictures, films and papers of the model page, and what git needs. */
export function isForReaders(filePath: string): boolean {
  return (
    /\.(?:png|jpe?g|gif|webp|svg|avif|mp4|webm|mov|pdf|ipynb)$/i.test(filePath) ||
    /^(?:\.gitattributes|\.gitignore|\.DS_Store)$/.test(baseName(filePath))
  )
}

export interface WeightSet {
  /** Folder and name without shard number, variant and extension: files that share it hold the same weights. */
  readonly stem: string
  /** `fp16`, `bf16`, `fp8_e4m3fn`, …; `undefined` for the one that needs no name. */
  readonly variant: string | undefined
}

/** Reads the naming of `transformers` and `diffusers`: `model.fp16-00001-of-00002.safetensors`, `model.safetensors.index.fp16.json`. */
export function weightSet(filePath: string): WeightSet {
  const folder = folderOf(filePath)
  const name = baseName(filePath)
  const [, indexed, indexVariant] = /^(.+?)\.\w+\.index(?:\.([\w-]+))?\.json$/.exec(name) ?? []
  if (indexed !== undefined) return { stem: folder + indexed, variant: indexVariant?.toLowerCase() }
  const bare = name.replace(/\.\w+$/, '').replace(/-\d{5}-of-\d{5}(?=$|\.)/, '')
  const [, stem = bare, variant] =
    /^(.+)[._-]((?:fp|bf|f)(?:8|16|32)(?:_\w+)?|int[48]|[48]bit|nf4|non_ema)$/i.exec(bare) ?? []
  return { stem: folder + stem, variant: variant?.toLowerCase() }
}

export function folderOf(filePath: string): string {
  return filePath.slice(0, filePath.lastIndexOf('/') + 1)
}

export function baseName(filePath: string): string {
  return filePath.slice(filePath.lastIndexOf('/') + 1)
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase()
}
