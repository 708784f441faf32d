import type { SizedGroup, TensorRole } from './count-params.ts'
import type { AddedBytes } from './engine-weights.ts'
import type { ModelShape } from './model-shape.ts'
import type { ResolvedOptions } from './options.ts'

/** vLLM and SGLang split tensors over GPUs; the other engines give each GPU some of the layers. */
export function splitsTensors({ engine }: ResolvedOptions): boolean {
  return engine === 'vllm' || engine === 'sglang'
}

/** Roles that tensor parallelism copies to every GPU. */
const replicated: ReadonlySet<TensorRole> = new Set<TensorRole>(['small', 'router', 'latent', 'tower'])

/** Weights on each GPU, and on all of them with what is there more than once. */
export function divideWeights(
  loaded: number,
  groups: readonly SizedGroup[],
  shape: ModelShape | undefined,
  options: ResolvedOptions,
  added: AddedBytes,
): { readonly total: number; readonly perGpu: number } {
  const gpus = options.tensorParallel
  const known = groups.reduce((sum, { bytes }) => sum + bytes, 0)
  const share =
    gpus === 1 || groups.length === 0 || !splitsTensors(options)
      ? loaded / gpus
      : groups.reduce((sum, group) => sum + group.bytes / divisor(group.role, shape, gpus), 0) + (loaded - known) / gpus
  const perGpu = share + added.copied + added.divided / gpus
  return { total: perGpu * gpus, perGpu }
}

/** KV projections divide until there is one head per GPU. */
function divisor(role: TensorRole, shape: ModelShape | undefined, gpus: number): number {
  if (replicated.has(role)) return 1
  return role === 'attnK' || role === 'attnV' ? Math.min(gpus, shape?.kvHeads ?? gpus) : gpus
}
