import { expect, test } from 'vitest'
import { chooseFiles, type FileChoice } from '../../src/download/plan-choice.ts'

function choose(paths: readonly string[], choice?: FileChoice): string[] {
  return chooseFiles(
    paths.map((path) => ({ path })),
    choice,
  ).files.map(({ path }) => path)
}

const support = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer.model',
  'chat_template.jinja',
  'LICENSE',
]
const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json']

interface Case {
  readonly kept: readonly string[]
  readonly left: readonly string[]
}

/** Listings in the shape of real repos. */
const cases: Readonly<Record<string, Case>> = {
  'a Llama repo with original/': {
    kept: [...support, ...shards],
    left: ['.gitattributes', 'original/consolidated.00.pth', 'original/params.json', 'original/tokenizer.model'],
  },
  'a Mistral repo with consolidated weights': {
    kept: [...support, ...shards, 'params.json', 'tekken.json'],
    left: [
      'consolidated.safetensors',
      'consolidated-00001-of-00002.safetensors',
      'consolidated.safetensors.index.json',
    ],
  },
  'a Mistral repo with nothing else': { kept: ['params.json', 'tekken.json', 'consolidated.safetensors'], left: [] },
  'an old repo in every framework': {
    kept: ['config.json', 'vocab.txt', 'model.safetensors'],
    left: [
      'pytorch_model.bin',
      'tf_model.h5',
      'flax_model.msgpack',
      'rust_model.ot',
      'model.onnx',
      'onnx/model.onnx',
      'onnx/config.json',
      'coreml/model.mlpackage/Data/weights.bin',
      'openvino/openvino_model.xml',
      'openvino/openvino_model.bin',
      '64.tflite',
    ],
  },
  'a repo of pickles only': {
    kept: ['config.json', 'pytorch_model-00001-of-00002.bin', 'pytorch_model.bin.index.json'],
    left: [
      'optimizer.pt',
      'training_args.bin',
      'trainer_state.json',
      'rng_state_0.pth',
      'tf_model.h5',
      'checkpoint-500/pytorch_model.bin',
    ],
  },
  'sentence-transformers, where a module comes as a pickle only': {
    kept: [
      'modules.json',
      'model.safetensors',
      '1_Pooling/config.json',
      '2_Dense/pytorch_model.bin',
      '3_Dense/model.safetensors',
    ],
    left: ['pytorch_model.bin', '3_Dense/pytorch_model.bin'],
  },
  'a speech repo with voices': {
    kept: ['config.json', 'model.safetensors', 'voices/af.pt', 'samples/reference.wav', 'modeling_x.py'],
    left: ['figures/plot.png', 'paper.pdf', 'demo.ipynb', 'runs/Jan01/events.out.tfevents.1'],
  },
  diffusers: {
    kept: [
      'model_index.json',
      'unet/config.json',
      'unet/diffusion_pytorch_model.safetensors',
      'vae/diffusion_pytorch_model.safetensors',
    ],
    left: [
      'sd_xl_base_1.0.safetensors',
      'unet/diffusion_pytorch_model.fp16.safetensors',
      'unet/diffusion_pytorch_model.bin',
      'vae/diffusion_pytorch_model.fp16.safetensors',
    ],
  },
  'precision variants alone, of which bf16 is taken': {
    kept: [
      'config.json',
      'model.bf16-00001-of-00002.safetensors',
      'model.bf16-00002-of-00002.safetensors',
      'model.safetensors.index.bf16.json',
    ],
    left: ['model.fp32.safetensors', 'model.fp8_e4m3fn.safetensors'],
  },
  'gpt-oss with metal/': {
    kept: [...support, ...shards],
    left: ['metal/model.bin', 'original/model.safetensors', 'original/config.json'],
  },
  'ONNX only': { kept: ['config.json', 'onnx/model.onnx', 'onnx/model.onnx_data'], left: ['thumbnail.png'] },
}

test.each(Object.entries(cases))('chooseFiles() takes what a runtime needs: %s', (_, { kept, left }) => {
  expect(choose([...left, ...kept]).toSorted()).toEqual([...kept].toSorted())
})

const ggufRepo = [
  'README.md',
  'config.json',
  'imatrix_unsloth.gguf',
  'mmproj-F16.gguf',
  'mmproj-BF16.gguf',
  'mmproj-F32.gguf',
  'tiny-Q4_K_M.gguf',
  'tiny-UD-Q4_K_XL.gguf',
  'tiny-IQ2_XXS.gguf',
  'tiny-Q8_0.gguf',
  'BF16/tiny-BF16-00001-of-00002.gguf',
  'BF16/tiny-BF16-00002-of-00002.gguf',
]

test('chooseFiles() takes the usual quantization of a GGUF repo, with one projector', () => {
  const chosen = chooseFiles(ggufRepo.map((path) => ({ path })))
  expect(chosen.files.map(({ path }) => path)).toEqual([
    'README.md',
    'config.json',
    'mmproj-BF16.gguf',
    'tiny-Q4_K_M.gguf',
  ])
  expect(chosen.quantization).toBe('Q4_K_M')
  expect(chosen.quantizations).toEqual(['Q4_K_M', 'UD-Q4_K_XL', 'IQ2_XXS', 'Q8_0', 'BF16'])
})

