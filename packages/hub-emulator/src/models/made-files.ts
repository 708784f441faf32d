import { ggufFile } from '../files/gguf.ts'
import { MAX_SHARD_TENSORS, safetensorsShard } from '../files/safetensors.ts'
import { cardDataOf, frontMatter } from './card.ts'
import type { EmulatedModel, RepoFile } from './model.ts'
import { repoFile } from './repo-file.ts'

const SHARD_BYTES = 5e9
const MAX_SHARDS = 200

/** The files a model of these facts would have; its weights `weightScale` times the size they would have. */
export function madeFiles(model: EmulatedModel, weightScale: number): RepoFile[] {
  return [
    repoFile(
      '.gitattributes',
      '*.safetensors filter=lfs diff=lfs merge=lfs -text\n*.gguf filter=lfs diff=lfs merge=lfs -text\n',
    ),
    repoFile('README.md', `${frontMatter(cardDataOf(model))}\n# ${model.id}\n\nMade by the emulator.\n`),
    ...(model.license === undefined ? [] : [repoFile('LICENSE', `Terms of ${model.license}.\n`)]),
    ...(model.library === 'gguf'
      ? ggufFiles(model, weightScale)
      : [...settingsFiles(model), ...safetensorsFiles(model, weightScale)]),
  ]
}

function settingsFiles(model: EmulatedModel): RepoFile[] {
  const config = {
    architectures: [model.architecture],
    model_type: model.modelType,
    torch_dtype: 'bfloat16',
    max_position_embeddings: model.contextLength,
    ...model.config,
  }
  return [
    repoFile('config.json', `${JSON.stringify(config, undefined, 2)}\n`),
    repoFile('generation_config.json', '{"temperature": 0.6}\n'),
    repoFile('tokenizer_config.json', '{"bos_token": "<s>", "eos_token": "</s>"}\n'),
    repoFile('tokenizer.json', '{"version": "1.0", "model": {"type": "BPE", "vocab": {}, "merges": []}}\n'),
  ]
}

function safetensorsFiles(model: EmulatedModel, weightScale: number): RepoFile[] {
  const params = model.params ?? 1e6
  const elements = Math.max(256, Math.floor(params * weightScale))
  const shards = Math.min(MAX_SHARDS, Math.ceil((params * 2) / SHARD_BYTES))
  const each = Math.floor(elements / shards)
  const made = Array.from({ length: shards }, (_, index) =>
    safetensorsShard({
      seed: `weights ${model.key} ${index}`,
      dtype: 'BF16',
      elements: index === shards - 1 ? elements - each * (shards - 1) : each,
      firstLayer: index * MAX_SHARD_TENSORS,
    }),
  )
  const nameOf = (index: number): string =>
    shards === 1 ? 'model.safetensors' : `model-${padded(index + 1)}-of-${padded(shards)}.safetensors`
  const index = {
    metadata: { total_size: elements * 2 },
    weight_map: Object.fromEntries(made.flatMap(({ tensors }, at) => tensors.map((tensor) => [tensor, nameOf(at)]))),
  }
  return [
    ...made.map(({ content }, at) => repoFile(nameOf(at), content)),
    ...(shards === 1 ? [] : [repoFile('model.safetensors.index.json', `${JSON.stringify(index, undefined, 2)}\n`)]),
  ]
}

function ggufFiles(model: EmulatedModel, weightScale: number): RepoFile[] {
  const name = model.id.split('/').at(-1) ?? model.id
  return (['Q4_K_M', 'Q8_0'] as const).map((quantization) =>
    repoFile(
      `${name}-${quantization}.gguf`,
      ggufFile({
        seed: `weights ${model.key} ${quantization}`,
        quantization,
        elements: Math.max(256, Math.floor((model.params ?? 1e6) * weightScale)),
        architecture: model.modelType,
        contextLength: model.contextLength,
        layers: 16,
      }),
    ),
  )
}

function padded(value: number): string {
  return String(value).padStart(5, '0')
}