test.each([
  ['q8_0', ['tiny-Q8_0.gguf']],
  ['UD-Q4_K_XL', ['tiny-UD-Q4_K_XL.gguf']],
  ['ud_q4_k_xl', ['tiny-UD-Q4_K_XL.gguf']],
  ['BF16', ['BF16/tiny-BF16-00001-of-00002.gguf', 'BF16/tiny-BF16-00002-of-00002.gguf']],
  ['IQ2_XXS', ['tiny-IQ2_XXS.gguf']],
])('chooseFiles() takes all shards of %s and no other quantization', (quantization, expected) => {
  const chosen = choose(ggufRepo, { quantization })
  expect(chosen.filter((path) => path.includes('tiny'))).toEqual(expected)
  expect(chosen).toContain('mmproj-BF16.gguf')
})

test('chooseFiles() finds a label it has never heard of by the file name', () => {
  expect(choose(['m-ABC_NEW.gguf', 'm-Q8_0.gguf'], { quantization: 'abc_new' })).toEqual(['m-ABC_NEW.gguf'])
})

test('chooseFiles() says which quantizations there are when the wanted one is not', () => {
  expect(() => choose(ggufRepo, { quantization: 'Q5_K_M' })).toThrow(
    expect.objectContaining({
      code: 'ERR_FILES_NOT_FOUND',
      message: 'Cannot find the quantization Q5_K_M in this repo: there is Q4_K_M, UD-Q4_K_XL, IQ2_XXS, Q8_0, BF16',
    }),
  )
})

test('chooseFiles() gives the GGUF files of a mixed repo only where a quantization is asked for', () => {
  const mixed = ['config.json', 'model.safetensors', 'tiny-Q4_0.gguf']
  expect(choose(mixed)).toEqual(['config.json', 'model.safetensors'])
  expect(choose(mixed, { quantization: 'Q4_0' })).toEqual(['config.json', 'tiny-Q4_0.gguf'])
})

test('chooseFiles() with all takes everything, with include nothing but that, and exclude always counts', () => {
  const paths = ['.gitattributes', 'a.png', 'config.json', 'model.safetensors', 'pytorch_model.bin', 'onnx/model.onnx']
  expect(choose(paths, { all: true })).toEqual(paths)
  expect(choose(paths, { all: true, exclude: ['*.bin'] })).toEqual(paths.filter((path) => !path.endsWith('.bin')))
  expect(choose(paths, { include: ['*.bin', 'onnx/'] })).toEqual(['pytorch_model.bin', 'onnx/model.onnx'])
  expect(choose(paths, { exclude: ['*.safetensors'] })).toEqual(['config.json', 'pytorch_model.bin'])
  expect(() => choose(paths, { include: ['*.gguf'] })).toThrow(expect.objectContaining({ code: 'ERR_FILES_NOT_FOUND' }))
})

test('chooseFiles() tells why each file was left out', () => {
  const { leftOut } = chooseFiles(
    [
      'model.safetensors',
      'model.fp16.safetensors',
      'tf_model.h5',
      'a.png',
      'original/x.pth',
      'optimizer.pt',
      'n.md',
    ].map((path) => ({ path })),
    { exclude: ['*.md'] },
  )
  expect(Object.fromEntries([...leftOut].map(([reason, files]) => [reason, files.map(({ path }) => path)]))).toEqual({
    'other precision': ['model.fp16.safetensors'],
    'other format': ['tf_model.h5'],
    'not for runtimes': ['a.png'],
    'second copy': ['original/x.pth'],
    'training state': ['optimizer.pt'],
    excluded: ['n.md'],
  })
})

test.each([
  ['an empty repo', [], {}, 'Cannot find any file in this repo: none is there'],
  [
    'a repo with nothing to run',
    ['.gitattributes', 'a.png'],
    {},
    'Cannot find anything a runtime needs in this repo: --all fetches what there is',
  ],
  [
    'a quantization of a repo that has none',
    ['config.json', 'model.safetensors'],
    { quantization: 'Q4_0' },
    'Cannot find the quantization Q4_0 in this repo: it has no GGUF files',
  ],
])('chooseFiles() says so where there is nothing to choose: %s', (_, paths, choice, message) => {
  expect(() => choose(paths, choice)).toThrow(expect.objectContaining({ code: 'ERR_FILES_NOT_FOUND', message }))
})

test('chooseFiles() chooses among 100,000 files', () => {
  const paths = Array.from({ length: 100_000 }, (_, n) => `p${n % 100}/shard-${n}.safetensors`)
  expect(choose(paths)).toHaveLength(100_000)
  expect(choose(Array.from({ length: 20_000 }, (_, n) => `p/x-Q${n % 9}_0-${n}.gguf`))).not.toHaveLength(0)
})
